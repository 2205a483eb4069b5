"""Several workers of one server: they count together, outlive each other, and end together."""

import json
import os
import re
import signal
import socket
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from threading import Event
from typing import TypeVar

import pytest
import requests

from tests.acceptance.client import LOGIN, LOGIN_BODY, ME, PATIENCE, REFRESH_BODY, Client
from tests.acceptance.site import Site
from tests.support.processes import ServerProcess
from tests.support.valkey import Valkey

pytestmark = pytest.mark.acceptance
T = TypeVar("T")


@pytest.fixture
def start(site: Site, valkey: Valkey) -> Callable[..., ServerProcess]:
    """Give a function that starts a server of two workers, and waits until both listen."""

    def start_two(*, limit_login: str = "100000/minute", log_format: str = "text") -> ServerProcess:
        server = site.start(
            workers=2,
            LATCHKEY_VALKEY_URL=valkey.url,
            LATCHKEY_LIMIT_LOGIN=limit_login,
            LATCHKEY_LOG_FORMAT=log_format,
        )
        eventually(lambda: server.log_text().count("Running on") == 2)
        return server

    return start_two


def eventually(found: Callable[[], T]) -> T:
    """Wait until something is found or true, and give it."""
    deadline = time.monotonic() + PATIENCE
    while not (result := found()):
        assert time.monotonic() < deadline
        time.sleep(0.01)
    return result


def started(server: ServerProcess) -> list[int]:
    """Give the process ids of the workers that were ever started."""
    return [int(pid) for pid in re.findall(r"worker (\d+) started", server.log_text())]


@contextmanager
def frozen(pid: int) -> Iterator[None]:
    """Let a process do nothing during the block."""
    os.kill(pid, signal.SIGSTOP)
    try:
        yield
    finally:
        os.kill(pid, signal.SIGCONT)


def failed_login(server: ServerProcess) -> str:
    """Try a wrong password on a connection of its own, and give the code of the answer."""
    with Client(server.base_url) as client:
        query = LOGIN.replace('"password"', '"a wrong one"').replace("success", "problems { code }")
        answer = client.ask(query)
    if "errors" in answer:
        return str(answer["errors"][0]["extensions"]["code"])
    return str(answer["data"]["auth"]["login"]["problems"][0]["code"])


def test_workers_count_failed_sign_ins_together(start: Callable[..., ServerProcess]) -> None:
    """With one of them frozen, all goes to the other: what both have seen adds up to one limit."""
    server = start(limit_login="5/hour")
    first, second = started(server)
    with frozen(first):
        assert [failed_login(server) for _ in range(3)] == ["INVALID_CREDENTIALS"] * 3
    with frozen(second):
        codes = [failed_login(server) for _ in range(3)]
    assert codes == ["INVALID_CREDENTIALS"] * 2 + ["RATE_LIMITED"]
    with frozen(first):
        assert failed_login(server) == "RATE_LIMITED"


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT], ids=["SIGTERM", "SIGINT"])
def test_a_signal_ends_all_of_them(start: Callable[..., ServerProcess], number: signal.Signals) -> None:
    """The status is that of success, no process is left, and the welcome was said once."""
    server = start()
    with Client(server.base_url) as browser:
        browser.login()
    os.kill(server.pid, number)
    assert server.wait_ended() == 0
    with pytest.raises(ProcessLookupError):
        os.killpg(server.pid, 0)
    assert server.log_text().count("Playground: ") == 1
    assert "replaced" not in server.log_text()


def test_ctrl_c_ends_all_of_them(start: Callable[..., ServerProcess]) -> None:
    """A terminal sends the signal to the workers too."""
    server = start()
    os.killpg(server.pid, signal.SIGINT)
    assert server.wait_ended() == 0
    assert "Traceback" not in server.log_text()


def test_workers_end_with_a_supervisor_that_is_killed(start: Callable[..., ServerProcess]) -> None:
    """It can tell them nothing any more: nobody is left who holds the address and takes no orders."""
    server = start()
    os.kill(server.pid, signal.SIGKILL)
    server.wait_ended()

    def is_free() -> bool:
        with socket.socket() as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            return probe.connect_ex(("127.0.0.1", server.port)) != 0

    eventually(is_free)
    for pid in started(server):
        eventually(lambda pid=pid: not os.path.exists(f"/proc/{pid}"))  # type: ignore[misc]


def test_a_killed_worker_is_replaced_and_the_other_goes_on(start: Callable[..., ServerProcess]) -> None:
    """While the supervisor cannot do anything about it, the one that is left serves every new connection."""
    server = start()
    first, second = started(server)
    with Client(server.base_url) as browser:
        browser.login()
        with frozen(server.pid):
            os.kill(first, signal.SIGKILL)
            for _ in range(5):
                with browser.copy() as tab:
                    assert tab.ask(ME)["data"]["me"]["isSignIn"] is True
            assert started(server) == [first, second]
        eventually(lambda: server.log_text().count("Running on") == 3)
        assert f"worker {first} ended with status -9 and is replaced" in server.log_text()
        with frozen(second), browser.copy() as tab:
            assert tab.ask(ME)["data"]["me"]["isSignIn"] is True
    assert server.terminate() == 0


def test_they_write_whole_lines(start: Callable[..., ServerProcess]) -> None:
    """One file takes the lines of all of them, and each line is one: of the supervisor, of either worker."""
    server = start(log_format="json")

    def ask(_: int) -> None:
        with Client(server.base_url) as client:
            assert client.ask(ME) == {"data": {"me": None}}

    with ThreadPoolExecutor(CLIENTS) as threads:
        list(threads.map(ask, range(200)))
    assert server.terminate() == 0
    lines = server.log_text().splitlines()
    messages = [json.loads(line)["message"] for line in lines if line.startswith("{")]
    assert messages.count("POST /graphql") == 200
    assert len([message for message in messages if message.endswith(" started")]) == 2
    assert len(lines) - len(messages) == len(["App: …", "Playground: …", "Development user: …"])


CLIENTS, KILLS = 8, 4
REFRESHES = "SELECT count(*) FROM audit_events WHERE kind = 'REFRESH'"


def test_no_kill_of_a_worker_under_load_loses_a_session(
    site: Site, start: Callable[..., ServerProcess]
) -> None:
    """Each client refreshes and refreshes, again when its connection breaks, and none is ever signed out."""
    server, stop = start(), Event()

    def live(tokens: dict[str, str]) -> int:
        rounds = 0
        with Client(server.base_url) as client:
            while not stop.is_set():
                try:
                    answer = client.ask(REFRESH_BODY, {"refreshToken": tokens["refreshToken"]})
                    tokens = answer["data"]["auth"]["refreshToken"]
                    answer = client.ask(ME, bearer=tokens["accessToken"])
                except (requests.exceptions.ConnectionError, requests.exceptions.ChunkedEncodingError):
                    continue
                assert answer["data"]["me"]["isSignIn"] is True
                rounds += 1
        return rounds

    with Client(server.base_url) as client:
        signed_in = [client.ask(LOGIN_BODY)["data"]["auth"]["login"] for _ in range(CLIENTS)]
    with ThreadPoolExecutor(CLIENTS) as threads:
        lives = [threads.submit(live, tokens) for tokens in signed_in]
        try:
            for killed in range(KILLS):
                enough = site.number(REFRESHES) + 2 * CLIENTS
                eventually(lambda enough=enough: site.number(REFRESHES) > enough)  # type: ignore[misc]
                os.kill(started(server)[killed], signal.SIGKILL)
                eventually(lambda count=killed + 3: len(started(server)) == count)  # type: ignore[misc]
        finally:
            stop.set()
        assert all(life.result() > 0 for life in lives)
    assert site.number("SELECT count(*) FROM sessions WHERE revoked_at IS NULL") == CLIENTS
    assert site.number("SELECT count(*) FROM audit_events WHERE kind = 'REUSE_DETECTED'") == 0
    assert server.terminate() == 0

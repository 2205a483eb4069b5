"""The same application under the ASGI servers that operators may prefer: a pass over what matters most."""

import http.client
import signal
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from tests.acceptance.client import LOGOUT, ME, REFRESH, Client, refusal
from tests.support import databases
from tests.support.commands import latchkey
from tests.support.ports import free_port
from tests.support.processes import ServerProcess

pytestmark = pytest.mark.acceptance

SERVERS = {
    "uvicorn": ["asgi:application", "--host", "127.0.0.1", "--loop", "uvloop", "--no-access-log", "--port"],
    "granian": [
        "--interface",
        "asgi",
        "--loop",
        "uvloop",
        "asgi:application",
        "--host",
        "127.0.0.1",
        "--port",
    ],
}


@contextmanager
def running(launcher: str, url: str, workdir: Path) -> Iterator[ServerProcess]:
    """Run the application under a server until the end of the block."""
    port = free_port()
    with ServerProcess(
        {"LATCHKEY_DATABASE_URL": url},
        workdir=workdir,
        port=port,
        launcher=launcher,
        arguments=[*SERVERS[launcher], str(port)],
    ) as server:
        yield server.wait_ready()


@pytest.mark.parametrize("launcher", SERVERS)
def test_a_session_from_its_beginning_to_its_end(
    launcher: str, sqlite_template: Path, tmp_path: Path
) -> None:
    """Sign-in, use, refresh and sign-out, after which no token works; then the server stops in peace."""
    url = databases.copy_sqlite(sqlite_template, tmp_path)
    status, _, _ = latchkey("user", "create-development", workdir=tmp_path, DATABASE_URL=url)
    assert status == 0
    with running(launcher, url, tmp_path) as server:
        with Client(server.base_url) as browser, Client(server.base_url) as thief:
            browser.login()
            assert browser.ask(ME)["data"]["me"] is not None
            assert browser.ask(REFRESH)["data"]["auth"]["refreshToken"]["success"] is True
            thief.http.cookies.update(browser.http.cookies)
            assert browser.ask(LOGOUT)["data"]["auth"]["logout"]["success"] is True
            assert refusal(thief.ask(ME))[0] == "TOKEN_BLACKLISTED"
            assert refusal(thief.ask(REFRESH)) == ("TOKEN_BLACKLISTED", "Token is blacklisted")
        assert_refused_by_its_head(server.port)
        # Some end themselves by the signal that they were told to stop by, once all is done.
        assert server.terminate() in (0, -signal.SIGTERM)
        assert " ERROR " not in server.log_text()


def assert_refused_by_its_head(port: int) -> None:
    """Send a form, which is refused, and a body that is too long, which is not read to its end."""
    for kind, length, status in (("text/plain", 5, 415), ("application/json", 70_000, 413)):
        connection = http.client.HTTPConnection("127.0.0.1", port, timeout=30)
        connection.request("POST", "/graphql", body=b" " * length, headers={"Content-Type": kind})
        assert connection.getresponse().status == status
        connection.close()

"""A server that is told to stop: what is under way is finished, what is new is refused, and then it ends."""

import socket
import subprocess
import sys
import time
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import pytest

from tests.support import databases
from tests.support.ports import free_port
from tests.support.processes import ServerProcess

pytestmark = pytest.mark.acceptance

BODY = b'{"query": "{ me { id } }"}'
HEAD = (
    b"POST /graphql HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\n"
    b"Content-Length: %d\r\n\r\n" % len(BODY)
)

HANGING = """
import asyncio, sys
import cli, serving
from web.in_flight import InFlight

async def hang(_):
    await asyncio.Event().wait()

serving.STOP_WITHIN = 1
InFlight.drain = hang
sys.exit(cli.main(["serve"]))
"""


@pytest.fixture
def server(
    start_server: Callable[..., ServerProcess], sqlite_template: Path, tmp_path: Path
) -> ServerProcess:
    """Run a server on SQLite."""
    return start_server({"LATCHKEY_DATABASE_URL": databases.copy_sqlite(sqlite_template, tmp_path)})


def connected(port: int, data: bytes = b"") -> socket.socket:
    """Open a connection and send these bytes."""
    connection = socket.create_connection(("127.0.0.1", port), timeout=30)
    connection.sendall(data)
    return connection


def listens(port: int) -> bool:
    """Tell whether somebody still takes connections."""
    with socket.socket() as probe:
        return probe.connect_ex(("127.0.0.1", port)) == 0


def rest(connection: socket.socket) -> bytes:
    """Read until the other side has ended."""
    received = b""
    while part := connection.recv(65536):
        received += part
    return received


def answered(connection: socket.socket) -> bytes:
    """Read one answer of this server to the operation of these tests."""
    received = b""
    while not received.endswith(b"}}") and (part := connection.recv(65536)):
        received += part
    return received


def test_what_is_under_way_is_finished_and_what_is_new_is_refused(server: ServerProcess) -> None:
    """A request of which a half has come is answered; connections that wait for another are closed."""
    with (
        closing(connected(server.port, HEAD + BODY)) as idle,
        closing(connected(server.port, HEAD[:20])) as unsure,
        closing(connected(server.port, HEAD + BODY[:9])) as half,
    ):
        assert b'{"data":{"me":null}}' in answered(idle)
        server.signal_stop()
        while listens(server.port):
            pass
        assert rest(idle) == rest(unsure) == b""
        half.sendall(BODY[9:])
        answer = rest(half)
        assert answer.startswith(b"HTTP/1.1 200 ")
        assert answer.endswith(b'\r\n\r\n{"data":{"me":null}}')
        assert server.wait_ended() == 0
    assert " ERROR " not in server.log_text()


def test_a_client_that_never_finishes_holds_it_for_less_than_ten_seconds(server: ServerProcess) -> None:
    """It is told that its body took too long, before the server would cut it off."""
    with closing(connected(server.port, HEAD + BODY[:9])) as half:
        began = time.monotonic()
        assert server.terminate() == 0
        assert time.monotonic() - began < 10
        answer = rest(half)
    assert answer.startswith(b"HTTP/1.1 408 ")
    assert b'"code":"BAD_USER_INPUT"' in answer
    assert " ERROR " not in server.log_text()


def test_what_hangs_after_that_is_given_up(tmp_path: Path) -> None:
    """An operation that does not end, or a database that does not let go, is left behind; the log says so."""
    port = free_port()
    process = subprocess.Popen(
        [sys.executable, "-c", HANGING],
        cwd=tmp_path,
        env=databases.environment({"LATCHKEY_BIND": f"127.0.0.1:{port}"}),
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )
    with process:
        while not listens(port):
            assert process.poll() is None
        process.terminate()
        output, _ = process.communicate(timeout=30)
    assert process.returncode == 0
    assert "serving: stopped before everything was done" in output
    assert "Traceback" not in output

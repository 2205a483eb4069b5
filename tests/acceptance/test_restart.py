"""A server that is stopped and started again knows all that it knew: nothing is kept outside the database."""

import http.client
import json
import os
import signal
import socket
import time
from collections.abc import Callable

import pytest

from tests.acceptance.client import BLACKLISTED, LOGIN, ME, PATIENCE, REFRESH, Client, refusal
from tests.acceptance.site import Site
from tests.support.processes import ServerProcess

pytestmark = pytest.mark.acceptance


@pytest.mark.parametrize("stop", [ServerProcess.terminate, ServerProcess.kill], ids=["SIGTERM", "SIGKILL"])
def test_a_replay_after_a_restart_gives_the_same_bytes(
    site: Site, stop: Callable[[ServerProcess], object]
) -> None:
    """A client whose response was lost gets the very successor that was issued before the restart."""
    server = site.start()
    with Client(server.base_url) as browser:
        browser.login()
        with browser.copy() as late:
            first = browser.ask(REFRESH)
            stop(server)
            site.start(port=server.port)

            assert late.ask(REFRESH) == first
            assert late.cookies == browser.cookies
            assert late.ask(ME)["data"]["me"]["isSignIn"] is True
    assert site.number("SELECT count(*) FROM audit_events WHERE kind = 'REFRESH'") == 1


def test_reuse_is_detected_after_a_restart(site: Site) -> None:
    """Past the leeway the used token ends its session, also in a process that never saw it being used."""
    server = site.start()
    with Client(server.base_url) as victim:
        victim.login()
        with victim.copy() as thief:
            assert "errors" not in victim.ask(REFRESH)
            server.kill()
            site.start(port=server.port, LATCHKEY_REFRESH_LEEWAY="0")

            assert refusal(thief.ask(REFRESH))[0] == "TOKEN_REUSED"
            assert refusal(victim.ask(ME)) == BLACKLISTED
            assert refusal(victim.ask(REFRESH)) == BLACKLISTED
    assert site.number("SELECT count(*) FROM audit_events WHERE kind = 'REUSE_DETECTED'") == 1


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT], ids=["SIGTERM", "SIGINT"])
def test_a_stopped_server_finishes_the_request_in_flight(site: Site, number: signal.Signals) -> None:
    """A sign-in that was being received when the signal came is answered and recorded; the exit is clean."""
    server = site.start()
    body = json.dumps({"query": LOGIN}).encode()
    with socket.create_connection(("127.0.0.1", server.port), timeout=PATIENCE) as connection:
        head = (
            "POST /graphql HTTP/1.1",
            f"Host: 127.0.0.1:{server.port}",
            "Content-Type: application/json",
            f"Content-Length: {len(body)}",
            "Expect: 100-continue",
        )
        connection.sendall("\r\n".join((*head, "", "")).encode())
        # That the server asks for the rest proves that it has begun with this request.
        assert connection.recv(4096).startswith(b"HTTP/1.1 100")
        os.kill(server.pid, number)
        _wait_until_closed(server)

        connection.sendall(body)
        response = http.client.HTTPResponse(connection)
        response.begin()
        answer = json.loads(response.read())

    assert response.status == 200
    assert answer["data"]["auth"]["login"]["success"] is True
    assert server.wait_ended() == 0
    assert site.number("SELECT count(*) FROM sessions WHERE revoked_at IS NULL") == 1
    assert site.number("SELECT count(*) FROM audit_events WHERE kind = 'LOGIN' AND outcome = 'SUCCESS'") == 1


def _wait_until_closed(server: ServerProcess) -> None:
    deadline = time.monotonic() + PATIENCE
    while time.monotonic() < deadline:
        try:
            socket.create_connection(("127.0.0.1", server.port), timeout=PATIENCE).close()
        except ConnectionRefusedError:
            return
        except ConnectionResetError:
            # It was still waiting to be accepted when the listener was closed; the next one is refused.
            continue
    raise AssertionError("the server went on accepting connections")

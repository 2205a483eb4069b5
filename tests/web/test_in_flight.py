"""An operation is done to its end when its client hangs up, and when the server is told to stop."""

import asyncio
import gc
import json
import logging
from collections.abc import Callable
from typing import Any, cast

import pytest
from quart import Quart

from services import Services
from services.clients import Client
from services.passwords import Passwords
from services.sessions import Logout, LogoutScope, Sessions
from settings import Settings
from tests.web.serving import ONE_BACKEND
from web import in_flight
from web.in_flight import InFlight

BODY = json.dumps({"query": "mutation { auth { logout { success } } }"}).encode()


class Slow:
    """A flow that stops in its midst until it is let go, and then reads the database."""

    def __init__(self, services: Services) -> None:
        self._services = services
        self.entered, self.go_on = asyncio.Event(), asyncio.Event()
        self.found: list[Any] = []
        self.error: Exception | None = None

    async def end(self, *_: object, scope: LogoutScope, client: Client) -> Logout:
        """Stand in for a sign-out."""
        self.entered.set()
        await self.go_on.wait()
        if self.error is not None:
            raise self.error
        self.found = list(await self._services.database.fetch("SELECT 1 AS one"))
        return Logout(user_id=None, revoked_sessions=0, signed_out=scope is not LogoutScope.OTHER_SESSIONS)


@pytest.fixture
def application(make_app: Callable[[Settings], Quart], settings: Settings) -> Quart:
    """Make an application that does not run yet."""
    return make_app(settings)


@pytest.fixture
def slow(application: Quart, monkeypatch: pytest.MonkeyPatch) -> Slow:
    """Put the slow flow in the place of the sign-out."""
    flow = Slow(application.extensions["services"])
    monkeypatch.setattr(Sessions, "end", lambda _, *rest, **named: flow.end(*rest, **named))
    return flow


async def request(app: Quart) -> None:
    """Send a request as a server would, to be cancelled when its connection is given up."""

    async def receive() -> dict[str, Any]:
        return {"type": "http.request", "body": BODY, "more_body": False}

    async def send(_: object) -> None:
        await asyncio.Event().wait()

    scope = {
        "type": "http",
        "asgi": {"version": "3.0"},
        "http_version": "1.1",
        "method": "POST",
        "scheme": "http",
        "path": "/graphql",
        "raw_path": b"/graphql",
        "query_string": b"",
        "root_path": "",
        "headers": [(b"host", b"latchkey.test"), (b"content-type", b"application/json")],
        "client": ("127.0.0.1", 9),
        "server": ("latchkey.test", 80),
    }
    await cast(Any, app)(scope, receive, send)


@ONE_BACKEND
async def test_a_client_that_hangs_up_stops_nothing_half_way(
    application: Quart, slow: Slow, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Its request has ended, the work goes on, and the server that stops waits for it before the database."""
    running = application.test_app()
    await running.startup()
    database = application.extensions["services"].database
    found_at_closing: list[list[Any]] = []
    close = database.close

    async def closing() -> None:
        found_at_closing.append(slow.found)
        await close()

    async def stop() -> None:
        # The work can go on from here, but has to be waited for: nothing else gives it its turn.
        slow.go_on.set()

    monkeypatch.setattr(database, "close", closing)
    application.after_serving_funcs.insert(0, stop)
    asked = asyncio.create_task(request(application))
    await slow.entered.wait()
    asked.cancel()
    await asyncio.wait([asked])
    gc.collect()
    assert (asked.done(), slow.found) == (True, [])
    await running.shutdown()
    assert [[dict(row) for row in found] for found in found_at_closing] == [[{"one": 1}]]


@ONE_BACKEND
async def test_an_error_after_the_client_has_gone_is_logged(
    application: Quart, slow: Slow, caplog: pytest.LogCaptureFixture
) -> None:
    """Nobody is there to be told, which is no reason to lose it."""
    slow.error = ValueError("hunter2")
    async with application.test_app():
        asked = asyncio.create_task(request(application))
        await slow.entered.wait()
        asked.cancel()
        await asyncio.wait([asked])
        slow.go_on.set()
    (line,) = [record for record in caplog.records if record.levelno >= logging.ERROR]
    assert line.getMessage().startswith("unexpected ValueError at ")
    assert "hunter2" not in caplog.text


async def test_work_is_kept_hold_of_until_it_is_done() -> None:
    """The event loop refers to a task weakly: one that nobody waits for could be collected in its midst."""
    work, go_on = InFlight(), asyncio.Event()
    waiting = asyncio.create_task(work.finish(go_on.wait()))
    await asyncio.sleep(0)
    assert len(work) == 1
    waiting.cancel()
    with pytest.raises(asyncio.CancelledError):
        await waiting
    del waiting
    gc.collect()
    assert len(work) == 1
    go_on.set()
    await work.drain()
    assert len(work) == 0


async def test_the_result_and_the_error_reach_who_waits(caplog: pytest.LogCaptureFixture) -> None:
    """And are logged by them, not here."""

    async def give() -> int:
        return 42

    async def fail() -> None:
        raise ValueError("hunter2")

    work = InFlight()
    assert await work.finish(give()) == 42
    with pytest.raises(ValueError, match="hunter2"):
        await work.finish(fail())
    assert (len(work), caplog.records) == (0, [])


async def test_an_error_that_even_the_operation_did_not_catch_is_logged(
    caplog: pytest.LogCaptureFixture,
) -> None:
    """`asyncio.shield` marks the error of what it shields as seen once the waiting was cancelled."""
    work, go_on = InFlight(), asyncio.Event()

    async def fail() -> None:
        await go_on.wait()
        raise ValueError("hunter2")

    waiting = asyncio.create_task(work.finish(fail()))
    await asyncio.sleep(0)
    waiting.cancel()
    with pytest.raises(asyncio.CancelledError):
        await waiting
    go_on.set()
    await work.drain()
    assert [record.getMessage()[:25] for record in caplog.records] == ["unexpected ValueError at "]
    assert "hunter2" not in caplog.text


async def test_what_hangs_does_not_keep_the_server_for_ever(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    """After its time it is given up, and the log says so."""
    monkeypatch.setattr(in_flight, "DRAIN_WITHIN", 0.01)
    work, never = InFlight(), asyncio.Event()
    waiting = asyncio.create_task(work.finish(never.wait()))
    await asyncio.sleep(0)
    await work.drain()
    assert caplog.messages == ["stopped before 1 operations were done"]
    never.set()
    await waiting


async def test_sign_ins_go_on_when_somebody_has_been_answered(
    app: Quart, monkeypatch: pytest.MonkeyPatch
) -> None:
    """And not before: whoever has been answered has not waited for them."""
    seen: list[str] = []
    monkeypatch.setattr(Passwords, "at_leisure", lambda _: seen.append("at leisure"))

    async def receive() -> Any:
        return {"type": "http.request", "body": BODY, "more_body": False}

    async def send(event: Any) -> None:
        seen.append(event["type"])

    headers = [(b"content-type", b"application/json"), (b"content-length", str(len(BODY)).encode())]
    scope = {"type": "http", "http_version": "1.1", "method": "POST", "path": "/graphql", "headers": headers}
    await cast(Any, app)(scope, receive, send)
    assert seen == ["http.response.start", "http.response.body", "at leisure"]

"""A client that hangs up in the middle: what it asked for is done to the end, and nothing is lost."""

import asyncio
import json
from collections.abc import Callable, Coroutine
from typing import Any
from uuid import UUID

import pytest
from quart import Quart

from models.statements import END_SESSION, ROTATE
from services import Services
from tests.services import tables
from tests.services.faults import Gate
from tests.support.browser import LOGOUT, REFRESH, Browser, code


class HangingUp:
    """An HTTP client that sends a request, waits to be told, and closes the connection without an answer."""

    def __init__(self, app: Quart, query: str, cookies: dict[str, str]) -> None:
        self.hang_up = asyncio.Event()
        self.answered: list[Any] = []
        self._app = app
        self._body = json.dumps({"query": query}).encode()
        self._cookies = "; ".join(f"{name}={value}" for name, value in cookies.items()).encode()
        self._sent = False

    async def request(self) -> None:
        """Do it, as an ASGI server does."""
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
            "headers": [
                (b"host", b"latchkey.test"),
                (b"content-type", b"application/json"),
                (b"cookie", self._cookies),
            ],
            "client": ("127.0.0.1", 1),
            "server": ("127.0.0.1", 2),
        }
        await self._app(scope, self._receive, self._send)  # type: ignore[arg-type]

    async def _receive(self) -> dict[str, Any]:
        if not self._sent:
            self._sent = True
            return {"type": "http.request", "body": self._body, "more_body": False}
        await self.hang_up.wait()
        return {"type": "http.disconnect"}

    async def _send(self, message: Any) -> None:
        self.answered.append(message)


async def until(condition: Callable[[], Coroutine[Any, Any, bool]]) -> None:
    """Wait for something that the server does on its own."""
    async with asyncio.timeout(20):
        while not await condition():
            pass


@pytest.mark.parametrize("cancelled", [False, True])
async def test_a_logout_is_done_to_the_end(
    app: Quart,
    new_browser: Callable[[], Browser],
    services: Services,
    user_id: UUID,
    monkeypatch: pytest.MonkeyPatch,
    cancelled: bool,
) -> None:
    """The session is ended, its token blacklisted and the event written, though nobody waits for it."""
    browser = new_browser()
    await browser.login()
    held = browser.cookies
    client = HangingUp(app, LOGOUT, held)
    gate = Gate(monkeypatch, END_SESSION)
    request = asyncio.create_task(client.request())
    await gate.reached()
    if cancelled:
        request.cancel()
        await asyncio.wait([request])
    else:
        client.hang_up.set()
    gate.open()
    await asyncio.wait([request])

    async def ended() -> bool:
        return await tables.live_sessions(services) == 0

    await until(ended)
    assert await tables.reasons(services) == ["LOGOUT"]
    assert await tables.events(services) == [("LOGIN", "SUCCESS", None), ("LOGOUT", "SUCCESS", "LOGOUT")]
    assert code(await browser.refresh()) == "TOKEN_BLACKLISTED"
    assert code(await browser.me()) == "TOKEN_BLACKLISTED"
    assert (await browser.login())["success"] is True
    assert (await browser.logout())["data"]["auth"]["logout"]["revokedSessions"] == 1


async def test_a_refresh_is_done_to_the_end_and_given_again(
    app: Quart,
    new_browser: Callable[[], Browser],
    services: Services,
    user_id: UUID,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """The client comes back with the parent and gets the successor it has missed: no session is lost."""
    browser = new_browser()
    await browser.login()
    client = HangingUp(app, REFRESH, browser.cookies)
    gate = Gate(monkeypatch, ROTATE)
    request = asyncio.create_task(client.request())
    await gate.reached()
    client.hang_up.set()
    gate.open()
    await request

    async def rotated() -> bool:
        return await tables.reasons(services) == ["ROTATED"]

    await until(rotated)
    assert (await browser.refresh())["data"]["auth"]["refreshToken"]["success"] is True
    assert await tables.reasons(services) == ["ROTATED"]
    assert (await browser.refresh())["data"]["auth"]["refreshToken"]["success"] is True
    assert await tables.reasons(services) == ["ROTATED", "ROTATED"]


async def test_many_that_hang_up_use_up_no_connection(
    app: Quart,
    new_browser: Callable[[], Browser],
    services: Services,
    user_id: UUID,
) -> None:
    """Forty requests cancelled at forty different moments: the database is as usable as before."""
    browser = new_browser()
    await browser.login()
    for steps in range(40):
        request = asyncio.create_task(HangingUp(app, REFRESH, browser.cookies).request())
        for _ in range(steps):
            await asyncio.sleep(0)
        request.cancel()
        await asyncio.wait([request])

    async def settled() -> bool:
        return await tables.reasons(services) == ["ROTATED"]

    await until(settled)
    answers = await asyncio.gather(*(browser.refresh() for _ in range(20)))
    assert all(answer["data"]["auth"]["refreshToken"]["success"] for answer in answers)
    assert (await browser.logout())["data"]["auth"]["logout"]["revokedSessions"] == 1

"""What becomes of a body that is refused before its end, event by event as an ASGI server tells it."""

import asyncio
from typing import Any, cast

import pytest
from quart import Quart

from web.bodies import DISCARD_AT_MOST
from web.guards import MAX_BODY

pytestmark = pytest.mark.parametrize("backend", ["sqlite"])

PART = 20_000
TAKEN, ANSWER, ALL_OF_IT, END = "taken", "status 413", "a body, and more to come", "the end"


async def happened(app: Quart, parts: list[Any]) -> list[str]:
    """Send a request whose body comes in these parts, and tell what the server did, in order."""
    seen, waiting = [], iter(parts)

    async def receive() -> Any:
        event = next(waiting, None)
        if event is None:
            await asyncio.Event().wait()
        seen.append(TAKEN)
        return event

    async def send(event: Any) -> None:
        if event["type"] == "http.response.start":
            assert (b"connection", b"close") in event["headers"]
            seen.append(f"status {event['status']}")
        else:
            seen.append(ALL_OF_IT if event.get("more_body") else END)

    length = str(MAX_BODY + PART).encode()
    scope = {
        "type": "http",
        "http_version": "1.1",
        "method": "POST",
        "path": "/graphql",
        "headers": [(b"content-type", b"application/json"), (b"content-length", length)],
        "client": ("127.0.0.1", 9),
    }
    await cast(Any, app)(scope, receive, send)
    return seen


def part(*, more: bool = True) -> dict[str, Any]:
    """Give some of a body."""
    return {"type": "http.request", "body": b" " * PART, "more_body": more}


async def test_the_rest_is_taken_after_the_answer_and_before_the_end(app: Quart) -> None:
    """Bytes that nobody took would make the system reset the connection, and with it the answer."""
    parts = [part(), part(), part(), part(more=False)]
    assert await happened(app, parts) == [ANSWER, ALL_OF_IT, *[TAKEN] * 4, END]


async def test_who_hangs_up_is_not_waited_for(app: Quart) -> None:
    """There is nobody left who could send anything."""
    assert await happened(app, [part(), {"type": "http.disconnect"}]) == [
        ANSWER,
        ALL_OF_IT,
        TAKEN,
        TAKEN,
        END,
    ]


async def test_not_more_is_taken_than_a_mistake_would_send(
    app: Quart, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Neither of who sends without end, nor from who sends nothing more."""
    endless = [part() for _ in range(1000)]
    assert await happened(app, endless) == [ANSWER, ALL_OF_IT, *[TAKEN] * -(-DISCARD_AT_MOST // PART), END]
    monkeypatch.setattr("web.bodies.DISCARD_WITHIN", 0.01)
    assert await happened(app, [part()]) == [ANSWER, ALL_OF_IT, TAKEN, END]

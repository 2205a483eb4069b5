"""A use of the database that is given up: whatever the moment, it is undone, and holds nothing."""

import asyncio
from uuid import UUID

import asyncpg
import pytest

from services import Services, database_outages
from services.database_outages import outages
from services.errors import ServiceUnavailable
from tests.services import tables
from tests.support.browser import Browser, code

MOMENTS = 40
APART = 0.0003


async def test_at_every_moment_of_a_refresh(
    browser: Browser, services: Services, user_id: UUID, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Whether it is done or not, nobody else waits for it, and the next one succeeds."""
    await browser.login()
    for moment in range(MOMENTS):
        monkeypatch.setattr(database_outages, "PATIENCE", moment * APART)
        answer = await browser.refresh()
        assert "errors" not in answer or code(answer) == "SERVICE_UNAVAILABLE"
        monkeypatch.undo()
        assert "errors" not in await browser.refresh()
    assert await tables.live_sessions(services) == 1
    refreshes = [event for event in await tables.events(services) if event[0] == "REFRESH"]
    assert await tables.reasons(services) == ["ROTATED"] * len(refreshes)
    async with asyncio.timeout(10):
        answers = await asyncio.gather(*(browser.me() for _ in range(20)))
    assert not any("errors" in answer for answer in answers)


async def test_who_is_cancelled_is_not_told_of_an_outage(services: Services, user_id: UUID) -> None:
    """The cancellation arrives where it was sent to, and the transaction has changed nothing."""
    changed, forever = asyncio.Event(), asyncio.Event()

    async def change() -> None:
        async with services.database.transaction() as transaction:
            await transaction.execute("UPDATE users SET email = 'b' WHERE id = $1", user_id)
            changed.set()
            await forever.wait()

    task = asyncio.create_task(change())
    await changed.wait()
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    (user,) = await tables.rows(services, "users")
    assert user["email"] != "b"


@pytest.mark.parametrize("backend", ["postgres"])
async def test_a_row_that_somebody_else_holds(
    services: Services, user_id: UUID, monkeypatch: pytest.MonkeyPatch
) -> None:
    """PostgreSQL refuses it by itself, so that nobody has to give up a connection that can be used again."""
    monkeypatch.setattr(database_outages, "PATIENCE", 20.0)
    assert services.database.pool is not None
    async with services.database.transaction() as transaction:
        await transaction.execute("UPDATE users SET email = 'b' WHERE id = $1", user_id)
        opened = services.database.pool.opened
        with pytest.raises(ServiceUnavailable):
            await services.database.execute("UPDATE users SET email = 'c' WHERE id = $1", user_id)
        assert services.database.pool.opened == opened + 1
    assert (await tables.rows(services, "users"))[0]["email"] == "b"


@pytest.mark.parametrize(
    "error",
    [
        TimeoutError(),
        ConnectionRefusedError(),
        asyncpg.InternalClientError('protocol is in the "failed" state'),
        asyncpg.AdminShutdownError("terminating connection due to administrator command"),
        asyncpg.QueryCanceledError("canceling statement due to statement timeout"),
    ],
    ids=lambda error: type(error).__name__,
)
def test_what_an_outage_looks_like(error: Exception) -> None:
    """A driver has many words for it, and clients have one."""
    with pytest.raises(ServiceUnavailable), outages():
        raise error

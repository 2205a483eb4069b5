"""The purge beside everything else: other servers, people who sign in, outages and the end of the server."""

import asyncio
import logging
from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import timedelta
from uuid import UUID, uuid4

import pytest
import pytest_asyncio

import server
from models.purge_statements import PURGE_SESSIONS, PURGE_TOKENS, TAKE_LEASE
from services import Services
from services.database_statements import Row, Statements
from services.errors import ServiceUnavailable
from services.purge import LEASE, Purge, PurgeUnderWay
from tests.services.faults import Gate
from tests.services.tables import dump, live_sessions, rows
from tests.support.browser import Browser
from tests.support.clock import FakeClock

DEAD, BATCH = 12, 5


@pytest_asyncio.fixture
async def purge(
    services: Services,
    browser: Browser,
    clock: FakeClock,
    user_id: UUID,
    monkeypatch: pytest.MonkeyPatch,
) -> Purge:
    """Give a purge in small batches, of a database with sessions that are over, each refreshed once."""
    monkeypatch.setattr("services.purge.BATCH", BATCH)
    for _ in range(DEAD):
        await browser.login()
        await browser.refresh()
    clock.advance(3 * 24 * 3600)
    return replace(services.purge, rest=0.0)


async def left(services: Services) -> tuple[int, int, int]:
    """Count the sessions, the tokens, and the tokens that are blacklisted."""
    tables = ("sessions", "outstanding_tokens", "blacklisted_tokens")
    sessions, tokens, blacklisted = [len(await rows(services, table)) for table in tables]
    return sessions, tokens, blacklisted


async def test_of_two_servers_one_purges(purge: Purge, services: Services) -> None:
    """The other is told so at once, and everything goes once."""
    outcomes = await asyncio.gather(purge.remove(), purge.remove(), return_exceptions=True)
    (removed,) = (outcome for outcome in outcomes if isinstance(outcome, dict))
    assert [type(outcome) for outcome in outcomes if outcome is not removed] == [PurgeUnderWay]
    assert (removed["tokens"], removed["sessions"]) == (2 * DEAD, DEAD)
    assert await left(services) == (0, 0, 0)


async def test_the_lease_of_a_server_that_was_killed_lapses(
    purge: Purge, services: Services, clock: FakeClock
) -> None:
    """Until then nothing is removed; and one that was given back keeps nobody waiting."""
    await services.database.first(TAKE_LEASE, "purge", uuid4(), clock() + LEASE, clock())
    before = await dump(services)
    clock.advance(LEASE.total_seconds() - 1)
    with pytest.raises(PurgeUnderWay):
        await purge.remove()
    assert await dump(services) == before
    clock.advance(1)
    assert (await purge.remove())["sessions"] == DEAD
    assert (await purge.remove())["sessions"] == 0


async def test_who_lost_the_lease_removes_nothing_more(
    purge: Purge, services: Services, clock: FakeClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Held up for longer than a minute, it finds another at it, and leaves the lease to that."""
    other, fetch = uuid4(), Statements.fetch

    async def slow(statements: Statements, sql: str, *values: object) -> Sequence[Row]:
        if sql == PURGE_SESSIONS:
            clock.advance(LEASE.total_seconds())
            monkeypatch.setattr(Statements, "fetch", fetch)
            result = await fetch(statements, sql, *values)
            taken = await fetch(statements, TAKE_LEASE, "purge", other, clock() + LEASE, clock())
            assert len(taken) == 1
            return result
        return await fetch(statements, sql, *values)

    monkeypatch.setattr(Statements, "fetch", slow)
    with pytest.raises(PurgeUnderWay):
        await purge.remove()
    assert await left(services) == (DEAD - BATCH, DEAD - BATCH, 0)
    (lease,) = await rows(services, "leases")
    assert (UUID(str(lease["holder"])), lease["expires_at"]) == (other, clock() + LEASE)


async def test_an_outage_in_the_middle_leaves_whole_batches(
    purge: Purge, services: Services, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The batch that failed is as if never begun, and the next round does the rest."""
    fetch, batches = Statements.fetch, 0

    async def failing(statements: Statements, sql: str, *values: object) -> Sequence[Row]:
        nonlocal batches
        result = await fetch(statements, sql, *values)
        batches += sql == PURGE_TOKENS
        if sql == PURGE_TOKENS and batches == 2:
            raise ServiceUnavailable
        return result

    monkeypatch.setattr(Statements, "fetch", failing)
    with pytest.raises(ServiceUnavailable):
        await purge.remove()
    assert await left(services) == (DEAD, 2 * DEAD - BATCH, DEAD - BATCH)
    assert (await purge.remove())["tokens"] == 2 * DEAD - BATCH
    assert await left(services) == (0, 0, 0)


async def test_the_end_of_the_server_lets_the_batch_end(
    purge: Purge, services: Services, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What is under way is committed, nothing more is begun, and the lease is given back."""
    gate = Gate(monkeypatch, PURGE_TOKENS)
    task = asyncio.create_task(purge.remove())
    await gate.reached()
    task.cancel()
    done, _ = await asyncio.wait([task], timeout=0.1)
    assert done == set()
    gate.open()
    with pytest.raises(asyncio.CancelledError):
        await task
    assert await left(services) == (DEAD, 2 * DEAD - BATCH, DEAD - BATCH)
    assert (await purge.remove())["sessions"] == DEAD


async def test_people_sign_in_and_refresh_meanwhile(
    purge: Purge, services: Services, new_browser: Callable[[], Browser]
) -> None:
    """Everybody gets through, also those whose old sessions are just being removed."""

    async def visit() -> None:
        browser = new_browser()
        for _ in range(5):
            assert (await browser.login())["success"] is True
            assert "errors" not in await browser.refresh()
            assert "errors" not in await browser.me()

    purging = asyncio.create_task(purge.remove())
    await asyncio.gather(*(visit() for _ in range(4)))
    removed = await purging
    assert (removed["sessions"], removed["tokens"]) == (DEAD, 2 * DEAD)
    assert await left(services) == (20, 40, 20)
    assert await live_sessions(services) == 20


@pytest.mark.parametrize("backend", ["postgres"])
@pytest.mark.parametrize(("table", "key"), [("sessions", "id"), ("outstanding_tokens", "jti")])
async def test_it_waits_for_nobody(purge: Purge, services: Services, table: str, key: str) -> None:
    """What somebody holds is left for the next round."""
    held, released = asyncio.Event(), asyncio.Event()

    async def hold() -> None:
        async with services.database.transaction() as transaction:
            await transaction.fetch(f"SELECT {key} FROM {table} ORDER BY {key} LIMIT 1 FOR UPDATE")
            held.set()
            await released.wait()

    async with asyncio.timeout(10), asyncio.TaskGroup() as group:
        group.create_task(hold())
        await held.wait()
        removed = await purge.remove()
        released.set()
    assert removed["sessions"] == DEAD - 1
    assert (await purge.remove())["sessions"] == 1
    assert await left(services) == (0, 0, 0)


@pytest.mark.parametrize("backend", ["postgres"])
async def test_nobody_waits_for_a_session_that_is_alive(
    purge: Purge, browser: Browser, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A purge that stands in the middle of a batch holds nothing that a live session needs."""
    await browser.login()
    gate = Gate(monkeypatch, PURGE_SESSIONS)
    async with gate.holding(purge.remove()), asyncio.timeout(10):
        assert "errors" not in await browser.refresh()
        assert (await browser.login())["success"] is True
        assert "errors" not in await browser.logout("THIS_SESSION")


@pytest.mark.parametrize(
    ("error", "line"),
    [
        (ServiceUnavailable(), "WARNING the purge waits, as the database does not answer"),
        (RuntimeError("s3cret"), "ERROR the purge waits, as something unexpected has happened"),
        (PurgeUnderWay(), None),
    ],
)
async def test_no_error_ends_the_rounds(
    purge: Purge,
    services: Services,
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
    error: Exception,
    line: str | None,
) -> None:
    """What could not be removed goes in a later round, which is one line in the log."""
    caplog.set_level(logging.INFO, "services.purge")
    fetch, failed, emptied = Statements.fetch, asyncio.Event(), asyncio.Event()

    async def failing(statements: Statements, sql: str, *values: object) -> Sequence[Row]:
        if not failed.is_set():
            failed.set()
            raise error
        result = await fetch(statements, sql, *values)
        if sql == PURGE_SESSIONS and not result:
            emptied.set()
        return result

    monkeypatch.setattr(Statements, "fetch", failing)
    task = asyncio.create_task(replace(purge, every=timedelta(0), chance=lambda: 0.0).run())
    async with asyncio.timeout(20):
        await emptied.wait()  # The round after the one that removed everything.
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    told = [f"{record.levelname} {record.getMessage()}" for record in caplog.records]
    done = f"INFO purged: tokens {2 * DEAD}, sessions {DEAD}, codes 0, letters 0, auditEvents 0"
    assert told == [*([line] if line else []), done]
    assert await left(services) == (0, 0, 0)


def test_every_server_purges() -> None:
    """It goes on beside the requests, as the delivery of mail does."""
    assert server.purge in server.BACKGROUND

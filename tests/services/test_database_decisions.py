"""A statement that decides, and what goes with its verdict: all of it, or nothing."""

import asyncio
import sqlite3
from collections.abc import Callable
from contextlib import closing
from uuid import UUID

import pytest
from tortoise.exceptions import IntegrityError

from models import AuditKind, RevocationReason
from models.statements import BLACKLIST, END_SESSION
from services import Services, audit
from services.clients import Client
from services.database_decisions import Decided
from services.database_inserts import Insert
from services.database_statements import Row
from tests.services import tables
from tests.support.browser import Browser

REASON = RevocationReason.REVOKED_BY_USER


async def end(services: Services, user_id: UUID, session_id: UUID, *more: Insert) -> Row | None:
    """End a session as a use case does, and write more with it."""
    now = services.clock()
    event = audit.Event(kind=AuditKind.SESSION_REVOKED, client=Client(), session_id=session_id)
    return await services.database.decide(
        END_SESSION,
        *(user_id, session_id, now, REASON),
        then=(
            (BLACKLIST, (Decided("current_jti"), now, REASON)),
            audit.entry(event, now=now),
            *more,
        ),
    )


async def session_of(services: Services) -> UUID:
    """Give the one session."""
    (row,) = await tables.rows(services, "sessions")
    return UUID(str(row["id"]))


async def test_the_verdict_and_what_goes_with_it(services: Services, user_id: UUID, browser: Browser) -> None:
    """The row is given, and the INSERTs have its values."""
    await browser.login()
    session_id = await session_of(services)
    ended = await end(services, user_id, session_id)
    assert ended is not None
    assert ended["id"] == session_id
    (token,) = await tables.rows(services, "blacklisted_tokens")
    assert str(token["token_id"]) == str(ended["current_jti"])
    assert await tables.events(services) == [("LOGIN", "SUCCESS", None), ("SESSION_REVOKED", "SUCCESS", None)]


async def test_without_a_verdict_nothing_is_written(
    services: Services, user_id: UUID, browser: Browser
) -> None:
    """A session ends once."""
    await browser.login()
    session_id = await session_of(services)
    await end(services, user_id, session_id)
    before = await tables.dump(services)
    assert await end(services, user_id, session_id) is None
    assert await tables.dump(services) == before


async def test_what_cannot_be_written_undoes_the_verdict(
    services: Services, user_id: UUID, browser: Browser
) -> None:
    """And the connection is as good as before."""
    await browser.login()
    session_id, before = await session_of(services), await tables.dump(services)
    again = (BLACKLIST, (Decided("current_jti"), services.clock(), REASON))
    with pytest.raises(IntegrityError):
        await end(services, user_id, session_id, again)
    assert await tables.dump(services) == before
    assert await end(services, user_id, session_id) is not None


async def test_of_many_at_once_one_decides(services: Services, user_id: UUID, browser: Browser) -> None:
    """The others find it decided."""
    await browser.login()
    session_id = await session_of(services)
    verdicts = await asyncio.gather(*(end(services, user_id, session_id) for _ in range(20)))
    assert sum(verdict is not None for verdict in verdicts) == 1
    assert len(await tables.rows(services, "blacklisted_tokens")) == 1


async def test_one_that_cannot_be_written_leaves_those_that_wait_with_it(
    services: Services, user_id: UUID, new_browser: Callable[[], Browser]
) -> None:
    """SQLite takes them in one transaction, and still each for itself."""
    for _ in range(3):
        await new_browser().login()
    ids = [UUID(str(row["id"])) for row in await tables.rows(services, "sessions")]
    again = (BLACKLIST, (Decided("current_jti"), services.clock(), REASON))
    good, bad, other = await asyncio.gather(
        end(services, user_id, ids[0]),
        end(services, user_id, ids[1], again),
        end(services, user_id, ids[2]),
        return_exceptions=True,
    )
    assert isinstance(bad, IntegrityError)
    assert not isinstance(good, BaseException | None)
    assert not isinstance(other, BaseException | None)
    assert (good["id"], other["id"]) == (ids[0], ids[2])
    live = [row for row in await tables.rows(services, "sessions") if row["revoked_at"] is None]
    assert [UUID(str(row["id"])) for row in live] == [ids[1]]
    assert len(await tables.rows(services, "blacklisted_tokens")) == 2


async def test_who_no_longer_waits_stops_no_decision(
    services: Services, user_id: UUID, browser: Browser
) -> None:
    """A client that hangs up, or a time that is over, leaves the others as they are."""
    await browser.login()
    session_id = await session_of(services)
    async with services.database.transaction() as transaction:
        await transaction.execute("UPDATE sessions SET last_used_at = last_used_at")
        impatient, patient = (asyncio.create_task(end(services, user_id, session_id)) for _ in range(2))
        await asyncio.wait([impatient], timeout=0.05)
        impatient.cancel()
    verdicts = await asyncio.gather(impatient, patient, return_exceptions=True)
    assert isinstance(verdicts[0], asyncio.CancelledError)
    assert await tables.reasons(services) == ["REVOKED_BY_USER"]


@pytest.mark.parametrize("backend", ["sqlite"])
async def test_what_was_given_up_is_not_done_later(
    services: Services, user_id: UUID, browser: Browser, database_url: str
) -> None:
    """Another process keeps the file: who was told that it cannot be done by now was told the truth."""
    await browser.login()
    session_id = await session_of(services)
    path = database_url.removeprefix("sqlite://")
    other = await asyncio.to_thread(sqlite3.connect, path, isolation_level=None, check_same_thread=False)
    with closing(other):
        await asyncio.to_thread(other.execute, "BEGIN IMMEDIATE")
        given_up = asyncio.create_task(end(services, user_id, session_id))
        await asyncio.wait([given_up], timeout=0.05)
        given_up.cancel()
        await asyncio.wait([given_up])
    assert given_up.cancelled()
    assert await tables.reasons(services) == []
    assert await end(services, user_id, session_id) is not None


@pytest.mark.parametrize("backend", ["sqlite"])
async def test_a_value_that_cannot_be_stored_is_no_business_of_the_others(
    services: Services, user_id: UUID, browser: Browser
) -> None:
    """Neither of those who read together nor of those who decide together, and nobody waits for ever."""
    await browser.login()
    session_id, look = await session_of(services), "SELECT id FROM sessions WHERE id = $1"
    async with asyncio.timeout(10):
        unreadable, read, unwritable, ended = await asyncio.gather(
            services.database.first(look, "\ud800"),
            services.database.first(look, session_id),
            end(services, user_id, session_id, (BLACKLIST, ("\ud800", services.clock(), REASON))),
            end(services, user_id, session_id),
            return_exceptions=True,
        )
    assert read == {"id": session_id}
    assert isinstance(unreadable, UnicodeEncodeError)
    assert not isinstance(ended, BaseException | None)
    assert isinstance(unwritable, UnicodeEncodeError)
    assert await tables.reasons(services) == ["REVOKED_BY_USER"]

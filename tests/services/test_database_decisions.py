"""A statement that decides, and what goes with its verdict: all of it, or nothing."""

import asyncio
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

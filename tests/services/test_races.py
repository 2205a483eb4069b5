"""Logout, login and refresh at the same time, in every order: what is ended stays ended."""

import asyncio
import random
from collections.abc import Callable, Coroutine
from contextlib import suppress
from contextvars import copy_context
from typing import Any
from uuid import UUID, uuid4

import pytest

from models import RevocationReason
from models.statements import (
    BEGIN_LOGOUT,
    BLACKLIST,
    END_ALL_SESSIONS,
    INSERT_AUDIT_EVENT,
    INSERT_OUTSTANDING,
)
from services import Services
from services.database_statements import Transaction
from tests.services import tables
from tests.services.faults import Gate, waiting_or_done
from tests.support.browser import Browser, code


async def assert_nothing_is_alive(services: Services, browser: Browser, *jars: dict[str, str]) -> None:
    """Check that no token of any of the jars works, and that each token was blacklisted once."""
    assert await tables.live_sessions(services) == 0
    for jar in jars:
        assert code(await browser.take_cookies(jar).refresh()) == "TOKEN_BLACKLISTED"
        assert code(await browser.me()) == "TOKEN_BLACKLISTED"
    issued = sorted(row["jti"] for row in await tables.rows(services, "outstanding_tokens"))
    refused = sorted(row["token_id"] for row in await tables.rows(services, "blacklisted_tokens"))
    assert refused == issued


class Undone(Exception):
    """Undoes the transaction that it ends."""


async def use_token_up(transaction: Transaction, services: Services) -> None:
    """Write what a refresh is going to write, so that it waits for what becomes of this."""
    row = await transaction.first("SELECT current_jti FROM sessions")
    assert row is not None
    await transaction.execute(BLACKLIST, row["current_jti"], services.clock(), RevocationReason.ROTATED)


@pytest.mark.parametrize("scope", ["THIS_SESSION", "ALL_SESSIONS"])
async def test_a_logout_waits_for_the_refresh_that_was_first(
    new_browser: Callable[[], Browser],
    services: Services,
    user_id: UUID,
    scope: str,
) -> None:
    """The refresh has rotated but not committed: the logout ends what it issued."""
    refreshing, leaving = new_browser(), new_browser()
    await refreshing.login()
    old = refreshing.cookies
    leaving.take_cookies(old)
    # Tortoise finds a transaction by the context: theirs is not to be this one.
    outside = copy_context()
    with suppress(Undone):
        async with services.database.transaction() as holding:
            # A refresh is one statement. It has the row of the session already when it waits here.
            await use_token_up(holding, services)
            refresh = asyncio.create_task(refreshing.refresh(), context=outside)
            await waiting_or_done(services, refresh)
            logout = asyncio.create_task(leaving.logout(scope), context=outside)
            await waiting_or_done(services, logout, behind=1)
            assert [refresh.done(), logout.done()] == [False, False]
            raise Undone
    assert (await refresh)["data"]["auth"]["refreshToken"]["success"] is True
    assert (await logout)["data"]["auth"]["logout"]["revokedSessions"] == 1
    assert refreshing.cookies["refresh_token"] != old["refresh_token"]
    assert await tables.reasons(services) == ["ROTATED", "LOGOUT"]
    await assert_nothing_is_alive(services, new_browser(), old, refreshing.cookies)


async def test_a_refresh_waits_for_the_logout_that_was_first(
    new_browser: Callable[[], Browser],
    services: Services,
    user_id: UUID,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """The logout has ended the session but not committed: the refresh finds it ended and issues nothing."""
    refreshing, leaving = new_browser(), new_browser()
    await refreshing.login()
    old = refreshing.cookies
    leaving.take_cookies(old)
    async with Gate(monkeypatch, END_ALL_SESSIONS).holding(leaving.logout("ALL_SESSIONS")) as logout:
        refresh = asyncio.create_task(refreshing.refresh())
        await waiting_or_done(services, refresh)
        assert not refresh.done()
    assert logout.result()["data"]["auth"]["logout"]["revokedSessions"] == 1
    assert code(await refresh) == "TOKEN_BLACKLISTED"
    assert refreshing.cookies == old
    assert await tables.reasons(services) == ["LOGOUT"]
    await assert_nothing_is_alive(services, new_browser(), old)


async def test_a_refresh_in_the_middle_of_a_logout_changes_nothing_about_it(
    new_browser: Callable[[], Browser],
    services: Services,
    user_id: UUID,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """The logout has begun but ended nothing yet: a refresh may slip in, and its token dies with the rest."""
    refreshing, leaving = new_browser(), new_browser()
    await refreshing.login()
    old = refreshing.cookies
    leaving.take_cookies(old)
    async with Gate(monkeypatch, BEGIN_LOGOUT).holding(leaving.logout("ALL_SESSIONS")) as logout:
        refresh = asyncio.create_task(refreshing.refresh())
        await waiting_or_done(services, refresh)
    await refresh
    assert logout.result()["data"]["auth"]["logout"]["revokedSessions"] == 1
    await assert_nothing_is_alive(services, new_browser(), old, refreshing.cookies)


async def test_two_logouts_of_one_session_end_it_once(
    new_browser: Callable[[], Browser],
    services: Services,
    user_id: UUID,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """The second waits for all sessions to be ended, and has nothing left to end."""
    first, second, other = new_browser(), new_browser(), new_browser()
    await other.login()
    await first.login()
    second.take_cookies(first.cookies)
    async with Gate(monkeypatch, END_ALL_SESSIONS).holding(first.logout("ALL_SESSIONS")) as logout:
        late = asyncio.create_task(second.logout("OTHER_SESSIONS"))
        await waiting_or_done(services, late)
        assert not late.done()
    assert logout.result()["data"]["auth"]["logout"]["revokedSessions"] == 2
    assert (await late)["data"]["auth"]["logout"]["revokedSessions"] == 0
    assert await tables.reasons(services) == ["LOGOUT", "LOGOUT"]
    assert [event[0] for event in await tables.events(services)] == ["LOGIN", "LOGIN", "LOGOUT", "LOGOUT"]
    assert code(await other.me()) == "TOKEN_BLACKLISTED"


async def test_of_many_logouts_at_once_one_ends_the_session(
    new_browser: Callable[[], Browser], services: Services, user_id: UUID
) -> None:
    """They are told the truth about what they ended, and sessions elsewhere are not their business."""
    first, other = new_browser(), new_browser()
    await other.login()
    await first.login()
    leaving = [new_browser().take_cookies(first.cookies) for _ in range(20)]
    answers = await asyncio.gather(*(browser.logout() for browser in leaving))
    ended = [answer["data"]["auth"]["logout"]["revokedSessions"] for answer in answers]
    assert sorted(ended) == [0] * 19 + [1]
    assert await tables.reasons(services) == ["LOGOUT"]
    assert [event[0] for event in await tables.events(services)] == ["LOGIN", "LOGIN", "LOGOUT"]
    assert (await other.me())["data"]["me"]["isSignIn"] is True


@pytest.mark.parametrize("backend", ["postgres"])
async def test_a_login_that_was_first_is_ended_by_a_logout_of_all_sessions(
    new_browser: Callable[[], Browser],
    services: Services,
    user_id: UUID,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """A sign-in that was admitted but not committed cannot hide from ALL_SESSIONS.

    On SQLite there is none: its statement and the COMMIT are one step of one thread.
    """
    arriving, leaving = new_browser(), new_browser()
    await leaving.login()
    old, ids = leaving.cookies, [uuid4(), uuid4()]
    monkeypatch.setattr("services.sessions.uuid4", iter(ids).__next__)
    outside, now = copy_context(), services.clock()
    with suppress(Undone):
        async with services.database.transaction() as holding:
            # A sign-in is one statement. It has the row of the user already when it waits for its token here.
            row = await holding.first("SELECT id FROM sessions")
            assert row is not None
            await holding.execute(INSERT_OUTSTANDING, ids[1], row["id"], user_id, "kid", now, now)
            login = asyncio.create_task(arriving.login(), context=outside)
            await waiting_or_done(services, login)
            logout = asyncio.create_task(leaving.logout("ALL_SESSIONS"), context=outside)
            await waiting_or_done(services, logout, behind=1)
            assert [login.done(), logout.done()] == [False, False]
            raise Undone
    assert (await login)["success"] is True
    assert (await logout)["data"]["auth"]["logout"]["revokedSessions"] == 2
    await assert_nothing_is_alive(services, new_browser(), old, arriving.cookies)


async def test_thirty_random_interleavings_leave_nothing_alive(
    new_browser: Callable[[], Browser],
    services: Services,
    user_id: UUID,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Three refreshes and a logout, in any order and with any pauses: every token that was given is dead."""
    chance = random.Random(20260101)
    flush = Transaction.flush

    async def pausing(transaction: Transaction) -> None:
        for _ in range(chance.randrange(20)):
            await asyncio.sleep(0)
        await flush(transaction)

    monkeypatch.setattr(Transaction, "flush", pausing)
    for _ in range(30):
        first = new_browser()
        await first.login()
        jar = first.cookies
        browsers = [new_browser().take_cookies(jar) for _ in range(4)]
        *refreshing, leaving = browsers
        work: list[Coroutine[Any, Any, Any]] = [
            *(browser.refresh() for browser in refreshing),
            leaving.logout(),
        ]
        chance.shuffle(work)
        answers = await asyncio.gather(*work)
        ended = [body["data"]["auth"]["logout"] for body in answers if "logout" in body["data"]["auth"]]
        assert [payload["revokedSessions"] for payload in ended] == [1]
        await assert_nothing_is_alive(services, new_browser(), *(b.cookies for b in refreshing))
    kinds = [event[0] for event in await tables.events(services)]
    assert kinds.count("LOGOUT") == kinds.count("LOGIN") == 30


async def test_the_audit_event_is_part_of_the_race(
    services: Services, user_id: UUID, browser: Browser, monkeypatch: pytest.MonkeyPatch
) -> None:
    """An event is seen by nobody before what it tells of is."""
    seen: list[int] = []
    flush = Transaction.flush

    async def looking(transaction: Transaction) -> None:
        recorded = any(sql == INSERT_AUDIT_EVENT for sql, _ in transaction._deferred)
        await flush(transaction)
        if recorded:
            found = await transaction.fetch("SELECT id FROM sessions WHERE revoked_at IS NULL")
            seen.append(len(found))

    monkeypatch.setattr(Transaction, "flush", looking)
    await browser.login()
    await browser.logout("ALL_SESSIONS")
    assert seen == [0]

"""Reuse of a refresh token: the end of its family, once, for thief and victim alike."""

import asyncio
from collections.abc import Callable
from uuid import UUID

import pytest
from quart import Quart

from services import Services
from settings import Settings
from tests.services import servers, tables
from tests.support.browser import Browser, code
from tests.support.clock import FakeClock

REUSED = ("REUSE_DETECTED", "FAILURE", "REUSED")


def reuses(events: list[tuple[str, str, str | None]]) -> list[tuple[str, str, str | None]]:
    """Give the events that tell of a reuse."""
    return [event for event in events if event[0] == "REUSE_DETECTED"]


async def test_past_the_leeway_a_used_token_ends_the_session(
    new_browser: Callable[[], Browser], services: Services, user_id: UUID, clock: FakeClock
) -> None:
    """The thief's copy and the victim's successor are both refused from then on, as are the access tokens."""
    victim, thief = new_browser(), new_browser()
    access = (await victim.login())["accessToken"]
    stolen = victim.cookies
    await victim.refresh()
    held = victim.cookies
    clock.advance(10.001)

    assert code(await thief.take_cookies(stolen).refresh()) == "TOKEN_REUSED"

    assert thief.cookies == stolen
    assert await tables.reasons(services) == ["ROTATED", "REUSED"]
    (session,) = await tables.rows(services, "sessions")
    assert (session["revoked_reason"], session["revoked_at"]) == ("REUSED", clock())
    (event,) = [row for row in await tables.rows(services, "audit_events") if row["kind"] == "REUSE_DETECTED"]
    assert (event["outcome"], event["reason"]) == ("FAILURE", "REUSED")
    assert (event["user_id"], event["session_id"]) == (user_id, session["id"])
    for browser in (victim, thief):
        before = browser.cookies
        assert code(await browser.refresh()) == "TOKEN_BLACKLISTED"
        assert code(await browser.me()) == "TOKEN_BLACKLISTED"
        assert browser.cookies == before
    assert victim.cookies == held
    assert code(await new_browser().take_cookies(stolen).me(bearer=access)) == "TOKEN_BLACKLISTED"
    assert reuses(await tables.events(services)) == [REUSED]


async def test_the_victim_finds_out_when_the_thief_was_first(
    new_browser: Callable[[], Browser], services: Services, user_id: UUID, clock: FakeClock
) -> None:
    """A thief who refreshes first loses the successor as soon as the victim comes with the parent."""
    victim, thief = new_browser(), new_browser()
    await victim.login()
    await thief.take_cookies(victim.cookies).refresh()
    clock.advance(60)
    assert code(await victim.refresh()) == "TOKEN_REUSED"
    assert code(await thief.refresh()) == "TOKEN_BLACKLISTED"
    assert code(await thief.me()) == "TOKEN_BLACKLISTED"
    assert await tables.live_sessions(services) == 0


async def test_a_reuse_ends_no_other_session(
    new_browser: Callable[[], Browser], services: Services, user_id: UUID, clock: FakeClock
) -> None:
    """The same person's other device does not notice."""
    browser, other, thief = new_browser(), new_browser(), new_browser()
    await other.login()
    await browser.login()
    stolen = browser.cookies
    await browser.refresh()
    clock.advance(11)
    assert code(await thief.take_cookies(stolen).refresh()) == "TOKEN_REUSED"
    assert (await other.me())["data"]["me"]["isSignIn"] is True
    assert (await other.refresh())["data"]["auth"]["refreshToken"]["success"] is True
    assert await tables.revocations(services) == [None, "REUSED"]


async def test_concurrent_reuse_is_detected_once(
    new_browser: Callable[[], Browser], services: Services, user_id: UUID, clock: FakeClock
) -> None:
    """Of twenty replays one ends the session and says so; the others find it ended. One event, one row."""
    browser, thief = new_browser(), new_browser()
    await browser.login()
    thief.take_cookies(browser.cookies)
    await browser.refresh()
    clock.advance(11)
    codes = sorted(code(body) for body in await asyncio.gather(*(thief.refresh() for _ in range(20))))
    assert codes == ["TOKEN_BLACKLISTED"] * 19 + ["TOKEN_REUSED"]
    assert reuses(await tables.events(services)) == [REUSED]
    assert await tables.reasons(services) == ["ROTATED", "REUSED"]


async def test_a_reuse_while_the_successor_is_refreshed_leaves_nothing_alive(
    new_browser: Callable[[], Browser], services: Services, user_id: UUID, clock: FakeClock
) -> None:
    """Whichever comes first, the session is dead afterwards, and every token of it is blacklisted once."""
    browser, thief = new_browser(), new_browser()
    await browser.login()
    thief.take_cookies(browser.cookies)
    await browser.refresh()
    clock.advance(11)
    _, replayed = await asyncio.gather(browser.refresh(), thief.refresh())
    assert code(replayed) == "TOKEN_REUSED"
    assert await tables.live_sessions(services) == 0
    assert code(await browser.refresh()) == "TOKEN_BLACKLISTED"
    issued = {row["jti"] for row in await tables.rows(services, "outstanding_tokens")}
    blacklisted = [row["token_id"] for row in await tables.rows(services, "blacklisted_tokens")]
    assert sorted(blacklisted) == sorted(issued)


async def test_without_a_leeway_every_second_use_is_a_reuse(
    make_app: Callable[[Settings], Quart], settings: Settings
) -> None:
    """With LATCHKEY_REFRESH_LEEWAY=0 not even the same instant is soon enough."""
    async with servers.running(make_app, settings, refresh_leeway=0) as server:
        await server.add_user()
        browser, thief = server.new_browser(), server.new_browser()
        await browser.login()
        thief.take_cookies(browser.cookies)
        assert (await browser.refresh())["data"]["auth"]["refreshToken"]["success"] is True
        assert code(await thief.refresh()) == "TOKEN_REUSED"
        assert code(await browser.refresh()) == "TOKEN_BLACKLISTED"
        assert reuses(await tables.events(server.services)) == [REUSED]


@pytest.mark.parametrize("seconds", [-1, -11, -60])
async def test_a_clock_that_was_set_back_ends_nobodys_session(
    new_browser: Callable[[], Browser], user_id: UUID, clock: FakeClock, seconds: int
) -> None:
    """No time has passed yet since a use that lies ahead: who lost the response gets it."""
    browser, late = new_browser(), new_browser()
    await browser.login()
    late.take_cookies(browser.cookies)
    clock.advance(60)
    first = await browser.refresh()
    clock.advance(seconds)
    assert await late.refresh() == first
    clock.advance(11 - seconds)
    assert (await browser.refresh())["data"]["auth"]["refreshToken"]["success"] is True


async def test_a_clock_that_was_set_back_does_not_lock_the_current_token_out(
    browser: Browser, services: Services, user_id: UUID, clock: FakeClock
) -> None:
    """A live session refreshes although its token seems to be from a minute ahead."""
    await browser.login()
    clock.advance(3600)
    await browser.refresh()
    clock.advance(-60)
    assert (await browser.me())["data"]["me"]["isSignIn"] is True
    assert (await browser.refresh())["data"]["auth"]["refreshToken"]["success"] is True
    assert reuses(await tables.events(services)) == []

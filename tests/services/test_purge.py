"""What the purge removes: exactly what is over, to the second, and nothing that has an answer to give."""

from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import timedelta

import pytest
from quart import Quart

from models import MailState
from services import Services
from services.purge import KEPT_MAIL, SETTLED
from settings import Settings
from tests.services.mailing import letter, post
from tests.services.servers import running
from tests.services.tables import dump, live_sessions, rows
from tests.support.browser import Browser, code
from tests.support.clock import FakeClock
from tests.support.people import request_code

HOUR, DAY = 3600, 24 * 3600
NOTHING = {"tokens": 0, "sessions": 0, "codes": 0, "letters": 0, "auditEvents": 0}


def only(**counts: int) -> Mapping[str, int]:
    """Give what a purge tells that has removed this and nothing else."""
    return {**NOTHING, **counts}


@pytest.mark.usefixtures("user_id")
async def test_tokens_go_a_day_after_their_end_and_the_session_with_its_last(
    services: Services, browser: Browser, clock: FakeClock
) -> None:
    """A token used after an hour goes an hour before its successor, which takes the session along."""
    await browser.login()
    clock.advance(HOUR)
    await browser.refresh()
    clock.advance(2 * DAY - HOUR - 1)
    before = await dump(services)
    assert await services.purge.remove() == NOTHING
    assert {**await dump(services), "leases": []} == before

    clock.advance(1)
    assert await services.purge.remove() == only(tokens=1)
    (session,) = await rows(services, "sessions")
    assert [row["jti"] for row in await rows(services, "outstanding_tokens")] == [session["current_jti"]]
    assert await rows(services, "blacklisted_tokens") == []
    clock.advance(HOUR - 1)
    assert await services.purge.remove() == NOTHING
    clock.advance(1)
    assert await services.purge.remove() == only(tokens=1, sessions=1)
    left = await dump(services)
    gone = {"sessions", "outstanding_tokens", "blacklisted_tokens"}
    assert {table for table in left if not left[table]} >= gone
    kept = left.keys() - gone - {"leases"}
    assert {table: left[table] for table in kept} == {table: before[table] for table in kept}


@pytest.mark.usefixtures("user_id")
async def test_a_dead_session_answers_for_its_tokens_until_they_expire(
    services: Services, browser: Browser, clock: FakeClock
) -> None:
    """Signed out long ago, a token that has not expired is blacklisted, the used one as well as the last."""
    used = (await browser.login(remember_me=True, delivery="BODY"))["refreshToken"]
    clock.advance(DAY)
    last = (await browser.refresh(used))["data"]["auth"]["refreshToken"]["refreshToken"]
    cookies = {"refresh_token": last}
    await browser.take_cookies(cookies).logout()
    clock.advance(28 * DAY)
    assert await services.purge.remove() == NOTHING
    assert [code(await browser.refresh(token)) for token in (used, last)] == ["TOKEN_BLACKLISTED"] * 2
    clock.advance(2 * DAY)
    assert await services.purge.remove() == only(tokens=1)
    assert [code(await browser.refresh(token)) for token in (used, last)] == ["TOKEN_EXPIRED"] * 2
    clock.advance(DAY)
    assert await services.purge.remove() == only(tokens=1, sessions=1)
    answer = await browser.take_cookies(cookies).logout()
    assert answer["data"]["auth"]["logout"]["revokedSessions"] == 0


@pytest.mark.usefixtures("user_id")
async def test_a_session_that_is_used_for_months_lives_and_grows_no_further(
    services: Services, browser: Browser, clock: FakeClock
) -> None:
    """Of a session that is refreshed every day, the tokens of one lifetime stay, and a day more."""
    await browser.login(remember_me=True)
    for _ in range(70):
        clock.advance(DAY)
        await services.purge.remove()
        assert "errors" not in await browser.refresh()
    assert (await browser.me())["data"]["me"]["isSignIn"] is True
    assert len(await rows(services, "outstanding_tokens")) == 31
    assert len(await rows(services, "blacklisted_tokens")) == 30
    assert await live_sessions(services) == 1


@pytest.mark.parametrize(("ended", "answer"), [(True, "TOKEN_BLACKLISTED"), (False, "TOKEN_EXPIRED")])
async def test_under_a_shortened_policy_a_session_stays_for_its_oldest_token(
    make_app: Callable[[Settings], Quart], settings: Settings, clock: FakeClock, ended: bool, answer: str
) -> None:
    """The successor expires before its parent does: both stay, as the parent may still be presented."""
    async with running(make_app, settings) as server:
        await server.add_user("bob@example.com")
        login = await server.new_browser().login(email="bob@example.com", remember_me=True, delivery="BODY")
        parent = login["refreshToken"]
    async with running(make_app, settings, remember_ttl=DAY) as server:
        browser = server.new_browser()
        current = (await browser.refresh(parent))["data"]["auth"]["refreshToken"]["refreshToken"]
        if ended:
            await browser.take_cookies({"refresh_token": current}).logout()
        clock.advance(10 * DAY)
        assert await server.services.purge.remove() == NOTHING
        assert code(await browser.refresh(parent)) == answer
        clock.advance(21 * DAY)
        assert await server.services.purge.remove() == only(tokens=2, sessions=1)


@pytest.mark.usefixtures("user_id")
async def test_a_sign_out_everywhere_reaches_what_has_expired_and_is_not_purged_yet(
    services: Services, new_browser: Callable[[], Browser], clock: FakeClock
) -> None:
    """Its used tokens are gone, and its last one is there to be blacklisted."""
    forgotten, remembered = new_browser(), new_browser()
    await forgotten.login()
    clock.advance(HOUR)
    await forgotten.refresh()
    await remembered.login(remember_me=True)
    clock.advance(2 * DAY - HOUR)
    assert await services.purge.remove() == only(tokens=1)
    ended = await remembered.logout("ALL_SESSIONS")
    assert ended["data"]["auth"]["logout"]["revokedSessions"] == 2
    assert len(await rows(services, "blacklisted_tokens")) == 2


@pytest.mark.usefixtures("user_id")
async def test_codes_go_a_day_after_their_end(services: Services, browser: Browser, clock: FakeClock) -> None:
    """Until then, who enters one is told that it has expired."""
    await request_code(browser, "LOGIN")
    clock.advance(600 + DAY - 1)
    assert await services.purge.remove() == NOTHING
    clock.advance(1)
    assert await services.purge.remove() == only(codes=1)
    assert await rows(services, "one_time_codes") == []


async def test_letters_go_when_they_are_settled_and_a_month_old(services: Services, clock: FakeClock) -> None:
    """One that is still to be delivered is never removed, however old it is."""
    await post(services, *(letter(services, expires_at=None) for _ in MailState))
    for number, state in enumerate(MailState, start=1):
        await services.database.execute("UPDATE outbox SET state = $2 WHERE id = $1", number, state)
    clock.advance(KEPT_MAIL.total_seconds() - 1)
    assert await services.purge.remove() == NOTHING
    clock.advance(1)
    assert await services.purge.remove() == only(letters=len(SETTLED))
    assert [row["state"] for row in await rows(services, "outbox")] == ["PENDING"]


async def test_the_audit_trail_goes_by_its_own_setting(
    make_app: Callable[[Settings], Quart], settings: Settings, clock: FakeClock
) -> None:
    """To the second; 0 means for ever, and without a choice it is a year."""
    async with running(make_app, settings, audit_retention=HOUR) as server:
        await server.add_user("bob@example.com")
        await server.new_browser().login(email="bob@example.com", remember_me=True)
        clock.advance(HOUR - 1)
        assert await server.services.purge.remove() == NOTHING
        await server.new_browser().login(email="bob@example.com", remember_me=True)
        clock.advance(1)
        assert await server.services.purge.remove() == only(auditEvents=1)
        assert len(await rows(server.services, "audit_events")) == 1
    async with running(make_app, settings, audit_retention=0) as server:
        clock.advance(10 * 365 * DAY)
        assert (await server.services.purge.remove())["auditEvents"] == 0
    async with running(make_app, settings) as server:
        assert (await server.services.purge.remove())["auditEvents"] == 1


@pytest.mark.usefixtures("user_id")
async def test_more_than_one_batch_goes_in_several(
    services: Services, browser: Browser, clock: FakeClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Also where many were over at the very same second, and some in between stay."""
    monkeypatch.setattr("services.purge.BATCH", 3)
    for _ in range(8):
        await browser.login()
    await browser.login(remember_me=True)
    clock.advance(3 * DAY)
    purge = replace(services.purge, rest=0.0, audit_retention=timedelta(days=1))
    assert await purge.remove() == only(tokens=8, sessions=8, auditEvents=9)
    assert await live_sessions(services) == 1
    assert "errors" not in await browser.refresh()

"""Sessions as people see them: their own, live ones, and the end of any one of them."""

from collections.abc import Callable
from typing import Any
from uuid import UUID, uuid4

import pytest

from models import Role, session_statements, statements
from services import Services
from tests.services import tables
from tests.services.faults import BEGIN, COMMIT, Faults
from tests.services.test_outages import assert_all_or_nothing
from tests.support.browser import EMAIL, PASSWORD, Browser, code
from tests.support.clock import FakeClock
from tests.support.people import payload, problems

SESSIONS = """
{ me { sessions {
  id createdAt lastUsedAt expiresAt ipAddress userAgent device rememberMe isCurrent
} } }
"""
REVOKE = """
mutation ($id: ID!) {
  auth { revokeSession(id: $id) { success message problems { code message field } } }
}
"""
FIREFOX = "Mozilla/5.0 (X11; Linux x86_64; rv:128.0) Gecko/20100101 Firefox/128.0"


async def sessions(browser: Browser) -> Any:
    """Give the sessions that a browser is shown."""
    return (await browser.ask(SESSIONS))["data"]["me"]["sessions"]


async def revoke(browser: Browser, session_id: str) -> Any:
    """End a session and give the decoded body."""
    return await browser.ask(REVOKE, {"id": session_id})


async def test_people_see_where_they_are_signed_in(
    new_browser: Callable[[], Browser], user_id: UUID, clock: FakeClock
) -> None:
    """Device, address and times of each; the one that asks is marked, and the one used last is first."""
    browser, other = new_browser(), new_browser()
    other.http.headers["User-Agent"] = FIREFOX
    await other.login(remember_me=True)
    clock.advance(30)
    await browser.login()
    mine, theirs = await sessions(browser)
    assert (mine["isCurrent"], theirs["isCurrent"]) == (True, False)
    assert theirs == {
        "id": theirs["id"],
        "createdAt": "2026-01-01T12:00:00Z",
        "lastUsedAt": "2026-01-01T12:00:00Z",
        "expiresAt": "2026-01-31T12:00:00Z",
        "ipAddress": "127.0.0.1",
        "userAgent": FIREFOX,
        "device": "Firefox on Linux",
        "rememberMe": True,
        "isCurrent": False,
    }
    assert [each["isCurrent"] for each in await sessions(other)] == [False, True]


async def test_nobody_sees_what_is_over_or_somebody_elses(
    new_browser: Callable[[], Browser], services: Services, user_id: UUID, clock: FakeClock
) -> None:
    """Ended, expired and foreign sessions are not listed."""
    browser, ended, expired, foreign = (new_browser() for _ in range(4))
    await expired.login()
    clock.advance(24 * 3600)
    await ended.login()
    await ended.logout()
    await services.users.create(email="bob@example.com", password=PASSWORD, role=Role.USER)
    await foreign.login(email="bob@example.com")
    await browser.login()
    assert [each["isCurrent"] for each in await sessions(browser)] == [True]


async def test_who_has_just_signed_in_sees_this_session_as_the_current_one(
    browser: Browser, user_id: UUID
) -> None:
    """The answer to the sign-in says it as `me` would."""
    answer = await browser.ask(
        "mutation ($i: LoginInput!) { auth { login(input: $i) { user { sessions { isCurrent } } } } }",
        {"i": {"email": EMAIL, "password": PASSWORD}},
    )
    assert answer["data"]["auth"]["login"]["user"] == {"sessions": [{"isCurrent": True}]}


async def test_a_use_is_noted_once_a_minute(
    browser: Browser, services: Services, user_id: UUID, clock: FakeClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A request is not a write; the first one after a minute is."""
    await browser.login()
    faults = Faults(monkeypatch)
    for seconds, asked in (
        (59, [statements.IDENTIFY]),
        (1, [statements.IDENTIFY, session_statements.TOUCH_SESSION]),
        (59, [statements.IDENTIFY]),
    ):
        clock.advance(seconds)
        faults.strike_at(None)
        await browser.me()
        assert faults.seen == asked
    (session,) = await tables.rows(services, "sessions")
    assert session["last_used_at"].minute == 1


async def test_an_ended_session_is_dead_at_once(
    new_browser: Callable[[], Browser], services: Services, user_id: UUID
) -> None:
    """Access and refresh are refused, the token is blacklisted, the owner's trail says it."""
    browser, other = new_browser(), new_browser()
    await browser.login()
    await other.login()
    (theirs,) = [each["id"] for each in await sessions(browser) if not each["isCurrent"]]
    assert payload(await revoke(browser, theirs))["success"] is True
    assert code(await other.me()) == "TOKEN_BLACKLISTED"
    assert code(await other.refresh()) == "TOKEN_BLACKLISTED"
    assert (await browser.me())["data"]["me"]["isSignIn"] is True
    assert await tables.reasons(services) == ["REVOKED_BY_USER"]
    assert (await tables.events(services))[-1] == ("SESSION_REVOKED", "SUCCESS", "REVOKED_BY_USER")


async def test_the_session_that_asks_may_end_itself(browser: Browser, user_id: UUID) -> None:
    """It is a sign-out, and the cookies go with it."""
    await browser.login()
    held, ((mine),) = browser.cookies, [each["id"] for each in await sessions(browser)]
    assert payload(await revoke(browser, mine))["success"] is True
    assert browser.cookies == {}
    assert code(await browser.take_cookies(held).me()) == "TOKEN_BLACKLISTED"


async def test_what_is_not_a_session_of_ones_own_is_answered_alike(
    new_browser: Callable[[], Browser], services: Services, user_id: UUID
) -> None:
    """Somebody else's, an ended one, an invented one, no id at all: the same words, and no change."""
    browser, ended, foreign = new_browser(), new_browser(), new_browser()
    await services.users.create(email="bob@example.com", password=PASSWORD, role=Role.USER)
    await foreign.login(email="bob@example.com")
    ((theirs),) = [each["id"] for each in await sessions(foreign)]
    await ended.login()
    ((over),) = [each["id"] for each in await sessions(ended)]
    await ended.logout()
    await browser.login()
    before = await tables.dump(services)
    answers = [await revoke(browser, each) for each in (theirs, over, str(uuid4()), "no id", "")]
    assert all(problems(answer) == [("BAD_USER_INPUT", "id")] for answer in answers)
    assert len({payload(answer)["message"] for answer in answers}) == 1
    assert await tables.dump(services) == before
    assert (await foreign.me())["data"]["me"]["isSignIn"] is True


async def test_ending_a_session_needs_one(browser: Browser, services: Services) -> None:
    """Without a token nothing is even looked for."""
    assert code(await revoke(browser, str(uuid4()))) == "UNAUTHENTICATED"


async def test_the_end_of_a_session_is_all_or_nothing(
    new_browser: Callable[[], Browser], services: Services, user_id: UUID, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Never revoked without its token blacklisted and its event."""
    browser, other = new_browser(), new_browser()
    await browser.login()
    await other.login()
    (theirs,) = [each["id"] for each in await sessions(browser) if not each["isCurrent"]]
    steps = [
        statements.IDENTIFY,
        BEGIN,
        statements.BEGIN_LOGOUT,
        statements.END_SESSION,
        statements.BLACKLIST,
        statements.INSERT_AUDIT_EVENT,
        COMMIT,
    ]

    async def act(browser: Browser) -> Any:
        return await revoke(browser, theirs)

    answer = await assert_all_or_nothing(services, Faults(monkeypatch), browser, act, steps)
    assert payload(answer)["success"] is True
    assert await tables.live_sessions(services) == 1

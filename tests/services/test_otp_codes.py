"""One-time codes are brought back: who is let in by one, and how often one may be tried."""

import asyncio
from collections import Counter
from collections.abc import Callable
from uuid import UUID

import pytest

from models import people_statements, statements
from services import Services
from services.codes import MAX_ATTEMPTS
from tests.services import tables
from tests.services.faults import BEGIN, COMMIT, Faults
from tests.services.test_outages import assert_all_or_nothing
from tests.support.browser import EMAIL, Browser
from tests.support.clock import FakeClock
from tests.support.people import (
    another,
    newest_code,
    payload,
    problems,
    register,
    request_code,
    reset_password,
    verify,
)

NEW = "another good passphrase"
VERIFY_STEPS = [
    BEGIN,
    people_statements.USE_CODE,
    people_statements.ADMIT_BY_CODE,
    statements.INSERT_SESSION,
    statements.INSERT_OUTSTANDING,
    statements.INSERT_AUDIT_EVENT,
    COMMIT,
]


async def code_for(browser: Browser, services: Services, purpose: str = "LOGIN") -> str:
    """Ask for a code and take it out of the mail."""
    await request_code(browser, purpose)
    return await newest_code(services)


async def test_a_new_code_voids_the_old_one(
    browser: Browser, services: Services, user_id: UUID, clock: FakeClock
) -> None:
    """Only the newest mail counts."""
    old = await code_for(browser, services)
    clock.advance(60)
    new = await code_for(browser, services)
    assert problems(await verify(browser, old, "LOGIN")) == [("OTP_INVALID", "code")]
    assert payload(await verify(browser, new, "LOGIN"))["success"] is True


async def test_a_code_signs_in_as_a_password_does(
    browser: Browser, services: Services, user_id: UUID, clock: FakeClock
) -> None:
    """The same cookies and events; blanks in the code do not matter; logout ends it."""
    clock.advance(1)
    code = await code_for(browser, services)
    done = payload(await verify(browser, f" {code[:3]} {code[3:]} ", "LOGIN", rememberMe=True))
    assert (done["success"], done["refreshToken"]) == (True, None)
    assert done["accessTokenExpiresAt"] == "2026-01-01T12:15:01Z"
    assert set(browser.cookies) == {"auth-token", "refresh_token", "client_fp", "fp_hash"}
    assert (await browser.me())["data"]["me"]["isSignIn"] is True
    assert (await tables.events(services))[1:] == [("LOGIN", "SUCCESS", None)]
    (session,) = await tables.rows(services, "sessions")
    assert bool(session["remember_me"]) is True
    assert (await browser.refresh())["data"]["auth"]["refreshToken"]["success"] is True
    assert (await browser.logout())["data"]["auth"]["logout"]["revokedSessions"] == 1
    assert await tables.live_sessions(services) == 0


async def test_a_program_gets_its_tokens_in_the_body(
    browser: Browser, services: Services, user_id: UUID
) -> None:
    """BODY sets no cookie and gives a refresh token that works."""
    code = await code_for(browser, services)
    done = payload(await verify(browser, code, "LOGIN", tokenDelivery="BODY"))
    assert browser.cookies == {}
    assert (await browser.me(bearer=done["accessToken"]))["data"]["me"]["id"] == str(user_id)
    assert "errors" not in await browser.refresh(done["refreshToken"])


async def test_a_code_is_good_once(browser: Browser, services: Services, user_id: UUID) -> None:
    """The second time it is wrong, and opens no session."""
    code = await code_for(browser, services)
    assert payload(await verify(browser, code, "LOGIN"))["success"] is True
    assert problems(await verify(browser, code, "LOGIN")) == [("OTP_INVALID", "code")]
    assert await tables.live_sessions(services) == 1
    assert (await tables.events(services))[-1] == ("LOGIN", "FAILURE", "OTP_INVALID")


@pytest.mark.parametrize("code", ["", "0", "abcdef", "1" * 5000, "\U0001d7d9" * 6])
async def test_a_wrong_code_lets_nobody_in(
    browser: Browser, services: Services, user_id: UUID, code: str
) -> None:
    """Whatever it looks like, it is counted and wrong."""
    await code_for(browser, services)
    assert problems(await verify(browser, code, "LOGIN")) == [("OTP_INVALID", "code")]
    assert browser.cookies == {}
    assert await tables.rows(services, "sessions") == []
    (row,) = await tables.rows(services, "one_time_codes")
    assert row["attempts"] == 1


async def test_a_code_is_bound_to_its_address_and_purpose(
    browser: Browser, services: Services, user_id: UUID
) -> None:
    """What opens one account for one thing is nothing anywhere else."""
    login = await code_for(browser, services)
    reset = await code_for(browser, services, "RESET_PASSWORD")
    assert problems(await verify(browser, reset, "LOGIN")) == [("OTP_INVALID", "code")]
    assert problems(await reset_password(browser, login, NEW)) == [("OTP_INVALID", "code")]
    assert problems(await verify(browser, login, "LOGIN", "bob@example.com")) == [("OTP_INVALID", "code")]
    assert await tables.rows(services, "sessions") == []


async def test_a_code_is_over_after_ten_minutes(
    browser: Browser, services: Services, user_id: UUID, clock: FakeClock
) -> None:
    """A moment before it is good, then it is over."""
    code = await code_for(browser, services)
    clock.advance(600)
    assert problems(await verify(browser, code, "LOGIN")) == [("OTP_EXPIRED", "code")]
    clock.advance(-1)
    assert payload(await verify(browser, code, "LOGIN"))["success"] is True


async def test_five_tries_and_not_even_the_right_one_after_them(
    browser: Browser, services: Services, user_id: UUID
) -> None:
    """A million codes cannot be tried out; the way on is a new code."""
    code = await code_for(browser, services)
    for _ in range(MAX_ATTEMPTS):
        assert problems(await verify(browser, another(code), "LOGIN")) == [("OTP_INVALID", "code")]
    for tried in (another(code), code):
        assert problems(await verify(browser, tried, "LOGIN")) == [("OTP_ATTEMPTS_EXCEEDED", "code")]
    assert await tables.rows(services, "sessions") == []
    (row,) = await tables.rows(services, "one_time_codes")
    assert row["attempts"] == MAX_ATTEMPTS


async def test_an_unknown_address_cannot_be_told_by_trying_codes(
    browser: Browser, services: Services, user_id: UUID
) -> None:
    """Five wrong codes, then too many: alike for an address without an account."""
    told = {}
    for email in (EMAIL, "nobody@example.com"):
        before = problems(await verify(browser, "000000", "LOGIN", email))
        await request_code(browser, "LOGIN", email)
        bodies = [await verify(browser, "no code", "LOGIN", email) for _ in range(6)]
        told[email] = before + [problem for body in bodies for problem in problems(body)]
    assert told[EMAIL] == told["nobody@example.com"]


async def test_of_many_who_bring_the_right_code_one_gets_in(
    new_browser: Callable[[], Browser], services: Services, user_id: UUID
) -> None:
    """Fifty at the same time: one session, and forty-nine are told that the code is wrong."""
    browsers = [new_browser() for _ in range(50)]
    code = await code_for(browsers[0], services)
    bodies = await asyncio.gather(*(verify(browser, code, "LOGIN") for browser in browsers))
    assert Counter(payload(body)["success"] for body in bodies) == {True: 1, False: 49}
    assert {problems(body)[0][0] for body in bodies if not payload(body)["success"]} == {"OTP_INVALID"}
    assert len(await tables.rows(services, "sessions")) == 1


async def test_of_many_wrong_codes_no_more_than_five_are_compared(
    new_browser: Callable[[], Browser], services: Services, user_id: UUID
) -> None:
    """Fifty at the same time: five are wrong, the rest are not even looked at."""
    browsers = [new_browser() for _ in range(50)]
    code = await code_for(browsers[0], services)
    bodies = await asyncio.gather(*(verify(browser, another(code), "LOGIN") for browser in browsers))
    outcomes = Counter(problems(body)[0][0] for body in bodies)
    assert outcomes == {"OTP_INVALID": MAX_ATTEMPTS, "OTP_ATTEMPTS_EXCEEDED": 50 - MAX_ATTEMPTS}
    (row,) = await tables.rows(services, "one_time_codes")
    assert row["attempts"] == MAX_ATTEMPTS


async def test_signing_in_by_code_drops_a_password_that_nobody_vouched_for(
    new_browser: Callable[[], Browser], services: Services
) -> None:
    """Who signed up with somebody's address does not get into the account that its owner opens by a code."""
    stranger, owner = new_browser(), new_browser()
    await register(stranger)
    code = await code_for(owner, services)
    assert payload(await verify(owner, code, "LOGIN"))["user"]["isVerified"] is True
    assert (await stranger.login())["success"] is False
    assert [kind for kind, *_ in await tables.events(services)][-3:] == ["EMAIL_VERIFIED", "LOGIN", "LOGIN"]


async def test_a_code_for_a_new_password_is_looked_at_and_stays_good(
    browser: Browser, services: Services, user_id: UUID
) -> None:
    """A form may check it before it asks for the password; it signs nobody in, and counts as a try."""
    code = await code_for(browser, services, "RESET_PASSWORD")
    assert problems(await verify(browser, another(code), "RESET_PASSWORD")) == [("OTP_INVALID", "code")]
    looked_at = payload(await verify(browser, code, "RESET_PASSWORD"))
    assert looked_at == {
        "success": True,
        "message": "The code is good.",
        "problems": [],
        "accessToken": None,
        "accessTokenExpiresAt": None,
        "refreshToken": None,
        "user": None,
    }
    assert browser.cookies == {}
    (row,) = await tables.rows(services, "one_time_codes")
    assert (row["attempts"], row["used_at"]) == (2, None)
    assert payload(await reset_password(browser, code, NEW))["success"] is True
    assert problems(await verify(browser, code, "RESET_PASSWORD")) == [("OTP_INVALID", "code")]


async def test_an_account_that_was_disabled_meanwhile_is_told_so(
    browser: Browser, services: Services, user_id: UUID, clock: FakeClock
) -> None:
    """The code was right, but lets nobody in."""
    code = await code_for(browser, services)
    await services.users.disable(user_id)
    assert problems(await verify(browser, another(code), "LOGIN")) == [("OTP_INVALID", "code")]
    assert problems(await verify(browser, code, "LOGIN")) == [("ACCOUNT_DISABLED", None)]
    assert await tables.rows(services, "sessions") == []


async def test_a_sign_in_by_code_is_all_or_nothing(
    browser: Browser,
    services: Services,
    user_id: UUID,
    clock: FakeClock,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """A code that could not sign in is not used up."""
    clock.advance(1)
    code = await code_for(browser, services)
    faults = Faults(monkeypatch)

    async def act(browser: Browser) -> object:
        return await verify(browser, code, "LOGIN")

    answer = await assert_all_or_nothing(services, faults, browser, act, VERIFY_STEPS)
    assert payload(answer)["success"] is True
    assert await tables.live_sessions(services) == 1

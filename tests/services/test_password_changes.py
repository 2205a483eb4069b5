"""New passwords: who may choose one, and that nobody else stays signed in."""

import asyncio
from collections import Counter
from collections.abc import Callable
from typing import Any
from uuid import UUID

import pytest

from models import mail_statements, people_statements, statements
from security.passwords import CHEAPEST, Hasher, Profile
from services import Services
from tests.services import tables
from tests.services.faults import BEGIN, COMMIT, Faults, Gate
from tests.services.test_outages import assert_all_or_nothing
from tests.support.browser import EMAIL, PASSWORD, Browser, code
from tests.support.clock import FakeClock
from tests.support.people import (
    another,
    change_password,
    letters,
    newest_code,
    payload,
    problems,
    register,
    request_code,
    reset_password,
)

NEW = "another good passphrase"
CHANGE_STEPS = [
    statements.IDENTIFY,
    people_statements.FIND_HASH,
    BEGIN,
    people_statements.REPLACE_HASH,
    statements.END_OTHER_SESSIONS,
    statements.BLACKLIST,
    mail_statements.INSERT_MAIL,
    statements.INSERT_AUDIT_EVENT,
    COMMIT,
]
RESET_STEPS = [
    BEGIN,
    people_statements.USE_CODE,
    people_statements.RESET_BY_CODE,
    statements.END_SESSIONS_OF_USER,
    statements.BLACKLIST,
    mail_statements.INSERT_MAIL,
    statements.INSERT_AUDIT_EVENT,
    COMMIT,
]


async def reset_code(browser: Browser, services: Services) -> str:
    """Ask for a code to reset by, and take it out of the mail."""
    await request_code(browser, "RESET_PASSWORD")
    return await newest_code(services)


async def test_a_change_ends_every_other_session_and_keeps_this_one(
    new_browser: Callable[[], Browser], services: Services, user_id: UUID
) -> None:
    """The others are refused at once, by access and by refresh; this one goes on; the owner gets a mail."""
    browser, other = new_browser(), new_browser()
    await browser.login()
    await other.login(remember_me=True)
    assert payload(await change_password(browser, PASSWORD, NEW))["success"] is True
    assert code(await other.me()) == "TOKEN_BLACKLISTED"
    assert code(await other.refresh()) == "TOKEN_BLACKLISTED"
    assert (await browser.me())["data"]["me"]["isSignIn"] is True
    assert "errors" not in await browser.refresh()
    assert await tables.revocations(services) == [None, "PASSWORD_CHANGED"]
    assert await letters(services) == [("PENDING", "PASSWORD_CHANGED", EMAIL)]
    assert ("PASSWORD_CHANGED", "SUCCESS", None) in await tables.events(services)
    assert (await new_browser().login(password=PASSWORD))["success"] is False
    assert (await new_browser().login(password=NEW))["success"] is True


async def test_a_change_needs_the_present_password(
    browser: Browser, services: Services, user_id: UUID
) -> None:
    """Who finds an open browser cannot take the account over; the try is recorded, no more."""
    await browser.login()
    before = await tables.dump(services)
    answer = await change_password(browser, "a wrong password", NEW)
    assert problems(answer) == [("INVALID_CREDENTIALS", "currentPassword")]
    after = await tables.dump(services)
    assert (await tables.events(services))[-1] == ("PASSWORD_CHANGED", "FAILURE", "INVALID_CREDENTIALS")
    assert {**before, "audit_events": ()} == {**after, "audit_events": ()}


@pytest.mark.parametrize("new", ["short", "password", "x" * 129, f"ada {NEW}"])
async def test_a_weak_password_is_refused(
    browser: Browser, services: Services, user_id: UUID, new: str
) -> None:
    """Neither a change nor a reset takes it; the code stays good."""
    await browser.login()
    reset = await reset_code(browser, services)
    before = await tables.dump(services)
    assert problems(await change_password(browser, PASSWORD, new)) == [("WEAK_PASSWORD", "newPassword")]
    assert problems(await reset_password(browser, reset, new)) == [("WEAK_PASSWORD", "newPassword")]
    assert await tables.dump(services) == before
    assert payload(await reset_password(browser, reset, NEW))["success"] is True


async def test_a_change_needs_a_session(browser: Browser, services: Services, user_id: UUID) -> None:
    """Without a token, or after logout, nothing is changed."""
    assert code(await change_password(browser, PASSWORD, NEW)) == "UNAUTHENTICATED"
    await browser.login()
    held = browser.cookies
    await browser.logout()
    assert code(await change_password(browser.take_cookies(held), PASSWORD, NEW)) == "TOKEN_BLACKLISTED"
    assert await letters(services) == []


async def test_a_session_that_ends_during_a_change_changes_nothing(
    new_browser: Callable[[], Browser], services: Services, user_id: UUID, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Once the logout is answered, nothing of the session works any more."""
    browser, twin = new_browser(), new_browser()
    await browser.login()
    twin.take_cookies(browser.cookies)
    gate = Gate(monkeypatch, people_statements.FIND_HASH)
    async with gate.holding(change_password(browser, PASSWORD, NEW)) as changing:
        assert (await twin.logout())["data"]["auth"]["logout"]["revokedSessions"] == 1
    assert code(changing.result()) == "TOKEN_BLACKLISTED"
    assert (await new_browser().login(password=PASSWORD))["success"] is True


async def test_a_change_survives_a_rehash_at_the_same_time(
    new_browser: Callable[[], Browser], services: Services, user_id: UUID, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A sign-in that makes the hash anew in between is no reason to call the right password wrong."""
    browser = new_browser()
    await browser.login()
    older = Hasher(Profile(memory_kib=16, passes=1, lanes=1)).hash(PASSWORD)
    await tables.set_user(services, user_id, "password_hash", older)
    gate = Gate(monkeypatch, people_statements.FIND_HASH)
    async with gate.holding(change_password(browser, PASSWORD, NEW)) as changing:
        assert (await new_browser().login())["success"] is True
    assert payload(changing.result())["success"] is True
    (user,) = await tables.rows(services, "users")
    assert Hasher(CHEAPEST).verify(NEW, against=user["password_hash"]) is True


async def test_a_reset_ends_every_session(
    new_browser: Callable[[], Browser], services: Services, user_id: UUID
) -> None:
    """Who took the account over is out on all devices; the owner gets a mail and signs in anew."""
    browser, other = new_browser(), new_browser()
    await browser.login()
    await other.login()
    reset = await reset_code(browser, services)
    assert payload(await reset_password(browser, reset, NEW, f" {EMAIL.upper()}"))["success"] is True
    for each in (browser, other):
        assert code(await each.me()) == "TOKEN_BLACKLISTED"
        assert code(await each.refresh()) == "TOKEN_BLACKLISTED"
    assert await tables.revocations(services) == ["PASSWORD_RESET"] * 2
    assert (await letters(services))[-1] == ("PENDING", "PASSWORD_RESET", EMAIL)
    assert (await tables.events(services))[-1] == ("PASSWORD_RESET", "SUCCESS", None)
    assert (await new_browser().login(password=PASSWORD))["success"] is False
    assert (await new_browser().login(password=NEW))["success"] is True


async def test_a_reset_proves_the_address(browser: Browser, services: Services) -> None:
    """Who reads the mail of an account that was never verified has proved that the address is theirs."""
    await register(browser)
    reset = await reset_code(browser, services)
    assert payload(await reset_password(browser, reset, NEW))["success"] is True
    assert (await browser.login(password=NEW))["success"] is True
    assert (await browser.login(password=PASSWORD))["success"] is False


async def test_a_wrong_code_resets_nothing(browser: Browser, services: Services, user_id: UUID) -> None:
    """It is counted and recorded; five of them, and the right one is no use either."""
    reset = await reset_code(browser, services)
    (before,) = await tables.rows(services, "users")
    for _ in range(5):
        assert problems(await reset_password(browser, another(reset), NEW)) == [("OTP_INVALID", "code")]
    assert problems(await reset_password(browser, reset, NEW)) == [("OTP_ATTEMPTS_EXCEEDED", "code")]
    assert await tables.rows(services, "users") == [before]
    assert (await tables.events(services))[-1] == ("PASSWORD_RESET", "FAILURE", "OTP_ATTEMPTS_EXCEEDED")


async def test_a_disabled_account_is_not_reset(
    browser: Browser, services: Services, user_id: UUID, clock: FakeClock
) -> None:
    """Neither by a code that was sent before, nor by a new one, which is not sent."""
    reset = await reset_code(browser, services)
    await services.users.disable(user_id)
    (before,) = await tables.rows(services, "users")
    assert problems(await reset_password(browser, reset, NEW)) == [("OTP_INVALID", "code")]
    assert await tables.rows(services, "users") == [before]


async def test_of_many_resets_by_one_code_one_is_done(
    new_browser: Callable[[], Browser], services: Services, user_id: UUID
) -> None:
    """Ten at the same time: one password is set, and it is that of the one who was told so."""
    browsers = [new_browser() for _ in range(10)]
    reset = await reset_code(browsers[0], services)
    bodies = await asyncio.gather(
        *(reset_password(browser, reset, f"{NEW} {number}") for number, browser in enumerate(browsers))
    )
    assert Counter(payload(body)["success"] for body in bodies) == {True: 1, False: 9}
    (winner,) = [number for number, body in enumerate(bodies) if payload(body)["success"]]
    assert (await browsers[0].login(password=f"{NEW} {winner}"))["success"] is True


async def test_a_change_is_all_or_nothing(
    new_browser: Callable[[], Browser], services: Services, user_id: UUID, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Never a new password with old sessions alive, nor without its mail and its event."""
    browser, other = new_browser(), new_browser()
    await browser.login()
    await other.login()
    faults = Faults(monkeypatch)

    async def act(browser: Browser) -> Any:
        return await change_password(browser, PASSWORD, NEW)

    answer = await assert_all_or_nothing(services, faults, browser, act, CHANGE_STEPS)
    assert payload(answer)["success"] is True
    assert await tables.live_sessions(services) == 1


async def test_a_reset_is_all_or_nothing(
    browser: Browser, services: Services, user_id: UUID, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A code that could not set the password is not used up."""
    await browser.login()
    reset = await reset_code(browser, services)
    faults = Faults(monkeypatch)

    async def act(browser: Browser) -> Any:
        return await reset_password(browser, reset, NEW)

    answer = await assert_all_or_nothing(services, faults, browser, act, RESET_STEPS)
    assert payload(answer)["success"] is True
    assert await tables.live_sessions(services) == 0

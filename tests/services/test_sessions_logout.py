"""Logout: what it ends, what it says, what it logs, and what it leaves alone."""

from collections.abc import Callable
from typing import Any
from uuid import UUID

import pytest

from models import Role
from services import Services
from tests.services import tables
from tests.support.browser import LOGOUT, PASSWORD, Browser, code
from tests.support.clock import FakeClock

MONTH = 30 * 24 * 3600


def ended(body: Any) -> int:
    """Give how many sessions a logout that succeeded ended."""
    payload = body["data"]["auth"]["logout"]
    assert payload["success"] is True
    assert payload["message"] == "Signed out."
    return int(payload["revokedSessions"])


@pytest.mark.parametrize(
    ("scope", "count", "asker", "others"),
    [("THIS_SESSION", 1, False, True), ("OTHER_SESSIONS", 2, True, False), ("ALL_SESSIONS", 3, False, False)],
)
async def test_a_scope_ends_its_sessions_and_no_others(
    new_browser: Callable[[], Browser],
    services: Services,
    user_id: UUID,
    scope: str,
    count: int,
    asker: bool,
    others: bool,
) -> None:
    """The tokens of what is in scope are dead, the rest works, and isSignIn tells the truth."""
    browsers = [new_browser() for _ in range(3)]
    for browser in browsers:
        await browser.login()
    copies = [new_browser().take_cookies(browser.cookies) for browser in browsers]

    assert ended(await browsers[0].logout(scope)) == count

    assert (browsers[0].cookies != {}) is asker
    for copy, works in zip(copies, (asker, others, others), strict=True):
        if works:
            assert (await copy.me())["data"]["me"]["isSignIn"] is True
            assert (await copy.refresh())["data"]["auth"]["refreshToken"]["success"] is True
        else:
            assert code(await copy.me()) == "TOKEN_BLACKLISTED"
            assert code(await copy.refresh()) == "TOKEN_BLACKLISTED"
    assert await tables.live_sessions(services) == 3 - count
    assert await tables.revocations(services) == sorted(["LOGOUT"] * count + [None] * (3 - count), key=str)
    assert (await tables.reasons(services)).count("LOGOUT") == count
    logouts = [row for row in await tables.rows(services, "audit_events") if row["kind"] == "LOGOUT"]
    revoked = {row["id"] for row in await tables.rows(services, "sessions") if row["revoked_reason"]}
    assert {row["session_id"] for row in logouts} == revoked
    assert [(row["user_id"], row["outcome"], row["reason"]) for row in logouts] == [
        (user_id, "SUCCESS", "LOGOUT")
    ] * count


async def test_it_ends_no_session_of_another_person(
    new_browser: Callable[[], Browser], services: Services, user_id: UUID
) -> None:
    """ALL_SESSIONS is all of one's own."""
    await services.users.create(
        email="bob@example.com", password=PASSWORD, role=Role.USER, first_name="Bob", last_name="B"
    )
    ada, bob = new_browser(), new_browser()
    await ada.login()
    await bob.login(email="bob@example.com")
    assert ended(await ada.logout("ALL_SESSIONS")) == 1
    assert (await bob.me())["data"]["me"]["isSignIn"] is True


async def test_a_second_logout_has_nothing_to_end(
    new_browser: Callable[[], Browser], services: Services, user_id: UUID
) -> None:
    """It succeeds with 0 from an empty jar and from a copy of the cookies, and writes nothing."""
    browser, copy = new_browser(), new_browser()
    await browser.login()
    copy.take_cookies(browser.cookies)
    assert ended(await browser.logout()) == 1
    before = await tables.dump(services)
    assert ended(await browser.logout()) == 0
    for scope in ("THIS_SESSION", "OTHER_SESSIONS", "ALL_SESSIONS"):
        assert ended(await copy.logout(scope)) == 0
    assert copy.cookies == {}
    assert await tables.dump(services) == before


async def test_an_ended_session_cannot_end_others(
    new_browser: Callable[[], Browser], services: Services, user_id: UUID
) -> None:
    """Tokens that a thief kept after their session ended are good for nothing, not even for mischief."""
    browser, other, thief = new_browser(), new_browser(), new_browser()
    await other.login()
    await browser.login()
    thief.take_cookies(browser.cookies)
    await browser.logout()
    assert ended(await thief.logout("ALL_SESSIONS")) == 0
    assert (await other.me())["data"]["me"]["isSignIn"] is True


@pytest.mark.parametrize(
    ("scope", "count"), [("THIS_SESSION", 1), ("OTHER_SESSIONS", 0), ("ALL_SESSIONS", 1)]
)
async def test_an_expired_refresh_token_ends_its_own_session_alone(
    new_browser: Callable[[], Browser],
    services: Services,
    user_id: UUID,
    clock: FakeClock,
    scope: str,
    count: int,
) -> None:
    """It is genuine, so its session ends; but it may be old, so it reaches no other."""
    expired, other = new_browser(), new_browser()
    await expired.login()
    await other.login(remember_me=True)
    clock.advance(24 * 3600 + 1)
    assert ended(await expired.logout(scope)) == count
    assert await tables.revocations(services) == (["LOGOUT", None] if count else [None, None])
    assert (await other.refresh())["data"]["auth"]["refreshToken"]["success"] is True


async def test_an_old_copy_of_a_live_session_reaches_no_other(
    new_browser: Callable[[], Browser], services: Services, user_id: UUID, clock: FakeClock
) -> None:
    """A token that expired long after it was rotated still ends its session, and only that."""
    browser, other, copy = new_browser(), new_browser(), new_browser()
    await other.login(remember_me=True)
    await browser.login()
    copy.take_cookies(browser.cookies)
    clock.advance(20 * 3600)
    await browser.refresh()
    clock.advance(5 * 3600)
    assert ended(await copy.logout("OTHER_SESSIONS")) == 0
    assert ended(await copy.logout("ALL_SESSIONS")) == 1
    assert code(await browser.refresh()) == "TOKEN_BLACKLISTED"
    assert (await other.refresh())["data"]["auth"]["refreshToken"]["success"] is True


async def test_an_access_token_alone_ends_its_session(
    new_browser: Callable[[], Browser], services: Services, user_id: UUID
) -> None:
    """A program with nothing but a Bearer token signs out, and its refresh token is dead as well."""
    program, other = new_browser(), new_browser()
    given = await program.login(delivery="BODY")
    await other.login()
    assert ended(await program.logout(bearer=given["accessToken"])) == 1
    assert code(await program.me(bearer=given["accessToken"])) == "TOKEN_BLACKLISTED"
    assert code(await program.refresh(given["refreshToken"])) == "TOKEN_BLACKLISTED"
    assert (await other.me())["data"]["me"]["isSignIn"] is True


async def test_an_unusable_refresh_token_gives_way_to_the_access_token(
    browser: Browser, services: Services, user_id: UUID
) -> None:
    """The user is found from the refresh token, else from the access token."""
    await browser.login()
    browser.take_cookies({**browser.cookies, "refresh_token": "garbage"})
    assert ended(await browser.logout()) == 1
    assert await tables.revocations(services) == ["LOGOUT"]


@pytest.mark.parametrize("tokens", [{}, {"auth-token": "garbage", "refresh_token": "also.garbage.here"}])
async def test_without_a_usable_token_it_clears_the_cookies(
    browser: Browser, services: Services, user_id: UUID, tokens: dict[str, str]
) -> None:
    """Success, nothing ended, nothing written, and four cookies cleared as they were set."""
    before = await tables.dump(services)
    response = await browser.take_cookies({**tokens, "client_fp": "x", "fp_hash": "y"}).post(LOGOUT, {})
    assert ended(response.json()) == 0
    assert browser.cookies == {}
    assert response.headers.get_list("set-cookie") == [
        f"{name}=; Expires=Thu, 01 Jan 1970 00:00:00 GMT; Max-Age=0; HttpOnly; Path=/; SameSite={same_site}"
        for name, same_site in (
            ("auth-token", "Lax"),
            ("refresh_token", "Strict"),
            ("client_fp", "Strict"),
            ("fp_hash", "Strict"),
        )
    ]
    assert response.headers["cache-control"] == "no-store"
    assert await tables.dump(services) == before


async def test_other_sessions_sets_and_clears_no_cookie(browser: Browser, user_id: UUID) -> None:
    """The browser that asks stays signed in."""
    await browser.login()
    response = await browser.post(LOGOUT, {"scope": "OTHER_SESSIONS"})
    assert ended(response.json()) == 0
    assert response.headers.get_list("set-cookie") == []
    assert (await browser.me())["data"]["me"]["isSignIn"] is True


async def test_a_null_scope_is_this_session(
    new_browser: Callable[[], Browser], services: Services, user_id: UUID
) -> None:
    """A client that writes `scope: null` gets the least that a logout can do."""
    browser, other = new_browser(), new_browser()
    await other.login()
    await browser.login()
    assert ended(await browser.ask(LOGOUT, {"scope": None})) == 1
    assert (await other.me())["data"]["me"]["isSignIn"] is True

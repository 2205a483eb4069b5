"""Signing in with a password: who is let in, and what everybody else is told."""

import asyncio
from collections.abc import Callable
from typing import Any
from uuid import UUID

import pytest

from models import Role
from security.passwords import CHEAPEST, Hasher, Profile
from services import Services
from tests.services import tables
from tests.support.browser import EMAIL, PASSWORD, Browser
from tests.support.clock import FakeClock

INVALID = ("INVALID_CREDENTIALS", None, "The e-mail address or the password is wrong.")
DISABLED = ("ACCOUNT_DISABLED", None, "This account has been disabled.")
UNVERIFIED = ("EMAIL_NOT_VERIFIED", "email", "Please verify your e-mail address first.")


def told(payload: Any) -> tuple[str, str | None, str]:
    """Give the only problem of a login that failed: code, field and message; nothing else was given."""
    (problem,) = payload["problems"]
    assert payload == {
        "success": False,
        "message": problem["message"],
        "problems": [problem],
        "accessToken": None,
        "accessTokenExpiresAt": None,
        "refreshToken": None,
        "user": None,
    }
    return problem["code"], problem["field"], problem["message"]


async def test_the_right_password_signs_in(
    browser: Browser, services: Services, user_id: UUID, clock: FakeClock
) -> None:
    """The payload says who, and the account remembers when."""
    clock.advance(60)
    payload = await browser.login()
    assert payload["success"] is True
    assert payload["problems"] == []
    assert payload["accessTokenExpiresAt"] == "2026-01-01T12:16:00Z"
    assert payload["user"] == {
        "id": str(user_id),
        "email": EMAIL,
        "role": "USER",
        "isSignIn": True,
        "lastLoginAt": "2026-01-01T12:01:00Z",
    }
    (user,) = await tables.rows(services, "users")
    assert user["last_login_at"] == clock()


@pytest.mark.parametrize(
    ("email", "password"),
    [
        (EMAIL, "correct horse battery stapl"),
        (EMAIL, PASSWORD + " "),
        (EMAIL, PASSWORD.upper()),
        (EMAIL, ""),
        (EMAIL, "x" * 50_000),
        ("nobody@example.com", PASSWORD),
        ("", PASSWORD),
        ("' OR 1=1 --", PASSWORD),
        ("%", PASSWORD),
    ],
)
async def test_whatever_is_wrong_is_told_in_the_same_words(
    browser: Browser, services: Services, user_id: UUID, email: str, password: str
) -> None:
    """A wrong password and an unknown address cannot be told apart; no session is opened, no cookie set."""
    assert told(await browser.login(email=email, password=password)) == INVALID
    assert browser.cookies == {}
    assert await tables.rows(services, "sessions") == []
    assert await tables.events(services) == [("LOGIN", "FAILURE", "INVALID_CREDENTIALS")]
    (user,) = await tables.rows(services, "users")
    assert user["last_login_at"] is None


@pytest.mark.parametrize(
    "email", ["ADA@Example.COM", "  ada@example.com\t", "\uff21\uff24\uff21@example.com"]
)
async def test_any_spelling_of_the_address_is_the_same_account(
    browser: Browser, user_id: UUID, email: str
) -> None:
    """Case, blanks around it and compatibility forms do not matter; it is shown as it was typed at first."""
    payload = await browser.login(email=email)
    assert payload["user"]["id"] == str(user_id)
    assert payload["user"]["email"] == EMAIL


@pytest.mark.parametrize(("column", "expected"), [("disabled_at", DISABLED), ("verified_at", UNVERIFIED)])
async def test_the_state_of_an_account_is_told_after_the_right_password_only(
    browser: Browser,
    services: Services,
    user_id: UUID,
    clock: FakeClock,
    column: str,
    expected: tuple[str, str | None, str],
) -> None:
    """Somebody who does not know the password learns nothing of the account."""
    await tables.set_user(services, user_id, column, clock() if column == "disabled_at" else None)
    assert told(await browser.login(password="a wrong password")) == INVALID
    assert told(await browser.login()) == expected
    assert browser.cookies == {}
    assert await tables.rows(services, "sessions") == []
    assert await tables.events(services) == [
        ("LOGIN", "FAILURE", "INVALID_CREDENTIALS"),
        ("LOGIN", "FAILURE", expected[0]),
    ]


async def test_a_disabled_account_is_told_so_before_an_unverified_one(
    browser: Browser, services: Services, user_id: UUID, clock: FakeClock
) -> None:
    """Verifying the address would not help."""
    await tables.set_user(services, user_id, "disabled_at", clock())
    await tables.set_user(services, user_id, "verified_at", None)
    assert told(await browser.login()) == DISABLED


async def test_an_account_without_a_password_lets_nobody_in(
    browser: Browser, services: Services, user_id: UUID
) -> None:
    """Not with an empty one either, and not with the one that the decoy was made from."""
    await tables.set_user(services, user_id, "password_hash", None)
    for password in ("", PASSWORD, "no password hashes to this one"):
        assert told(await browser.login(password=password)) == INVALID
    assert told(await browser.login(email="x@y", password="no password hashes to this one")) == INVALID


def while_verifying(
    monkeypatch: pytest.MonkeyPatch, services: Services, change: Callable[[int], Any], *, times: int = 1
) -> list[int]:
    """Do something between check and admission, the first so many times; count the checks."""
    checks: list[int] = []
    verify = services.passwords.verify

    async def verified(password: str, *, against: str | None) -> bool:
        answer = await verify(password, against=against)
        checks.append(len(checks))
        if len(checks) <= times:
            await change(len(checks))
        return answer

    monkeypatch.setattr(services.passwords, "verify", verified)
    return checks


async def test_a_password_that_is_changed_meanwhile_lets_nobody_in(
    browser: Browser, services: Services, user_id: UUID, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It was right when it was checked, but is no longer: no session, and the new hash stays."""
    changed = Hasher(CHEAPEST).hash("another password")
    while_verifying(
        monkeypatch, services, lambda _: tables.set_user(services, user_id, "password_hash", changed)
    )
    assert told(await browser.login()) == INVALID
    assert browser.cookies == {}
    assert await tables.rows(services, "sessions") == []
    assert await tables.events(services) == [("LOGIN", "FAILURE", "INVALID_CREDENTIALS")]
    (user,) = await tables.rows(services, "users")
    assert (user["password_hash"], user["last_login_at"]) == (changed, None)


async def test_an_account_that_is_disabled_meanwhile_lets_nobody_in(
    browser: Browser, services: Services, user_id: UUID, clock: FakeClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The password is right, so the person is told."""
    while_verifying(
        monkeypatch, services, lambda _: tables.set_user(services, user_id, "disabled_at", clock())
    )
    assert told(await browser.login()) == DISABLED
    assert await tables.rows(services, "sessions") == []


async def test_a_hash_that_is_made_anew_meanwhile_does_not_matter(
    browser: Browser, services: Services, user_id: UUID, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The same password, hashed by another sign-in: it is checked again and right."""
    checks = while_verifying(
        monkeypatch,
        services,
        lambda _: tables.set_user(services, user_id, "password_hash", Hasher(CHEAPEST).hash(PASSWORD)),
    )
    assert (await browser.login())["success"] is True
    assert len(checks) == 2
    assert await tables.events(services) == [("LOGIN", "SUCCESS", None)]


async def test_an_account_that_never_stands_still_is_given_up(
    browser: Browser, services: Services, user_id: UUID, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Two checks, and no endless work for one request."""
    hasher = Hasher(CHEAPEST)
    checks = while_verifying(
        monkeypatch,
        services,
        lambda _: tables.set_user(services, user_id, "password_hash", hasher.hash(PASSWORD)),
        times=5,
    )
    assert told(await browser.login()) == INVALID
    assert len(checks) == 2
    assert await tables.rows(services, "sessions") == []


async def test_a_login_brings_an_old_hash_up_to_date(
    new_browser: Callable[[], Browser], services: Services, user_id: UUID
) -> None:
    """Of ten concurrent sign-ins all succeed, and the hash is at today's cost."""
    old = Hasher(Profile(memory_kib=16, passes=2, lanes=1)).hash(PASSWORD)
    await tables.set_user(services, user_id, "password_hash", old)
    assert told(await new_browser().login(password="a wrong password")) == INVALID
    assert (await tables.rows(services, "users"))[0]["password_hash"] == old
    payloads = await asyncio.gather(*(new_browser().login() for _ in range(10)))
    assert [payload["success"] for payload in payloads] == [True] * 10
    kept = (await tables.rows(services, "users"))[0]["password_hash"]
    assert "$m=8,t=1,p=1$" in kept
    assert Hasher(CHEAPEST).verify(PASSWORD, against=kept)
    assert (await new_browser().login())["success"] is True
    assert (await tables.rows(services, "users"))[0]["password_hash"] == kept


async def test_each_login_opens_a_session_of_its_own(
    browser: Browser, services: Services, user_id: UUID
) -> None:
    """Signing in again in the same browser ends nothing: the other may still be in use elsewhere."""
    await services.users.create(
        email="b@example.com", password=PASSWORD, role=Role.USER, first_name="B", last_name="B"
    )
    await browser.login()
    await browser.login()
    sessions = await tables.rows(services, "sessions")
    assert [session["user_id"] for session in sessions] == [user_id, user_id]
    assert await tables.live_sessions(services) == 2

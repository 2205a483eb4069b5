"""The audit trail as it is written: who, what, when, from where, and how it went."""

from collections.abc import Callable, Mapping
from typing import Any
from uuid import UUID

import pytest

from services import Services
from tests.services import tables
from tests.support.browser import LOGIN, LOGOUT, PASSWORD, REFRESH, Browser, code
from tests.support.clock import FakeClock

LOGIN_VARIABLES = {
    "email": "ada@example.com",
    "password": PASSWORD,
    "rememberMe": False,
    "delivery": "COOKIE",
}


async def newest(services: Services) -> Mapping[str, Any]:
    """Give the newest event, without its number and with ids as text."""
    row = dict((await tables.rows(services, "audit_events"))[-1])
    del row["id"]
    return {
        name: str(value) if value is not None and name.endswith("_id") else value
        for name, value in row.items()
    }


@pytest.fixture
def expected(clock: FakeClock, user_id: UUID) -> dict[str, Any]:
    """Give what every event of a successful request of the user says."""
    return {
        "occurred_at": clock(),
        "outcome": "SUCCESS",
        "reason": None,
        "user_id": str(user_id),
        "ip_address": "127.0.0.1",
        "user_agent": "an agent",
    }


async def test_login_refresh_and_logout_are_recorded(
    browser: Browser, services: Services, clock: FakeClock, expected: dict[str, Any]
) -> None:
    """Time, user, session, address, program and request, each as it was."""
    for kind, query, variables, reason in (
        ("LOGIN", LOGIN, LOGIN_VARIABLES, None),
        ("REFRESH", REFRESH, {}, None),
        ("LOGOUT", LOGOUT, {}, "LOGOUT"),
    ):
        clock.advance(1.5)
        response = await browser.post(query, variables, **{"User-Agent": "an agent"})
        (session,) = await tables.rows(services, "sessions")
        assert await newest(services) == {
            **expected,
            "kind": kind,
            "reason": reason,
            "occurred_at": clock(),
            "session_id": str(session["id"]),
            "request_id": response.headers["x-request-id"],
        }
    assert len(await tables.rows(services, "audit_events")) == 3


@pytest.mark.parametrize("known", [True, False])
async def test_a_failed_login_is_recorded(
    browser: Browser, services: Services, expected: dict[str, Any], known: bool
) -> None:
    """With the account if there is one; an address that was typed is not kept, as it may be a password."""
    email = "ada@example.com" if known else "hunter2hunter2"
    variables = {**LOGIN_VARIABLES, "email": email, "password": "a wrong password"}
    response = await browser.post(LOGIN, variables, **{"User-Agent": "an agent"})
    event = await newest(services)
    assert event == {
        **expected,
        "kind": "LOGIN",
        "outcome": "FAILURE",
        "reason": "INVALID_CREDENTIALS",
        "user_id": expected["user_id"] if known else None,
        "session_id": None,
        "request_id": response.headers["x-request-id"],
    }
    assert "hunter2" not in repr(await tables.dump(services))


async def test_a_reuse_is_recorded_with_the_address_of_who_replayed(
    new_browser: Callable[[], Browser], services: Services, clock: FakeClock, expected: dict[str, Any]
) -> None:
    """The event tells of the replay, not of the victim's request."""
    browser, thief = new_browser(), new_browser()
    await browser.login()
    thief.take_cookies(browser.cookies)
    await browser.refresh()
    clock.advance(11)
    response = await thief.post(REFRESH, {}, **{"User-Agent": "thief"})
    assert code(response.json()) == "TOKEN_REUSED"
    (session,) = await tables.rows(services, "sessions")
    assert await newest(services) == {
        **expected,
        "occurred_at": clock(),
        "kind": "REUSE_DETECTED",
        "outcome": "FAILURE",
        "reason": "REUSED",
        "session_id": str(session["id"]),
        "user_agent": "thief",
        "request_id": response.headers["x-request-id"],
    }


async def test_what_is_only_refused_leaves_no_event(
    new_browser: Callable[[], Browser], services: Services, user_id: UUID
) -> None:
    """Forged tokens, replays inside the leeway and logouts of nothing cannot fill the disk."""
    browser, other = new_browser(), new_browser()
    await browser.login()
    other.take_cookies(browser.cookies)
    await browser.refresh()
    before = await tables.rows(services, "audit_events")
    await other.refresh()
    await other.refresh("forged")
    await other.me(bearer="forged")
    await new_browser().logout()
    assert await tables.rows(services, "audit_events") == before


async def test_a_long_user_agent_is_cut_and_a_strange_one_is_kept_readable(
    browser: Browser, services: Services, user_id: UUID
) -> None:
    """What a client says of itself fits its column and breaks no line of a report."""
    await browser.post(LOGIN, LOGIN_VARIABLES, **{"User-Agent": "a\tb" + "x" * 2000})
    kept = (await newest(services))["user_agent"]
    assert kept == "a\N{REPLACEMENT CHARACTER}b" + "x" * 509


async def test_no_event_holds_a_secret(browser: Browser, services: Services, user_id: UUID) -> None:
    """No token, cookie or password is in any table, only hashes and ids."""
    given = await browser.login()
    secrets = [PASSWORD, given["accessToken"], *(browser.cookies[n] for n in ("refresh_token", "client_fp"))]
    await browser.refresh()
    secrets += [browser.cookies[name] for name in ("auth-token", "refresh_token", "fp_hash")]
    await browser.logout()
    held = repr(await tables.dump(services))
    assert not [secret for secret in secrets if secret in held]

"""The database failing at every single step of login, refresh and logout: all of it happened, or nothing."""

import asyncio
import sqlite3
from collections.abc import Callable, Coroutine
from typing import Any
from uuid import UUID

import pytest

from models import statements
from services import Services
from tests.services import tables
from tests.services.faults import BEGIN, COMMIT, Faults, Gate
from tests.support.browser import EMAIL, LOGIN, PASSWORD, Browser, code
from tests.support.clock import FakeClock

Act = Callable[[Browser], Coroutine[Any, Any, Any]]

LOGIN_STEPS = [statements.FIND_ACCOUNT, statements.ADMIT]
FAILED_LOGIN_STEPS = [statements.FIND_ACCOUNT, BEGIN, statements.INSERT_AUDIT_EVENT, COMMIT]
REFRESH_STEPS = [statements.ROTATE]
REUSE_STEPS = [statements.ROTATE, statements.FIND_PRESENTED, statements.END_SESSION]
LOGOUT_STEPS = [
    BEGIN,
    statements.BEGIN_LOGOUT,
    statements.END_ALL_SESSIONS,
    statements.BLACKLIST,
    statements.BLACKLIST,
    statements.INSERT_AUDIT_EVENT,
    statements.INSERT_AUDIT_EVENT,
    COMMIT,
]


async def login(browser: Browser, password: str = PASSWORD) -> Any:
    """Sign in and give the decoded body."""
    variables = {"email": EMAIL, "password": password, "rememberMe": False, "delivery": "COOKIE"}
    return await browser.ask(LOGIN, variables)


async def assert_all_or_nothing(
    services: Services, faults: Faults, browser: Browser, act: Act, steps: list[str]
) -> Any:
    """Fail at each step in turn; then let it succeed, with these steps and no others, and give its answer."""
    before, held = await tables.dump(services), browser.cookies
    for number in range(1, len(steps) + 1):
        faults.strike_at(number)
        async with asyncio.timeout(10):  # A lock that an earlier failure has left taken would hang here.
            answer = await act(browser)
        assert faults.seen == steps[:number]
        faults.strike_at(None)
        (error,) = answer["errors"]
        assert error["extensions"]["code"] == "SERVICE_UNAVAILABLE"
        assert error["extensions"]["retryAfter"] == 1
        assert "gone" not in error["message"]
        assert browser.cookies == held
        assert await tables.dump(services) == before
    faults.strike_at(None)
    answer = await act(browser)
    assert faults.seen == steps
    return answer


async def test_a_login_is_all_or_nothing(
    browser: Browser, services: Services, user_id: UUID, monkeypatch: pytest.MonkeyPatch
) -> None:
    """No session without its token and its event, and the retry signs in."""
    faults = Faults(monkeypatch)
    answer = await assert_all_or_nothing(services, faults, browser, login, LOGIN_STEPS)
    assert answer["data"]["auth"]["login"]["success"] is True
    assert await tables.live_sessions(services) == 1


async def test_a_failed_login_is_not_told_before_it_is_recorded(
    browser: Browser, services: Services, user_id: UUID, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A password is not tried out behind the back of the audit trail."""
    faults = Faults(monkeypatch)

    def act(browser: Browser) -> Coroutine[Any, Any, Any]:
        return login(browser, "a wrong password")

    answer = await assert_all_or_nothing(services, faults, browser, act, FAILED_LOGIN_STEPS)
    assert answer["data"]["auth"]["login"]["success"] is False
    assert await tables.events(services) == [("LOGIN", "FAILURE", "INVALID_CREDENTIALS")]


async def test_a_refresh_is_all_or_nothing(
    browser: Browser, services: Services, user_id: UUID, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The token that was presented is used up only when its successor is stored."""
    await browser.login()
    faults = Faults(monkeypatch)
    answer = await assert_all_or_nothing(services, faults, browser, Browser.refresh, REFRESH_STEPS)
    assert answer["data"]["auth"]["refreshToken"]["success"] is True
    assert await tables.reasons(services) == ["ROTATED"]


async def test_the_end_of_a_family_is_all_or_nothing(
    new_browser: Callable[[], Browser],
    services: Services,
    user_id: UUID,
    clock: FakeClock,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """A reuse that could not be recorded is found out at the next try."""
    browser, thief = new_browser(), new_browser()
    await browser.login()
    thief.take_cookies(browser.cookies)
    await browser.refresh()
    clock.advance(11)
    faults = Faults(monkeypatch)
    answer = await assert_all_or_nothing(services, faults, thief, Browser.refresh, REUSE_STEPS)
    assert code(answer) == "TOKEN_REUSED"
    assert await tables.reasons(services) == ["ROTATED", "REUSED"]


async def test_a_logout_is_all_or_nothing(
    new_browser: Callable[[], Browser],
    services: Services,
    user_id: UUID,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Of two sessions none is ended alone; the cookies stay until both are, for the client to try again."""
    browser, other = new_browser(), new_browser()
    await browser.login()
    await other.login()
    held = browser.cookies
    faults = Faults(monkeypatch)

    def act(browser: Browser) -> Coroutine[Any, Any, Any]:
        return browser.logout("ALL_SESSIONS")

    answer = await assert_all_or_nothing(services, faults, browser, act, LOGOUT_STEPS)
    assert answer["data"]["auth"]["logout"]["revokedSessions"] == 2
    assert browser.cookies == {}
    assert code(await browser.take_cookies(held).refresh()) == "TOKEN_BLACKLISTED"
    assert await tables.live_sessions(services) == 0


async def test_an_outage_says_nothing_about_a_token(
    browser: Browser, services: Services, user_id: UUID, monkeypatch: pytest.MonkeyPatch
) -> None:
    """`me` is SERVICE_UNAVAILABLE, not signed out, while the database does not answer."""
    await browser.login()
    faults = Faults(monkeypatch)
    faults.strike_at(1)
    answer = await browser.me()
    assert code(answer) == "SERVICE_UNAVAILABLE"
    assert answer["data"] == {"me": None}
    assert faults.seen == [statements.IDENTIFY]
    faults.strike_at(None)
    assert (await browser.me())["data"]["me"]["isSignIn"] is True


async def test_failing_transactions_use_up_no_connection(
    browser: Browser, services: Services, user_id: UUID, monkeypatch: pytest.MonkeyPatch
) -> None:
    """More failures at BEGIN and COMMIT than there are connections, and the next logout is served."""
    await browser.login()
    faults = Faults(monkeypatch)
    for number in [LOGOUT_STEPS.index(BEGIN) + 1, len(LOGOUT_STEPS) - 2] * 15:
        faults.strike_at(number)
        async with asyncio.timeout(10):
            assert code(await browser.logout("ALL_SESSIONS")) == "SERVICE_UNAVAILABLE"
    faults.strike_at(None)
    assert (await browser.logout("ALL_SESSIONS"))["data"]["auth"]["logout"]["revokedSessions"] == 1


@pytest.mark.parametrize("backend", ["postgres"])
async def test_a_connection_that_is_cut_in_the_middle_of_a_logout(
    browser: Browser, services: Services, user_id: UUID, monkeypatch: pytest.MonkeyPatch
) -> None:
    """PostgreSQL ends the connection before the COMMIT: nothing is half done, and the retry is served."""
    await browser.login()
    before, held = await tables.dump(services), browser.cookies
    async with Gate(monkeypatch, statements.END_ALL_SESSIONS).holding(
        browser.logout("ALL_SESSIONS")
    ) as logout:
        await services.database.fetch(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
            " WHERE state = 'idle in transaction' AND datname = current_database()"
        )
    assert code(logout.result()) == "SERVICE_UNAVAILABLE"
    assert browser.cookies == held
    assert await tables.dump(services) == before
    assert (await browser.logout())["data"]["auth"]["logout"]["revokedSessions"] == 1


@pytest.mark.parametrize("backend", ["sqlite"])
async def test_a_file_that_another_process_keeps_locked(
    browser: Browser, services: Services, user_id: UUID, database_url: str
) -> None:
    """SQLite gives up after its busy timeout: nothing is half done, and the retry is served."""
    await browser.login()
    await services.database.execute("PRAGMA busy_timeout = 20")
    before, held = await tables.dump(services), browser.cookies
    other = await asyncio.to_thread(
        sqlite3.connect, database_url.removeprefix("sqlite://"), isolation_level=None, check_same_thread=False
    )
    await asyncio.to_thread(other.execute, "BEGIN IMMEDIATE")
    assert code(await browser.logout()) == "SERVICE_UNAVAILABLE"
    assert browser.cookies == held
    assert await tables.dump(services) == before
    await asyncio.to_thread(other.close)
    assert (await browser.logout())["data"]["auth"]["logout"]["revokedSessions"] == 1

"""PostgreSQL gone at every statement of a sign-in, a refresh or a sign-out: all happened, or nothing."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import dataclass
from functools import partial
from typing import Any
from uuid import UUID

import pytest
import pytest_asyncio
from pydantic import SecretStr
from quart import Quart

from services import database_outages
from settings import Settings
from tests.faults.conftest import Check, Look
from tests.support.browser import EMAIL, LOGIN, PASSWORD, Browser, code
from tests.support.proxy import Fault, Proxy

pytestmark = pytest.mark.parametrize("backend", ["postgres"])

ANSWER_WITHIN = 5.0
IMPATIENCE = 0.4
"""What silence is waited for in here, in seconds, as there are some fifty statements to be silent at."""

SESSIONS = "SELECT count(*) FROM sessions"
REFRESHES = "SELECT count(*) FROM audit_events WHERE kind = 'REFRESH'"
LOGOUTS = "SELECT count(*) FROM audit_events WHERE kind = 'LOGOUT'"


@pytest.fixture
def settings(settings: Settings, proxy: Proxy) -> Settings:
    """Let the application see its database through the proxy."""
    return settings.model_copy(update={"database_url": SecretStr(proxy.url)})


@dataclass(frozen=True)
class Stage:
    """A proxy, a browser before it, and what can be seen behind it."""

    proxy: Proxy
    browser: Browser
    look: Look
    check: Check
    monkeypatch: pytest.MonkeyPatch

    async def count(self, query: str) -> int:
        """Run a query that counts."""
        (row,) = await asyncio.to_thread(self.look, query)
        return int(row["count"])

    async def statements(self, act: Callable[[], Awaitable[Any]]) -> list[str]:
        """Give the statements of an operation that succeeds."""
        self.proxy.heal()
        assert "errors" not in await act()
        return list(self.proxy.seen)

    async def struck(self, act: Callable[[], Awaitable[Any]], fault: Fault, *, at: int) -> Any:
        """Do something while the database goes away, and give the answer, which has to come soon."""
        self.monkeypatch.setattr(database_outages, "PATIENCE", IMPATIENCE)
        self.proxy.strike(fault, at=at)
        async with asyncio.timeout(ANSWER_WITHIN):
            answer = await act()
        assert len(self.proxy.seen) == at
        self.proxy.heal()
        self.monkeypatch.undo()
        return answer

    async def assert_refused(self, act: Callable[[], Awaitable[Any]], fault: Fault, *, at: int) -> None:
        """See an operation refused for the outage, with nothing half done and every cookie kept."""
        held = self.browser.cookies
        answer = await self.struck(act, fault, at=at)
        assert code(answer) == "SERVICE_UNAVAILABLE"
        assert self.browser.cookies == held
        await self.check()


@pytest_asyncio.fixture
async def stage(proxy: Proxy, app: Quart, user_id: UUID, look: Look, check: Check) -> AsyncIterator[Stage]:
    """Set the stage."""
    browser = Browser(app)
    with pytest.MonkeyPatch.context() as monkeypatch:
        yield Stage(proxy, browser, look, check, monkeypatch)
    await browser.http.aclose()


async def login(browser: Browser) -> Any:
    """Sign in and give the decoded body."""
    variables = {"email": EMAIL, "password": PASSWORD, "rememberMe": False, "delivery": "COOKIE"}
    return await browser.ask(LOGIN, variables)


def happened(statements: list[str], fault: Fault, *, at: int) -> int:
    """Tell whether the transaction of an operation is committed that was struck at this statement: 0 or 1."""
    # A refresh, or a sign-out of one session, decides, records and commits by one statement.
    commit = next(n for n, one in enumerate(statements, 1) if one.startswith(("COMMIT;", "WITH decided")))
    return int(at > commit or (at == commit and fault.is_run))


@pytest.mark.parametrize("fault", Fault)
async def test_a_login(stage: Stage, fault: Fault) -> None:
    """A session exists with its token and its event or not at all, and the next try signs in."""
    browser, sessions = stage.browser, 1
    statements = await stage.statements(lambda: login(browser))
    for at in range(1, len(statements) + 1):
        await stage.assert_refused(lambda: login(browser), fault, at=at)
        sessions += happened(statements, fault, at=at)
        assert await stage.count(SESSIONS) == sessions
    assert "errors" not in await login(browser)
    assert "errors" not in await browser.refresh()
    await stage.check()


@pytest.mark.parametrize("fault", Fault)
async def test_a_refresh(stage: Stage, fault: Fault) -> None:
    """A token is used up only with its successor stored, and who asks again gets that one and no other."""
    browser, refreshes = stage.browser, 1
    await browser.login()
    statements = await stage.statements(browser.refresh)
    for at in range(1, len(statements) + 1):
        await stage.assert_refused(browser.refresh, fault, at=at)
        assert await stage.count(REFRESHES) == refreshes + happened(statements, fault, at=at)
        assert "errors" not in await browser.refresh()
        refreshes += 1
        assert await stage.count(REFRESHES) == refreshes
        assert (await browser.me())["data"]["me"]["isSignIn"] is True
    assert await stage.count(SESSIONS) == 1
    await stage.check()


@pytest.mark.parametrize("scope", ["THIS_SESSION", "ALL_SESSIONS"])
@pytest.mark.parametrize("fault", Fault)
async def test_a_logout(stage: Stage, fault: Fault, scope: str) -> None:
    """A session is over with its token and its event or goes on, and the next try ends it for good."""
    browser, logout = stage.browser, partial(stage.browser.logout, scope)
    await browser.login()
    statements = await stage.statements(logout)
    for at in range(1, len(statements) + 1):
        await browser.login()
        held = browser.cookies
        await stage.assert_refused(logout, fault, at=at)
        done = happened(statements, fault, at=at)
        assert await stage.count(LOGOUTS) == at + done
        assert (await logout())["data"]["auth"]["logout"]["revokedSessions"] == 1 - done
        assert browser.cookies == {}
        assert await stage.count(LOGOUTS) == at + 1
        assert code(await browser.take_cookies(held).refresh()) == "TOKEN_BLACKLISTED"
        assert code(await browser.me()) == "TOKEN_BLACKLISTED"
        browser.take_cookies({})
    await stage.check()

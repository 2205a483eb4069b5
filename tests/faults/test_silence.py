"""PostgreSQL that answers nothing, or late: requests are not kept waiting, however many there are."""

import asyncio
import time
from concurrent.futures import ThreadPoolExecutor
from typing import Any
from uuid import UUID

import pytest
from pydantic import SecretStr

from services import Services
from settings import Settings
from tests.acceptance.client import LOGIN, LOGOUT, ME, REFRESH, Client
from tests.acceptance.site import Site
from tests.faults.conftest import Check
from tests.support.browser import Browser, code
from tests.support.proxy import Fault, Proxy

pytestmark = pytest.mark.parametrize("backend", ["postgres"])

ANSWER_WITHIN = 5.0
CROWD = 40
"""Four times as many as there are connections."""


@pytest.fixture
def settings(settings: Settings, proxy: Proxy) -> Settings:
    """Let the application see its database through the proxy."""
    return settings.model_copy(update={"database_url": SecretStr(proxy.url)})


async def ask_at_once(browser: Browser, count: int) -> list[Any]:
    """Ask who this is so many times at once, and give the answers, which have to come soon."""
    async with asyncio.timeout(ANSWER_WITHIN):
        return list(await asyncio.gather(*(browser.me() for _ in range(count))))


async def test_nobody_waits_for_those_who_wait(
    browser: Browser, services: Services, user_id: UUID, proxy: Proxy
) -> None:
    """In a crowd all have the same answer, those at the end of the line included; then all are served."""
    await browser.login()
    proxy.strike_now(Fault.SILENT)
    answers = await ask_at_once(browser, CROWD)
    assert [code(answer) for answer in answers] == ["SERVICE_UNAVAILABLE"] * CROWD
    proxy.heal(cut=False)
    assert not any("errors" in answer for answer in await ask_at_once(browser, CROWD))
    assert services.database.pool is not None
    assert services.database.pool.opened <= services.database.pool.largest


async def test_connections_that_lead_nowhere_cost_one_answer(
    browser: Browser, user_id: UUID, proxy: Proxy
) -> None:
    """After a failover that nobody was told of, all that were at rest are given up with the first."""
    await browser.login()
    await ask_at_once(browser, CROWD)
    proxy.strike_now(Fault.SILENT)
    assert code(await browser.me()) == "SERVICE_UNAVAILABLE"
    proxy.heal(cut=False)
    assert not any("errors" in answer for answer in await ask_at_once(browser, CROWD))


async def test_late_answers_end_a_request_as_well(
    browser: Browser, user_id: UUID, proxy: Proxy, check: Check
) -> None:
    """Each statement comes in time, all of them would not: the sign-out is refused and not half done."""
    await browser.login()
    held = browser.cookies
    proxy.delay = 0.6
    async with asyncio.timeout(ANSWER_WITHIN):
        assert code(await browser.logout("ALL_SESSIONS")) == "SERVICE_UNAVAILABLE"
    assert browser.cookies == held
    proxy.delay = 0.0
    await check()
    assert "errors" not in await browser.logout("ALL_SESSIONS")
    await check()


async def test_a_row_that_a_lost_server_holds_is_free_soon(
    browser: Browser, user_id: UUID, proxy: Proxy, check: Check
) -> None:
    """PostgreSQL was never told that a sign-out was given up: it lets its user go by itself."""
    await browser.login()
    proxy.strike(Fault.UNANSWERED, at=2)
    assert code(await browser.logout("ALL_SESSIONS")) == "SERVICE_UNAVAILABLE"
    proxy.heal(cut=False)
    async with asyncio.timeout(20):
        assert code(await browser.logout("ALL_SESSIONS")) == "SERVICE_UNAVAILABLE"
        while "errors" in (answer := await browser.logout("ALL_SESSIONS")):
            assert code(answer) == "SERVICE_UNAVAILABLE"
    assert answer["data"]["auth"]["logout"]["revokedSessions"] == 1
    await check()


@pytest.mark.acceptance
def test_a_real_server_answers_in_time(site: Site, proxy: Proxy) -> None:
    """Its own loop and its own HTTP give nobody more patience; it is not ready, and goes on when it can."""
    server = site.start(LATCHKEY_DATABASE_URL=proxy.url)
    with Client(server.base_url) as browser, ThreadPoolExecutor(CROWD) as threads:
        browser.login()
        tabs = [browser.copy() for _ in range(CROWD)]
        proxy.strike_now(Fault.SILENT)
        started = time.monotonic()
        answers = list(threads.map(Client.ask, tabs, [LOGIN, REFRESH, LOGOUT, ME] * (CROWD // 4)))
        assert time.monotonic() - started < ANSWER_WITHIN
        assert [code(answer) for answer in answers] == ["SERVICE_UNAVAILABLE"] * CROWD
        assert all(tab.cookies == browser.cookies for tab in tabs)
        assert browser.http.get(f"{server.base_url}/readyz", timeout=ANSWER_WITHIN).status_code == 503
        proxy.heal(cut=False)
        assert "errors" not in browser.ask(REFRESH)
        assert browser.ask(LOGOUT)["data"]["auth"]["logout"]["success"] is True
        for tab in tabs:
            tab.http.close()
    assert server.terminate() == 0

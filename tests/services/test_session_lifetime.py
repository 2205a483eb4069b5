"""How long a session goes on: unused and in all, by the policy of now rather than that of its sign-in."""

from collections.abc import Callable
from typing import Any

import pytest
from quart import Quart

from settings import Settings
from tests.services import servers
from tests.support.browser import Browser, code
from tests.support.clock import FakeClock

HOUR, DAY = 3600, 24 * 3600
SESSIONS = "{ me { sessions { expiresAt } } }"


async def refreshes(browser: Browser) -> bool:
    """Tell whether a session goes on; if it does not, it is because its time is over."""
    answer = await browser.refresh()
    if "errors" in answer:
        assert code(answer) == "TOKEN_EXPIRED"
        return False
    return bool(answer["data"]["auth"]["refreshToken"]["success"])


@pytest.mark.parametrize("remember_me", [False, True])
async def test_a_session_ends_with_its_lifetime_however_much_it_is_used(
    make_app: Callable[[Settings], Quart], settings: Settings, clock: FakeClock, remember_me: bool
) -> None:
    """Use puts off the idle timeout only, and people see when the end is."""
    async with servers.running(make_app, settings, session_lifetime=3 * DAY) as server:
        await server.add_user()
        browser = server.new_browser()
        await browser.login(remember_me=remember_me)
        began = clock()
        for _ in range(5):
            clock.advance(14 * HOUR)
            assert await refreshes(browser)
        (seen,) = (await browser.ask(SESSIONS))["data"]["me"]["sessions"]
        assert seen["expiresAt"] == f"{began.replace(day=began.day + 3):%Y-%m-%dT%H:%M:%SZ}"
        clock.advance(2 * HOUR)
        assert not await refreshes(browser)
        clock.advance(15 * 60)
        assert code(await browser.me()) == "TOKEN_EXPIRED"


@pytest.mark.parametrize(
    ("changed", "remember_me", "hours", "goes_on"),
    [
        ({}, False, 23, True),
        ({}, False, 24, False),
        ({"refresh_ttl": 2 * HOUR}, False, 1, True),
        ({"refresh_ttl": 2 * HOUR}, False, 3, False),
        ({"refresh_ttl": 2 * HOUR}, True, 3, True),
        ({"remember_ttl": 2 * HOUR}, True, 3, False),
        ({"remember_ttl": 2 * HOUR}, False, 3, True),
        ({"session_lifetime": 4 * HOUR}, True, 3, True),
        ({"session_lifetime": 4 * HOUR}, True, 5, False),
    ],
)
async def test_a_shorter_policy_is_that_of_running_sessions(
    make_app: Callable[[Settings], Quart],
    settings: Settings,
    clock: FakeClock,
    changed: dict[str, Any],
    remember_me: bool,
    hours: int,
    goes_on: bool,
) -> None:
    """A server that starts again with less is obeyed by who signed in before."""
    async with servers.running(make_app, settings) as before:
        await before.add_user()
        browser = before.new_browser()
        await browser.login(remember_me=remember_me)
        held = browser.cookies
    clock.advance(hours * HOUR)
    async with servers.running(make_app, settings, **changed) as after:
        assert await refreshes(after.new_browser().take_cookies(held)) is goes_on


async def test_what_is_used_is_not_idle(
    make_app: Callable[[Settings], Quart], settings: Settings, clock: FakeClock
) -> None:
    """An access token that is used keeps its session from the shorter timeout of a new policy."""
    async with servers.running(make_app, settings, access_ttl=2 * HOUR) as before:
        await before.add_user()
        browser = before.new_browser()
        await browser.login()
        clock.advance(90 * 60)
        assert (await browser.me())["data"]["me"] is not None
        held = browser.cookies
    clock.advance(45 * 60)
    async with servers.running(make_app, settings, refresh_ttl=HOUR) as after:
        assert await refreshes(after.new_browser().take_cookies(held))


async def test_a_session_that_is_over_is_not_listed(
    make_app: Callable[[Settings], Quart], settings: Settings, clock: FakeClock
) -> None:
    """It cannot go on, though its last token would have lasted longer."""
    async with servers.running(make_app, settings, session_lifetime=2 * HOUR) as server:
        await server.add_user()
        old, new = server.new_browser(), server.new_browser()
        await old.login()
        clock.advance(2 * HOUR)
        await new.login()
        assert len((await new.ask(SESSIONS))["data"]["me"]["sessions"]) == 1

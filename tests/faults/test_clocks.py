"""A clock that is stepped back or forward by a minute while a session lives."""

from collections.abc import Callable
from uuid import UUID

import pytest

from tests.faults.conftest import Check
from tests.support.browser import Browser, code
from tests.support.clock import FakeClock

STEP = 60


async def assert_over(browser: Browser, *jars: dict[str, str]) -> None:
    """Find no token of any of these jars accepted."""
    for jar in jars:
        assert code(await browser.take_cookies(jar).me()) == "TOKEN_BLACKLISTED"
        assert code(await browser.refresh()) == "TOKEN_BLACKLISTED"


@pytest.mark.parametrize("steps", [(-STEP, STEP), (STEP, -STEP)], ids=["back", "forward"])
async def test_a_session_goes_on(
    browser: Browser, user_id: UUID, clock: FakeClock, check: Check, steps: tuple[int, int]
) -> None:
    """It is used and refreshed before, between and after the steps, and nobody is signed out."""
    await browser.login()
    for step in (0, *steps):
        clock.advance(step)
        assert (await browser.me())["data"]["me"]["isSignIn"] is True
        assert "errors" not in await browser.refresh()
        assert (await browser.me())["data"]["me"]["isSignIn"] is True
    await check()


@pytest.mark.parametrize("steps", [(-STEP, STEP), (STEP, -STEP)], ids=["back", "forward"])
async def test_what_is_over_stays_over(
    new_browser: Callable[[], Browser],
    user_id: UUID,
    clock: FakeClock,
    check: Check,
    steps: tuple[int, int],
) -> None:
    """Neither the tokens that were signed out nor those used up before them are accepted at any time."""
    browser, copy = new_browser(), new_browser()
    await browser.login()
    used_up = browser.cookies
    await browser.refresh()
    clock.advance(STEP)
    held = browser.cookies
    await browser.logout()
    for step in (0, *steps):
        clock.advance(step)
        await assert_over(copy, held, used_up)
    await check()


async def test_a_session_may_end_before_it_has_begun(
    browser: Browser, user_id: UUID, clock: FakeClock, check: Check
) -> None:
    """By its own timestamps, that is, and it is over all the same."""
    await browser.login()
    clock.advance(-STEP)
    held = browser.cookies
    assert (await browser.logout())["data"]["auth"]["logout"]["revokedSessions"] == 1
    await assert_over(browser, held)
    await check()


@pytest.mark.parametrize("ahead", [0, STEP], ids=["set back", "corrected"])
async def test_a_lost_response_is_given_again_after_a_step_back(
    browser: Browser, user_id: UUID, clock: FakeClock, check: Check, ahead: int
) -> None:
    """By the clock the token was used a minute from now; its client gets the successor and stays."""
    await browser.login()
    held = browser.cookies
    clock.advance(ahead)
    await browser.refresh()
    missed = browser.cookies
    clock.advance(-STEP)
    assert "errors" not in await browser.take_cookies(held).refresh()
    assert browser.cookies == missed
    assert (await browser.me())["data"]["me"]["isSignIn"] is True
    await check()

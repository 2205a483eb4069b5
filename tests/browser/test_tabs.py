"""Several tabs of one browser: they share a session, and never argue about it."""

import asyncio
from collections.abc import AsyncIterator

import pytest
import pytest_asyncio
from playwright.async_api import Browser

from tests.browser.mailbox import MailedSite
from tests.browser.person import Person
from tests.support.chromium import visiting

pytestmark = [pytest.mark.acceptance, pytest.mark.asyncio(loop_scope="session")]

# Both clocks are that of the machine: the one tab notes when it was answered, the other when it shows it.
NOTE_SIGN_OUT = """
new MutationObserver(() => {
  if (document.title.startsWith("Sign in")) window.signedOutAt ??= performance.timeOrigin + performance.now();
}).observe(document.querySelector("title"), { childList: true });
"""
ANSWERED_AT = """
performance.timeOrigin
  + performance.getEntriesByType("resource").findLast(({ name }) => name.endsWith("/graphql")).responseEnd
"""


@pytest_asyncio.fixture(loop_scope="session")
async def tabs(site: MailedSite, port: int, chromium: Browser) -> AsyncIterator[list[Person]]:
    """Give three tabs of somebody who is signed in, all with an access token that is over."""
    brief = await asyncio.to_thread(site.start, port=port, LATCHKEY_ACCESS_TTL="5")
    async with visiting(chromium, brief.base_url, locale="en-GB") as tab:
        person = Person(tab, site)
        await person.become_member()
        tabs = [person, await person.other_tab(), await person.other_tab()]
        for other in tabs[1:]:
            await other.open()
            await other.sees("Hello, Ada")
        await person.outlive_token()
        # The tokens that are issued from now on last as long as usual: a busy machine makes nothing expire.
        await asyncio.to_thread(brief.terminate)
        await asyncio.to_thread(site.start, port=port)
        yield tabs


async def test_tabs_that_race_refresh_once(tabs: list[Person]) -> None:
    """They all go on at the same time: one of them refreshes for all, and all stay signed in."""
    refreshes = tabs[0].count("Refresh")
    await asyncio.gather(*(tab.follow("Devices") for tab in tabs))
    await asyncio.gather(*(tab.sees("Devices") for tab in tabs))
    assert len(refreshes) == 1
    await asyncio.gather(*(tab.follow("Password") for tab in tabs))
    await asyncio.gather(*(tab.sees("Password") for tab in tabs))
    assert len(refreshes) == 1
    kinds = await asyncio.to_thread(tabs[0].site.rows, "SELECT kind, outcome FROM audit_events")
    assert {row["kind"] for row in kinds if row["outcome"] == "FAILURE"} == set()


async def test_a_sign_out_in_one_tab_is_seen_in_the_others_within_a_second(tabs: list[Person]) -> None:
    """Without a word from the server, and without anybody touching them."""
    first, *others = tabs
    for other in others:
        await other.tab.evaluate(NOTE_SIGN_OUT)
    await first.sign_out()
    answered = await first.tab.evaluate(ANSWERED_AT)
    for other in others:
        await other.sees("Sign in")
        await other.reads("You are signed out.")
        assert await other.tab.evaluate("signedOutAt") - answered < 1000


async def test_a_sign_in_in_one_tab_is_seen_in_the_others(tabs: list[Person]) -> None:
    """Who has signed in here is signed in there, too."""
    await tabs[0].sign_out()
    await tabs[0].sign_in()
    for tab in tabs:
        await tab.sees("Hello, Ada")

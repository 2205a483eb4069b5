"""What happens in mid-use, and is nothing to a person: tokens end, servers restart, networks go and come."""

import asyncio
from collections.abc import AsyncIterator

import pytest
import pytest_asyncio
from playwright.async_api import Browser, expect

from tests.browser.mailbox import MailedSite
from tests.browser.person import Person
from tests.support.chromium import visiting
from tests.support.processes import ServerProcess

pytestmark = [pytest.mark.acceptance, pytest.mark.asyncio(loop_scope="session")]

UNREACHABLE = "The server cannot be reached. Please check your connection and try again."


@pytest_asyncio.fixture(loop_scope="session")
async def cut_off(server: ServerProcess, site: MailedSite, chromium: Browser) -> AsyncIterator[Person]:
    """Give a member whose browser may say on its console that it cannot reach the server."""
    async with visiting(chromium, server.base_url, forgiven="net::ERR_", locale="en-GB") as tab:
        person = Person(tab, site)
        await person.become_member()
        yield person


async def test_an_access_token_that_ends_goes_unnoticed(
    site: MailedSite, port: int, chromium: Browser
) -> None:
    """A form that is sent just then is sent, once, and nothing that was typed is lost."""
    server = await asyncio.to_thread(site.start, port=port, LATCHKEY_ACCESS_TTL="5")
    async with visiting(chromium, server.base_url, locale="en-GB") as tab:
        person = Person(tab, site)
        await person.become_member()
        refreshes = person.count("Refresh")
        await person.fill(What_to_call_you="Countess")
        await person.outlive_token()
        await person.press("Save")
        await person.sees("Hello, Countess")
        await person.reads("Saved.")
        assert len(refreshes) > 0
        await person.outlive_token()
        await person.tab.reload()
        await person.sees("Hello, Countess")
    updates = "SELECT count(*) FROM audit_events WHERE kind = 'PROFILE_UPDATED'"
    assert await asyncio.to_thread(site.number, updates) == 2


async def test_a_restart_of_the_server_goes_unnoticed(
    cut_off: Person, server: ServerProcess, port: int
) -> None:
    """The page goes on with what it has, and so does the server."""
    assert await asyncio.to_thread(server.terminate) == 0
    await asyncio.to_thread(cut_off.site.start, port=port)
    await cut_off.follow("Devices")
    await cut_off.sees("Devices")
    await expect(cut_off.content().get_by_text("This device")).to_be_visible()


async def test_a_server_that_is_down_signs_nobody_out(
    cut_off: Person, server: ServerProcess, port: int
) -> None:
    """The page says so and offers to try again; what was asked for is there as soon as the server is."""
    await asyncio.to_thread(server.kill)
    await cut_off.follow("Activity")
    await cut_off.sees("That did not work")
    await expect(cut_off.tab.get_by_role("alert")).to_have_text(UNREACHABLE)
    await cut_off.press("Sign out")
    await cut_off.reads(UNREACHABLE)
    await asyncio.to_thread(cut_off.site.start, port=port)
    await cut_off.press("Try again")
    await cut_off.sees("Activity")
    await expect(cut_off.content().get_by_text("The account was created")).to_be_visible()


async def test_being_offline_for_a_moment_signs_nobody_out(cut_off: Person) -> None:
    """It is told at once, and is over as soon as the network is back, without a word or a click."""
    await cut_off.tab.context.set_offline(True)
    await cut_off.reads("You are offline. What you see may be old.")
    await cut_off.follow("Devices")
    await cut_off.sees("That did not work")
    assert await cut_off.tab.evaluate('document.querySelector("img").naturalWidth') > 0
    await cut_off.tab.context.set_offline(False)
    await cut_off.sees("Devices")
    await expect(cut_off.content().get_by_text("This device")).to_be_visible()


async def test_a_page_that_gets_no_answer_waits(cut_off: Person) -> None:
    """Whoever comes when the server does not answer is told so, and not that they are signed out."""
    await cut_off.tab.route("**/graphql", lambda route: route.abort())
    await cut_off.open("/sessions")
    await cut_off.sees("That did not work")
    await cut_off.tab.unroute("**/graphql")
    await cut_off.press("Try again")
    await cut_off.sees("Devices")


async def test_a_session_that_was_ended_elsewhere_says_so(person: Person) -> None:
    """The next thing that is asked for is refused: the person is asked to sign in, and told why."""
    await person.become_member()
    browser = person.tab.context.browser
    assert browser is not None
    async with visiting(browser, str(await person.tab.evaluate("origin")), locale="en-GB") as tab:
        other = Person(tab, person.site)
        await other.sign_in()
        await other.sees("Hello, Ada")
        await other.follow("Devices")
        await other.press("Sign out all other devices")
        await other.reads("Every other device is signed out.")
        await expect(other.content().get_by_role("listitem").filter(has_text="This device")).to_have_count(1)
    await person.follow("Activity")
    await person.sees("Sign in")
    await person.reads("Your session has ended. Please sign in again.")

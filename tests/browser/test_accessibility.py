"""Nobody is kept out: neither who cannot see the page, nor who has no mouse, nor who types no password."""

import asyncio

import pytest
from playwright.async_api import expect

from tests.browser import axe
from tests.browser.person import PASSWORD, Person
from tests.browser.tour import tour
from tests.support.npm import Npm
from web.app import PAGES

pytestmark = [pytest.mark.acceptance, pytest.mark.asyncio(loop_scope="session")]


async def test_axe_finds_nothing(person: Person, node: Npm) -> None:
    """On every page, in light and dark, whatever it shows."""
    source = await asyncio.to_thread(axe.source, node)
    stops = []
    async for stop in tour(person):
        for scheme in ("light", "dark"):
            await person.tab.emulate_media(color_scheme=scheme, reduced_motion="reduce")
            assert (stop, scheme, await axe.violations(person.tab, source)) == (stop, scheme, [])
        stops.append(stop)
    assert {f"/{stop.partition(',')[0]}" for stop in stops} == set(PAGES) - {"/"}


async def test_axe_would_find_something(person: Person, node: Npm) -> None:
    """It looks at the page: a field without a label, and text that is hardly there, are found."""
    source = await asyncio.to_thread(axe.source, node)
    await person.open()
    await person.sees("Sign in")
    await person.tab.evaluate('document.querySelector("label").remove()')
    await person.tab.evaluate('document.querySelector("h1").style.color = "#eee"')
    found = {violation["id"] for violation in await axe.violations(person.tab, source)}
    assert {"label", "color-contrast"} <= found


async def test_the_keyboard_is_enough(person: Person) -> None:
    """From the address bar to the dashboard and out again: in the order in which one reads."""
    await person.become_member()
    await person.sign_out()
    await person.open("/")
    await person.sees("Sign in")
    keys = person.tab.keyboard
    focus = person.tab.locator(":focus")
    for expected in ("Skip to content", "Latchkey"):
        await keys.press("Tab")
        await expect(focus).to_have_text(expected)
    await keys.press("Tab")
    await keys.type(person.email)
    await keys.press("Tab")
    await keys.type(PASSWORD)
    await keys.press("Enter")
    await person.sees("Hello, Ada")
    # The new page is where the focus is, and so is what is read out.
    await expect(focus).to_have_text("Hello, Ada")
    await expect(person.tab).to_have_title("Overview · Latchkey")
    await keys.press("Tab")
    await expect(focus).to_have_attribute("name", "firstName")
    for _ in range(2):
        await keys.press("Shift+Tab")
    await expect(focus).to_have_text("Activity")
    await keys.press("Enter")
    await person.sees("Activity")
    await expect(focus).to_have_text("Activity")
    await expect(person.tab.get_by_role("link", name="Activity")).to_have_attribute("aria-current", "page")


async def test_the_way_to_the_content_is_short(person: Person) -> None:
    """The first link leads past the menu, and leaves what was typed where it is."""
    await person.become_member()
    await person.fill(What_to_call_you="Countess")
    await person.tab.get_by_role("link", name="Skip to content").press("Enter")
    await expect(person.content()).to_be_focused()
    await expect(person.tab.get_by_label("What to call you")).to_have_value("Countess")


async def test_password_managers_know_their_way(person: Person) -> None:
    """Every field that they fill says what it is for, and every new password whose it is."""
    wanted = {
        "/sign-in": ["username", "current-password"],
        "/sign-up": ["username", "new-password"],
        "/sign-in-by-code": ["username"],
        "/verify": ["username", "one-time-code"],
        "/reset-password": ["username", "one-time-code", "new-password"],
    }
    for address, tokens in wanted.items():
        await person.open(address)
        await expect(person.content().get_by_role("button").last).to_be_visible()
        assert await autocompletes(person) == tokens
    await person.become_member()
    given = ["given-name", "family-name", "nickname", "tel", "language"]
    assert await autocompletes(person) == given
    await person.follow("Password")
    await person.sees("Password")
    assert await autocompletes(person) == ["username", "current-password", "new-password"]
    await expect(person.tab.get_by_label("E-mail address")).to_have_value(person.email)


async def test_a_password_can_be_shown(person: Person) -> None:
    """And hidden again, by a button that says which it is."""
    await person.open("/sign-in")
    field = person.tab.get_by_label("Password", exact=True)
    reveal = person.tab.get_by_role("button", name="Show: Password")
    for kind, pressed in (("password", "false"), ("text", "true"), ("password", "false")):
        await expect(field).to_have_attribute("type", kind)
        await expect(reveal).to_have_attribute("aria-pressed", pressed)
        await reveal.click()


async def test_several_problems_are_told_at_once(person: Person) -> None:
    """Above the form, with the way to each of its fields; the focus goes there."""
    await person.open("/sign-in")
    await person.press("Sign in")
    summary = person.tab.get_by_role("alert")
    await expect(summary).to_be_focused()
    await person.follow("Password: Please fill this in.")
    field = person.tab.get_by_label("Password", exact=True)
    await expect(field).to_be_focused()
    await expect(field).to_have_accessible_description("Please fill this in.")


async def autocompletes(person: Person) -> list[str]:
    """Give what the fields of the page are for, in their order."""
    found: list[str] = (
        await person.content()
        .locator("[autocomplete]")
        .evaluate_all("fields => fields.map((field) => field.autocomplete)")
    )
    return found

"""What people look after in their account: devices, password, profile, and what has happened."""

from collections.abc import AsyncIterator

import pytest
import pytest_asyncio
from playwright.async_api import Browser, expect

from tests.browser.person import PASSWORD, Person
from tests.support.browser import REFRESH
from tests.support.chromium import visiting

pytestmark = [pytest.mark.acceptance, pytest.mark.asyncio(loop_scope="session")]

FIREFOX = "Mozilla/5.0 (X11; Linux x86_64; rv:128.0) Gecko/20100101 Firefox/128.0"


@pytest_asyncio.fixture(loop_scope="session")
async def member(person: Person) -> Person:
    """Give somebody who is signed in."""
    await person.become_member()
    return person


@pytest_asyncio.fixture(loop_scope="session")
async def elsewhere(member: Person, chromium: Browser) -> AsyncIterator[Person]:
    """Give the same person at another browser, signed in there as well."""
    origin = await member.tab.evaluate("origin")
    async with visiting(chromium, origin, user_agent=FIREFOX) as tab:
        person = Person(tab, member.site, email=member.email)
        await person.sign_in()
        await person.sees("Hello, Ada")
        yield person


async def test_a_device_is_signed_out(member: Person, elsewhere: Person) -> None:
    """Each is named and told from this one, which has no such button; the other is out at once."""
    await member.follow("Devices")
    await member.sees("Devices")
    there = "Firefox on Linux"
    first, second = await member.content().locator(".card").all()
    await expect(first).to_contain_text("This device")
    await expect(first.get_by_role("button")).to_have_count(0)
    await expect(second).to_contain_text(there)
    await expect(second).to_contain_text("127.0.0.1")
    await expect(second).to_contain_text("Last used just now")
    await member.press(f"Sign out {there}, last used just now")
    await member.reads("That device is signed out.")
    await expect(member.content().get_by_text("You are signed in on no other device.")).to_be_visible()
    await elsewhere.follow("Devices")
    await elsewhere.sees("Sign in")


async def test_a_password_is_changed(member: Person, elsewhere: Person) -> None:
    """By who knows the old one; every other device is signed out, and this one stays."""
    await member.follow("Password")
    await member.sees("Password")
    await member.fill(Current_password="a wrong one", New_password="an entirely other phrase")
    await member.press("Change password")
    field = member.tab.get_by_label("Current password", exact=True)
    await expect(field).to_have_accessible_description("The current password is wrong.")
    await member.fill(Current_password=PASSWORD)
    await member.press("Change password")
    await member.reads("Your password has been changed, and every other device is signed out.")
    await expect(field).to_have_value("")
    await elsewhere.follow("Devices")
    await elsewhere.sees("Sign in")
    await elsewhere.sign_in("an entirely other phrase")
    await elsewhere.sees("Hello, Ada")


async def test_a_profile_is_changed(member: Person) -> None:
    """All of it is there after a reload, and what is emptied is gone."""
    await member.fill(What_to_call_you="Countess", Phone_number="+49 30 123456", Last_name="")
    await member.tab.get_by_label("Time zone").select_option("Pacific/Kiritimati")
    await member.press("Save")
    await member.sees("Hello, Countess")
    await member.tab.reload()
    await member.sees("Hello, Countess")
    kept = {
        "First name": "Ada",
        "Last name": "",
        "What to call you": "Countess",
        "Phone number": "+4930123456",
    }
    for label, value in {**kept, "Time zone": "Pacific/Kiritimati"}.items():
        await expect(member.tab.get_by_label(label, exact=True)).to_have_value(value)


async def test_what_was_typed_is_text(member: Person) -> None:
    """Markup in a name is shown as it was typed, and does nothing."""
    markup = "<img src=x onerror=document.title='ran'>"
    await member.fill(What_to_call_you=markup)
    await member.press("Save")
    await member.sees(f"Hello, {markup}")
    await expect(member.content().locator("img")).to_have_count(0)


async def test_activity_is_told_page_after_page(member: Person) -> None:
    """In words, newest first; what a browser does by itself again and again is told once."""
    update = "mutation { account { updateProfile(input: {}) { success } } }"
    for query in [update] * 30 + [REFRESH] * 3:
        answer = await member.tab.request.post("/graphql", data={"query": query})
        assert "errors" not in await answer.json()
    await member.follow("Activity")
    await member.sees("Activity")
    events = member.content().locator("ol > li")
    await expect(events.first).to_contain_text("Stayed signed in 3 times")
    await expect(events.first).to_contain_text("HeadlessChrome on Linux")
    await expect(events).to_have_count(23)
    await member.press("Show older")
    await member.reads("13 more shown")
    await expect(events).to_have_count(36)
    await expect(events.last).to_contain_text("The account was created")
    await expect(member.tab.get_by_role("button", name="Show older")).to_be_hidden()

"""A tour of everything that the app can show, from the sign-in to the sign-out."""

from collections.abc import AsyncIterator

from playwright.async_api import expect

from tests.browser.person import Person
from tests.support.chromium import visiting

PHONE = (
    "Mozilla/5.0 (iPhone; CPU iPhone OS 17_4 like Mac OS X) AppleWebKit/605.1.15 Version/17.4 Safari/604.1"
)


async def tour(person: Person) -> AsyncIterator[str]:
    """Go through every page, and through what some of them show when something is wrong; name each stop."""
    async for stop in _as_a_guest(person):
        yield stop
    async for stop in _as_a_newcomer(person):
        yield stop
    async for stop in _as_a_member(person):
        yield stop


async def _as_a_guest(person: Person) -> AsyncIterator[str]:
    await person.open("/")
    await person.sees("Sign in")
    yield "sign-in"
    await person.press("Sign in")
    await expect(person.tab.get_by_role("alert")).to_contain_text("Password: Please fill this in.")
    yield "sign-in, with nothing typed"
    await person.sign_in("a wrong one")
    await expect(person.tab.get_by_role("alert")).to_contain_text("is wrong.")
    yield "sign-in, with a wrong password"
    await person.follow("Sign in with a code by mail")
    await person.sees("Sign in with a code")
    yield "sign-in-by-code"
    await person.open("/forgot-password")
    await person.sees("Forgot your password?")
    yield "forgot-password"
    await person.open("/sign-up")
    await person.sees("Create your account")
    yield "sign-up"
    await person.tab.get_by_label("E-mail address").fill(person.email)
    await person.fill(Password="12345678")
    await person.press("Create account")
    await expect(person.tab.get_by_text("one of the first that are guessed")).to_be_visible()
    yield "sign-up, with a weak password"


async def _as_a_newcomer(person: Person) -> AsyncIterator[str]:
    await person.sign_up()
    yield "verify"
    await person.fill(Code="1")
    await person.press("Continue")
    await expect(person.tab.get_by_text("The code is wrong.")).to_be_visible()
    yield "verify, with a wrong code"
    await person.open("/reset-password")
    await person.sees("Choose a new password")
    yield "reset-password"
    await person.tab.go_back()
    await person.sees("Enter your code")
    await person.enter_code()
    await person.sees("Welcome")
    yield "onboarding"
    await person.fill(First_name="Ada", Last_name="Lovelace")
    await person.press("Continue")
    await person.sees("Hello, Ada")


async def _as_a_member(person: Person) -> AsyncIterator[str]:
    yield "dashboard"
    await person.fill(Phone_number="123")
    await person.press("Save")
    await expect(person.tab.get_by_text("The phone number has to be written")).to_be_visible()
    yield "dashboard, with a wrong number"
    await person.fill(Phone_number="+49 30 123456")
    await person.press("Save")
    await person.reads("Saved.")
    yield "dashboard, saved"
    browser = person.tab.context.browser
    assert browser is not None
    async with visiting(browser, await person.tab.evaluate("origin"), user_agent=PHONE) as tab:
        phone = Person(tab, person.site)
        await phone.sign_in()
        await phone.sees("Hello, Ada")
    await person.follow("Devices")
    await person.sees("Devices")
    yield "sessions"
    await person.press("Sign out all other devices")
    await person.reads("Every other device is signed out.")
    yield "sessions, alone"
    await person.follow("Password")
    await person.sees("Password")
    yield "password"
    await person.follow("Activity")
    await person.sees("Activity")
    yield "activity"
    await person.sign_out()
    yield "sign-in, after a sign-out"

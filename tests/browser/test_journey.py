"""From the sign-up to the sign-out, and what is left after it: nothing."""

import asyncio
from typing import Any

import pytest
from playwright.async_api import Browser, expect

from tests.acceptance.client import BLACKLISTED, refusal
from tests.browser.mailbox import MailedSite
from tests.browser.person import Person
from tests.support.browser import ME, REFRESH
from tests.support.chromium import visiting
from tests.support.processes import ServerProcess
from web.cookies import NAMES

pytestmark = [pytest.mark.acceptance, pytest.mark.asyncio(loop_scope="session")]


async def ask(person: Person, query: str, *, bearer: str | None = None) -> Any:
    """Ask the server with the cookies of the person's browser, as a program would."""
    headers = {"Authorization": f"Bearer {bearer}"} if bearer else {}
    answer = await person.tab.request.post("/graphql", data={"query": query}, headers=headers)
    return await answer.json()


async def test_the_whole_journey(person: Person) -> None:
    """Sign-up, code, first steps, dashboard, sign-out; then every copy of what opened the door is refused."""
    await person.open("/dashboard")
    await person.sees("Sign in")
    await person.follow("Create an account")
    await person.sign_up()
    opened = (await person.enter_code())["data"]["otp"]["verify"]
    await person.sees("Welcome")
    await person.open("/dashboard")
    await person.sees("Welcome")
    await person.fill(First_name="Ada", Last_name="Lovelace")
    await person.press("Continue")
    await person.sees("Hello, Ada")
    held = await person.tab.context.cookies()
    assert {cookie["name"] for cookie in held} == set(NAMES)

    await person.sign_out()
    await person.reads("You are signed out.")
    assert await person.cookies() == {}
    copies: Any = held
    await person.tab.context.add_cookies(copies)
    assert refusal(await ask(person, ME, bearer=opened["accessToken"])) == BLACKLISTED
    assert refusal(await ask(person, ME)) == BLACKLISTED
    assert refusal(await ask(person, REFRESH)) == BLACKLISTED
    await person.open("/dashboard")
    await person.sees("Sign in")


async def test_signing_in_and_out(person: Person) -> None:
    """With the password, and for weeks if that is wanted; without it until the browser is closed."""
    await person.become_member()
    await person.sign_out()
    for remember in (True, False):
        await person.sign_in(remember=remember)
        await person.sees("Hello, Ada")
        expiries = {cookie["expires"] > 0 for cookie in await person.tab.context.cookies()}
        assert expiries == {remember}
        await person.sign_out()
    await person.open("/sessions")
    await person.sees("Sign in")


async def test_signing_in_by_code(person: Person) -> None:
    """No password: the address, the digits as they were copied, and in."""
    await person.become_member()
    await person.sign_out()
    await person.follow("Sign in with a code by mail")
    await person.sees("Sign in with a code")
    await person.tab.get_by_label("E-mail address").fill(person.email)
    await person.press("Send code")
    await person.sees("Enter your code")
    code = await person.code()
    field = person.tab.get_by_label("Code", exact=True)
    await expect(field).to_have_attribute("autocomplete", "one-time-code")
    await field.fill(f" {code[:3]} {code[3:]}\n")
    await field.press("Enter")
    await person.sees("Hello, Ada")


async def test_a_wrong_code_is_told_beside_its_field(person: Person) -> None:
    """And the next try may be the right one."""
    await person.sign_up()
    code = await person.code()
    await person.fill(Code=f"{(int(code) + 1) % 1_000_000:06}")
    await person.press("Continue")
    field = person.tab.get_by_label("Code", exact=True)
    await expect(field).to_be_focused()
    await expect(field).to_have_attribute("aria-invalid", "true")
    await expect(person.tab.get_by_text("The code is wrong.")).to_be_visible()
    await person.enter_code()
    await person.sees("Welcome")


async def test_another_code_can_be_sent_after_a_minute(person: Person) -> None:
    """Not before, as the server would send none; the button says how long that is."""
    await person.tab.clock.install()
    requests = person.count("RequestCode")
    await person.sign_up()
    button = person.tab.get_by_role("button", name="Send a new code")
    await expect(button).to_have_attribute("aria-disabled", "true")
    await expect(button).to_contain_text("in ")
    # Playwright waits with a disabled button, and a person does not.
    await button.dispatch_event("click")
    await person.tab.clock.fast_forward(61_000)
    await expect(button).not_to_have_attribute("aria-disabled", "true")
    await expect(button).to_have_text("Send a new code")
    assert requests == []
    await person.press("Send a new code")
    await person.reads("A new code is on its way.")
    await expect(person.tab.get_by_label("Code", exact=True)).to_be_focused()
    await expect(button).to_have_attribute("aria-disabled", "true")
    assert len(requests) == 1


async def test_signing_in_before_the_address_is_verified(person: Person) -> None:
    """The right password leads to the code that is still missing, which signs in."""
    await person.sign_up()
    await person.sign_in()
    await person.sees("Enter your code")
    await person.enter_code()
    await person.sees("Welcome")


async def test_a_forgotten_password(person: Person) -> None:
    """A code and a new password; the old one opens nothing any more."""
    # Made by an operator: within a minute of a sign-up, its address is sent no code for another password.
    await asyncio.to_thread(person.site.run_cli, "user", "create-development")
    person.email, old, new = "test@example.com", "password", "an entirely other phrase"
    await person.open("/sign-in")
    await person.follow("Forgot your password?")
    await person.tab.get_by_label("E-mail address").fill(person.email)
    await person.press("Send code")
    await person.sees("Choose a new password")
    await person.fill(Code=await person.code(), New_password=new)
    await person.press("Change password")
    await person.sees("Sign in")
    await person.reads("Your password has been changed. You can sign in with it now.")
    await expect(person.tab.get_by_label("E-mail address")).to_have_value(person.email)
    await person.sign_in(old)
    await expect(person.tab.get_by_role("alert")).to_have_text("The e-mail address or the password is wrong.")
    await person.sign_in(new)
    await person.sees("Welcome")


async def test_back_after_a_sign_out_shows_nothing_private(person: Person) -> None:
    """Every page that was seen leads to the sign-in, by the Back button and by a reload."""
    await person.become_member()
    for link in ("Devices", "Password", "Activity"):
        await person.follow(link)
        await person.sees(link)
    await person.sign_out()
    for _ in range(3):
        await person.tab.go_back()
        await person.sees("Sign in")
        await expect(person.content()).not_to_contain_text("Ada")
        await expect(person.tab.get_by_label("E-mail address")).to_have_value("")
    await person.tab.reload()
    await person.sees("Sign in")


async def test_a_page_that_was_put_aside_comes_back_empty(
    server: ServerProcess, site: MailedSite, keeping_chromium: Browser
) -> None:
    """A browser keeps a page whole for the Back button: it goes to sleep empty, and asks when it wakes."""
    async with visiting(keeping_chromium, server.base_url, locale="en-GB") as tab:
        person = Person(tab, site)
        await person.become_member()
        await tab.evaluate("""
            addEventListener("pageshow", ({ persisted }) => {
              window.woken = [persisted, document.querySelector("main").textContent];
            });
            location.href = "/healthz";
        """)
        await expect(tab.get_by_text("up")).to_be_visible()
        assert "errors" not in await ask(person, "mutation { auth { logout { success } } }")
        await tab.evaluate("history.back()")
        await person.sees("Sign in")
        assert await tab.evaluate("woken") == [True, ""]
        await expect(person.content()).not_to_contain_text("Ada")

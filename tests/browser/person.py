"""Somebody at a browser: what they see, and what they do with it."""

import asyncio
from collections.abc import Awaitable, Callable
from typing import Any

from playwright.async_api import Locator, Page, Request, Response, expect

from tests.browser.mailbox import MailedSite
from web.cookies import NAMES

PASSWORD = "correct horse battery staple"

# Asked from a page, with its cookies, until the server says so: there is no other way to know the moment.
_OUTLIVE = """
async () => {
  for (;;) {
    const response = await fetch("/graphql", {
      method: "POST",
      headers: { "Content-Type": "application/json" },
      body: JSON.stringify({ query: "{ me { id } }" }),
    });
    if ((await response.json()).errors?.[0].extensions.code === "TOKEN_EXPIRED") return;
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
}
"""


class Person:
    """One tab of a browser, and who sits at it."""

    def __init__(self, tab: Page, site: MailedSite, *, email: str = "ada@example.com") -> None:
        self.tab, self.site, self.email = tab, site, email

    async def open(self, address: str = "/") -> None:
        """Type an address."""
        await self.tab.goto(address)

    async def other_tab(self) -> "Person":
        """Open another tab of the same browser."""
        return Person(await self.tab.context.new_page(), self.site, email=self.email)

    async def sees(self, title: str) -> None:
        """Wait until a page of this title is there."""
        await expect(self.tab.get_by_role("heading", level=1, name=title, exact=True)).to_be_visible()

    async def reads(self, text: str) -> None:
        """Wait until it is told above the page."""
        await expect(self.tab.get_by_role("status")).to_have_text(text)

    async def fill(self, **values: str) -> None:
        """Fill fields, which are named by their labels, with `_` for a space."""
        for label, value in values.items():
            await self.tab.get_by_label(label.replace("_", " "), exact=True).fill(value)

    async def press(self, button: str) -> None:
        """Press a button."""
        await self.tab.get_by_role("button", name=button, exact=True).click()

    async def follow(self, link: str) -> None:
        """Follow a link."""
        await self.tab.get_by_role("link", name=link, exact=True).click()

    async def sign_up(self, password: str = PASSWORD) -> None:
        """Create an account, as far as the question for the code."""
        await self.open("/sign-up")
        await self.tab.get_by_label("E-mail address").fill(self.email)
        await self.fill(Password=password)
        await self.press("Create account")
        await self.sees("Enter your code")

    async def enter_code(self) -> Any:
        """Enter the code of the newest mail, and give what the server answers."""
        await self.fill(Code=await self.code())
        return await self.answer(lambda: self.press("Continue"))

    async def become_member(self) -> None:
        """Sign up, enter the code and take the first steps."""
        await self.sign_up()
        await self.enter_code()
        await self.sees("Welcome")
        await self.fill(First_name="Ada", Last_name="Lovelace")
        await self.press("Continue")
        await self.sees("Hello, Ada")

    async def sign_in(self, password: str = PASSWORD, *, remember: bool = False) -> Any:
        """Sign in with a password, and give what the server answers."""
        await self.open("/sign-in")
        await self.tab.get_by_label("E-mail address").fill(self.email)
        await self.fill(Password=password)
        if remember:
            await self.tab.get_by_label("Keep me signed in").check()
        return await self.answer(lambda: self.press("Sign in"))

    async def sign_out(self) -> None:
        """Sign out."""
        await self.press("Sign out")
        await self.sees("Sign in")

    async def code(self) -> str:
        """Read the code of the newest mail."""
        return await asyncio.to_thread(self.site.code_from_mail, self.email)

    async def answer(self, act: Callable[[], Awaitable[None]]) -> Any:
        """Do something and give what the server answers to it."""
        async with self.tab.expect_response("**/graphql") as response:
            await act()
        return await (await response.value).json()

    async def outlive_token(self) -> None:
        """Wait until the access token is over."""
        await self.tab.evaluate(_OUTLIVE)

    async def cookies(self) -> dict[str, str]:
        """Give the cookies of the browser, which no script may see."""
        held: list[Any] = await self.tab.context.cookies()
        assert all(cookie["httpOnly"] for cookie in held)
        assert {cookie["name"] for cookie in held} in (set(), set(NAMES))
        return {cookie["name"]: cookie["value"] for cookie in held}

    def content(self) -> Locator:
        """Give the place of the page's content."""
        return self.tab.get_by_role("main")

    def count(self, operation: str) -> list[Request]:
        """Collect from now on the requests by which any tab of the browser runs an operation."""
        requests: list[Request] = []

        def see(response: Response) -> None:
            if f" {operation}" in (response.request.post_data or ""):
                requests.append(response.request)

        self.tab.context.on("response", see)
        return requests

"""The two pages of the playground, as the person at the browser uses them."""

from typing import Any

from playwright.async_api import Locator, Page, expect


class PlainPage:
    """The page of a server for which nobody has built GraphiQL."""

    def __init__(self, tab: Page) -> None:
        self.tab = tab
        self.answer = tab.get_by_role("status")
        self.examples = tab.get_by_role("navigation", name="Examples").get_by_role("button")
        self.runner = tab.get_by_role("button", name="Run")

    async def open(self) -> None:
        """Go there, and wait until everything is there that the page asks the server for."""
        await self.tab.goto("/graphql")
        await expect(self.examples.first).to_be_visible()
        await expect(self.tab.locator("#schema")).not_to_be_empty()

    async def choose(self, example: str) -> None:
        """Choose an example."""
        await self.examples.filter(has_text=example).click()

    async def type(self, operation: str) -> None:
        """Type an operation in the place of the one that is there."""
        await self.tab.get_by_label("Operation").fill(operation)

    async def run(self) -> Any:
        """Run what is there, and give the body of the answer."""
        async with self.tab.expect_response("**/graphql") as response:
            await self.runner.click()
        return await (await response.value).json()

    async def look_up_login(self) -> None:
        """Look for signing in where the schema is shown."""
        await self.tab.get_by_text("Schema", exact=True).click()


class GraphiQL(PlainPage):
    """The page that `make playground` builds."""

    def __init__(self, tab: Page) -> None:
        super().__init__(tab)
        self.answer = tab.get_by_label("Result Window")
        self.examples = tab.get_by_role("tab")
        self.runner = tab.get_by_role("button", name="Execute query")
        self.editor = tab.get_by_label("Operation Editor")

    async def open(self) -> None:
        """Go there, and wait until everything is there that the page asks the server for."""
        await self.tab.goto("/graphql")
        for editor in (self.editor, self.answer):
            await expect(editor.get_by_role("code")).to_be_visible()
        await expect(self._link("Mutation")).to_be_visible()

    async def choose(self, example: str) -> None:
        """Choose an example, each of which has a tab."""
        await super().choose(example)
        await expect(self.examples.filter(has_text=example)).to_have_attribute("aria-selected", "true")

    async def type(self, operation: str) -> None:
        """Type an operation in the place of the one that is there."""
        await self.editor.locator(".view-lines").click()
        for key in ("Control+A", "Delete"):
            await self.tab.keyboard.press(key)
        await self.tab.keyboard.insert_text(operation)

    async def look_up_login(self) -> None:
        """Look for signing in where the schema is shown."""
        for name in ("Mutation", "AuthMutations"):
            await self._link(name).click()

    def _link(self, name: str) -> Locator:
        return self.tab.get_by_role("link", name=name, exact=True)

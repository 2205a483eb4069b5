"""Applications of a test's own: one after the other, as Tortoise keeps one global context in a process."""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass

from quart import Quart

from models import Role
from services import Services
from settings import Settings
from tests.support.browser import EMAIL, PASSWORD, Browser


@dataclass(frozen=True)
class Server:
    """A running application, its services, and a way to open browsers that are closed with it."""

    app: Quart
    services: Services
    new_browser: Callable[[], Browser]

    async def add_user(self, email: str = EMAIL, role: Role = Role.USER) -> None:
        """Make a user with the password of the tests."""
        await self.services.users.create(
            email=email, password=PASSWORD, role=role, first_name="Ada", last_name="Lovelace"
        )


@asynccontextmanager
async def running(
    make_app: Callable[[Settings], Quart], settings: Settings, **changes: object
) -> AsyncIterator[Server]:
    """Run an application with some settings changed, until the block ends."""
    app = await asyncio.to_thread(make_app, settings.model_copy(update=changes))
    async with app.test_app(), AsyncExitStack() as stack:

        def new_browser() -> Browser:
            browser = Browser(app)
            stack.push_async_callback(browser.http.aclose)
            return browser

        yield Server(app, app.extensions["services"], new_browser)

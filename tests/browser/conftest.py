"""What every test of the app starts from: a site with a running server, and somebody at a browser."""

from collections.abc import AsyncIterator, Callable
from pathlib import Path

import pytest
import pytest_asyncio
from playwright.async_api import Browser, expect

from tests.acceptance.site import SETTINGS
from tests.browser.mailbox import MailedSite
from tests.browser.person import Person
from tests.support import databases
from tests.support.chromium import running_chromium, visiting
from tests.support.ports import free_port
from tests.support.processes import ServerProcess
from tests.support.smtp import Catcher

PATIENCE = 30_000
"""How many milliseconds a page may take on a busy machine. No test waits for less, or for nothing."""


@pytest.fixture(scope="session", autouse=True)
def _patience() -> None:
    expect.set_options(timeout=PATIENCE)


@pytest.fixture
def port() -> int:
    """Choose the port of the site, at which it is found again after each restart."""
    return free_port()


@pytest.fixture
def site(
    port: int,
    sqlite_template: Path,
    tmp_path: Path,
    start_server: Callable[..., ServerProcess],
    catcher: Catcher,
) -> MailedSite:
    """Give a site without a running server. What the app shows does not depend on the database."""
    settings = {
        **SETTINGS,
        "LATCHKEY_PUBLIC_URL": f"http://127.0.0.1:{port}",
        "LATCHKEY_DATABASE_URL": databases.copy_sqlite(sqlite_template, tmp_path),
        "LATCHKEY_SMTP_URL": catcher.url,
    }
    return MailedSite(settings, tmp_path, start_server, None, catcher)


@pytest.fixture
def server(site: MailedSite, port: int) -> ServerProcess:
    """Start the server of the site."""
    return site.start(port=port)


@pytest_asyncio.fixture(scope="session", loop_scope="session")
async def keeping_chromium() -> AsyncIterator[Browser]:
    """Run a Chromium that keeps pages whole for the Back button, as everybody's does but Playwright's."""
    async with running_chromium(ignore_default_args=["--disable-back-forward-cache"]) as browser:
        yield browser


@pytest_asyncio.fixture(loop_scope="session")
async def person(server: ServerProcess, site: MailedSite, chromium: Browser) -> AsyncIterator[Person]:
    """Give somebody who has opened a browser, and has no account yet."""
    async with visiting(chromium, server.base_url, locale="en-GB") as tab:
        yield Person(tab, site)

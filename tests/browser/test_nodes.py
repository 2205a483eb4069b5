"""Three nodes behind a load balancer: each is killed and replaced, and nobody at a browser sees it."""

import asyncio
from collections.abc import AsyncIterator, Callable
from pathlib import Path

import pytest
import pytest_asyncio
from playwright.async_api import Browser, expect

from tests.acceptance.site import SETTINGS
from tests.browser.mailbox import MailedSite
from tests.browser.person import Person
from tests.support.balancer import Balancer, balancing
from tests.support.chromium import visiting
from tests.support.postgres import Postgres
from tests.support.processes import ServerProcess
from tests.support.smtp import Catcher
from tests.support.valkey import Valkey

pytestmark = [
    pytest.mark.acceptance,
    pytest.mark.asyncio(loop_scope="session"),
    pytest.mark.parametrize("backend", ["postgres"], indirect=True),
]


@pytest.fixture
def site(
    port: int,
    postgres: Postgres,
    database_url: str,
    valkey: Valkey,
    tmp_path: Path,
    start_server: Callable[..., ServerProcess],
    catcher: Catcher,
) -> MailedSite:
    """Give a site for several nodes, whose access tokens are over after some seconds."""
    settings = {
        **SETTINGS,
        "LATCHKEY_PUBLIC_URL": f"http://127.0.0.1:{port}",
        "LATCHKEY_DATABASE_URL": database_url,
        "LATCHKEY_VALKEY_URL": valkey.url,
        "LATCHKEY_SMTP_URL": catcher.url,
        "LATCHKEY_ACCESS_TTL": "5",
    }
    return MailedSite(settings, tmp_path, start_server, postgres, catcher)


@pytest.fixture
def nodes(site: MailedSite) -> list[ServerProcess]:
    """Start the nodes."""
    return [site.start() for _ in range(3)]


@pytest_asyncio.fixture(loop_scope="session")
async def balancer(port: int, nodes: list[ServerProcess]) -> AsyncIterator[Balancer]:
    """Put a load balancer in front of them."""
    async with balancing(port, [node.port for node in nodes]) as balancer:
        yield balancer


async def look_around(person: Person) -> None:
    """Go from page to page, save something, and load a page anew."""
    await person.follow("Devices")
    await person.sees("Devices")
    await expect(person.content().get_by_text("This device")).to_be_visible()
    await person.follow("Activity")
    await person.sees("Activity")
    await expect(person.content().get_by_text("The account was created")).to_be_visible()
    await person.follow("Overview")
    await person.press("Save")
    await person.reads("Saved.")
    await person.tab.reload()
    await person.sees("Hello, Ada")


async def test_every_node_is_killed_and_replaced_unnoticed(
    site: MailedSite, nodes: list[ServerProcess], balancer: Balancer, port: int, chromium: Browser
) -> None:
    """With one gone, and again with its replacement, pages go on, also where the token has to be renewed.

    Each has connections of the browser when it is killed. That nothing is seen of it is proved by `visiting`:
    no request fails, and nothing is written to the console.
    """
    async with visiting(chromium, f"http://127.0.0.1:{port}", locale="en-GB") as tab:
        person = Person(tab, site)
        await person.become_member()
        refreshes = person.count("Refresh")
        for node in nodes:
            assert balancer.open[node.port] > 0
            await asyncio.to_thread(node.kill)
            await person.outlive_token()
            await look_around(person)
            await asyncio.to_thread(site.start, port=node.port)
            await look_around(person)
        assert len(refreshes) >= len(nodes)
    sessions = "SELECT count(*) FROM sessions"
    assert await asyncio.to_thread(site.number, sessions) == 1
    ended = "SELECT count(*) FROM sessions WHERE revoked_at IS NOT NULL"
    assert await asyncio.to_thread(site.number, ended) == 0

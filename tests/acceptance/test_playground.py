"""The playground in a real browser: GraphiQL where it was built, the plain page where it was not."""

import fcntl
import os
import subprocess
from collections.abc import AsyncIterator, Iterator

import pytest
import pytest_asyncio
from playwright.async_api import Browser, expect

from tests.acceptance.pages import GraphiQL, PlainPage
from tests.acceptance.site import Site
from tests.support import ROOT
from tests.support.chromium import visiting
from tests.support.ports import free_port
from tests.support.processes import ServerProcess
from web.cookies import NAMES

pytestmark = [
    pytest.mark.acceptance,
    pytest.mark.asyncio(loop_scope="session"),
    # What a page shows does not depend on the database.
    pytest.mark.parametrize("backend", ["sqlite"], indirect=True),
]

LAUNCHERS: dict[type[PlainPage], str] = {
    GraphiQL: "tests.support.blockbusted",
    PlainPage: "tests.support.without_graphiql",
}
ONLY_GRAPHIQL = pytest.mark.parametrize("kind", [GraphiQL], indirect=True)

STORY = ["register", "login", "me", "refresh", "logout"]
"""What the examples tell, whatever else is among them."""

LOGIN = 'mutation { auth { login(input: {email: "test@example.com", password: "password"}) { success } } }'


@pytest.fixture(scope="session")
def graphiql() -> None:
    """Build GraphiQL, unless it is built; the workers of pytest-xdist wait for each other."""
    folder = os.open(ROOT / "web" / "playground_app", os.O_RDONLY)
    try:
        fcntl.flock(folder, fcntl.LOCK_EX)
        done = subprocess.run(
            ["/usr/bin/env", "make", "--no-print-directory", "playground"],
            cwd=ROOT,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            check=False,
        )
    finally:
        os.close(folder)
    assert done.returncode == 0, done.stdout


@pytest.fixture(params=LAUNCHERS, ids=lambda kind: kind.__name__)
def kind(request: pytest.FixtureRequest) -> type[PlainPage]:
    """Run the test once for each page."""
    if request.param is GraphiQL:
        request.getfixturevalue("graphiql")
    chosen: type[PlainPage] = request.param
    return chosen


@pytest.fixture
def server(kind: type[PlainPage], site: Site) -> Iterator[ServerProcess]:
    """Start a server that serves the page; whatever the browser sends it, nothing goes wrong in it."""
    port = free_port()
    settings = {**site.settings, "LATCHKEY_PUBLIC_URL": f"http://127.0.0.1:{port}"}
    server = site.start_process(settings, workdir=site.workdir, port=port, launcher=LAUNCHERS[kind])
    yield server
    assert " ERROR " not in server.log_text()


@pytest_asyncio.fixture(loop_scope="session")
async def page(kind: type[PlainPage], server: ServerProcess, chromium: Browser) -> AsyncIterator[PlainPage]:
    """Go to the page."""
    async with visiting(chromium, server.base_url) as tab:
        page = kind(tab)
        await page.open()
        yield page


async def cookies(page: PlainPage) -> set[str]:
    """Give the names of the cookies that the browser holds, none of which a script may see."""
    held = await page.tab.context.cookies()
    assert all(cookie["httpOnly"] for cookie in held)
    return {cookie["name"] for cookie in held}


async def test_signing_in_and_out(page: PlainPage) -> None:
    """The browser keeps the cookies: who typed a login is somebody, until they sign out."""
    await page.choose("me")
    await page.run()
    await expect(page.answer).to_contain_text('"me": null')
    await page.choose("login")
    await page.type(LOGIN)
    await page.run()
    await expect(page.answer).to_contain_text('"success": true')
    assert await cookies(page) == set(NAMES)
    await page.choose("me")
    await page.run()
    await expect(page.answer).to_contain_text('"email": "test@example.com"')
    await page.choose("logout")
    await page.run()
    await expect(page.answer).to_contain_text('"revokedSessions": 1')
    assert await cookies(page) == set()
    await page.choose("me")
    await page.run()
    await expect(page.answer).to_contain_text('"me": null')


async def test_the_examples_work_one_after_the_other(page: PlainPage) -> None:
    """Each is answered without an error, in the order in which they are offered."""
    names = [name.lower() for name in await page.examples.all_inner_texts()]
    assert [name for name in names if name in STORY] == STORY
    for name in names:
        await page.choose(name)
        body = await page.run()
        assert set(body) == {"data"}, (name, body)
        assert [payload["success"] for payload in body["data"].get("auth", {}).values()] in ([], [True])


async def test_the_schema_can_be_read(page: PlainPage) -> None:
    """With its descriptions, which are the documentation."""
    await page.look_up_login()
    await expect(page.tab.get_by_text("Sign in with e-mail and password.")).to_be_visible()


@ONLY_GRAPHIQL
async def test_the_editor_knows_the_schema(page: GraphiQL) -> None:
    """It underlines, explains and completes: its workers, and all that it draws, are within the policy."""
    await page.type("{ me { nothing } }")
    await expect(page.editor.locator(".squiggly-error")).to_be_visible()
    await page.editor.get_by_text("me", exact=True).hover()
    await expect(page.tab.get_by_text("The person whose access token is presented")).to_be_visible()
    await page.type("{ me { ")
    await page.tab.keyboard.type("ema")
    await expect(page.tab.get_by_role("option", name="email")).to_be_visible()


@ONLY_GRAPHIQL
async def test_what_was_typed_ends_with_the_tab(page: GraphiQL) -> None:
    """It may be a password: it is there after a reload, and nothing of it is stored for longer."""
    await page.type("{ me { id } }")
    await page.run()
    await page.open()
    await expect(page.editor).to_contain_text("{ me { id } }")
    assert await page.tab.evaluate("localStorage.length") == 0

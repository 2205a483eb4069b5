"""The client for web pages against a real server: from Node, and from the pages that its README shows."""

import re
import shutil
import subprocess
from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import pytest
import pytest_asyncio
from playwright.async_api import Browser, BrowserContext, Page, expect

from tests.acceptance.site import Site
from tests.support import ROOT
from tests.support.files import serving
from tests.support.npm import CLIENT, Npm

pytestmark = [
    pytest.mark.acceptance,
    # What a client sees does not depend on the database.
    pytest.mark.parametrize("backend", ["sqlite"], indirect=True),
]
in_chromium = pytest.mark.asyncio(loop_scope="session")

README = (CLIENT / "README.md").read_text()
SERVER, PAGE = "localhost:8000", "localhost:5173"
"""Where the README has the server and the page."""

AT_ONCE = 1000
"""How long a tab may take to hear what another one did, in milliseconds."""

MAIN = """
import { StrictMode } from "react";
import { createRoot } from "react-dom/client";
import App from "./App.jsx";

createRoot(document.querySelector("main")).render(<StrictMode><App /></StrictMode>);
"""


def block(title: str) -> str:
    """Give the block of the README that has this title, in its very words."""
    (found,) = re.findall(rf'^```\w+ title="{title}"\n(.*?)^```$', README, re.MULTILINE | re.DOTALL)
    return str(found)


def lines(language: str) -> list[str]:
    """Give the lines of the blocks without a title in this language."""
    blocks = re.findall(rf"^```{language}\n(.*?)^```$", README, re.MULTILINE | re.DOTALL)
    return "".join(blocks).splitlines()


def test_the_library_does_what_it_says(site: Site, node: Npm) -> None:
    """Sign-in, refresh, sign-out and all the rest of it, from Node with a jar of cookies."""
    server = site.start(LATCHKEY_LIMIT_OTP="1000/minute", LATCHKEY_LIMIT_REGISTER="1000/minute")
    report = node.run(
        "node", "--test", "--test-reporter=tap", "tests/real_server.js", LATCHKEY_URL=server.base_url
    )
    assert "\n# pass 6\n" in report
    assert " ERROR " not in server.log_text()


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Make a directory beside a checkout, empty but for the icon that browsers ask for."""
    (tmp_path / "latchkey").symlink_to(ROOT)
    (tmp_path / "page").mkdir()
    (tmp_path / "page" / "favicon.ico").touch()
    return tmp_path / "page"


@pytest.fixture
def origin(folder: Path) -> Iterator[str]:
    """Serve the directory from an origin of its own."""
    with serving(folder) as port:
        yield f"http://localhost:{port}"


@pytest.fixture
def url(site: Site, origin: str) -> str:
    """Start a server that allows that origin."""
    return f"localhost:{site.start(LATCHKEY_ALLOWED_ORIGINS=origin).port}"


@pytest_asyncio.fixture(loop_scope="session")
async def profile(chromium: Browser, origin: str) -> AsyncIterator[BrowserContext]:
    """Open a browser without cookies, in which nothing may go wrong that a console would tell."""
    context = await chromium.new_context(base_url=origin)
    faults: list[str] = []
    context.on("console", lambda message: faults.append(f"{message.type}: {message.text}"))
    context.on("weberror", lambda error: faults.append(f"exception: {error.error}"))
    yield context
    await context.close()
    assert [fault for fault in faults if "React DevTools" not in fault] == []


async def _sign_in(page: Page, password: str = "password") -> None:
    await page.get_by_label("E-mail").fill("test@example.com")
    await page.get_by_label("Password").fill(password)
    await page.get_by_role("button", name="Sign in").click()


@pytest.fixture
def plain_page(folder: Path, url: str) -> None:
    """Do what the README says for plain HTML, to the letter but for the ports."""
    allow, make, copy, serve = lines("sh")
    assert allow == f"LATCHKEY_ALLOWED_ORIGINS=http://{PAGE} make serve"
    assert serve == f"python3 -m http.server {PAGE.partition(':')[2]}"
    for line in (make, copy):
        subprocess.run(["/bin/bash", "-c", line], cwd=folder, check=True)
    snippet = block("index.html")
    assert snippet.count(SERVER) == 1
    (folder / "index.html").write_text(snippet.replace(SERVER, url))


@in_chromium
@pytest.mark.usefixtures("plain_page")
async def test_the_plain_page_works_as_it_is_shown(profile: BrowserContext) -> None:
    """Copied into an empty directory and served from an allowed origin: sign in, me, refresh and sign out."""
    first = await profile.new_page()
    await first.goto("/")
    status = first.get_by_role("status")
    await expect(status).to_have_text("Signed out")
    await _sign_in(first, "a wrong one")
    await expect(status).to_have_text("The e-mail address or the password is wrong.")
    await _sign_in(first)
    await expect(status).to_have_text("Signed in as test@example.com")
    await first.get_by_role("button", name="Refresh").click()
    await expect(status).to_have_text("Refreshed")
    await first.get_by_role("button", name="Who am I?").click()
    await expect(status).to_have_text("Signed in as test@example.com")
    assert await first.evaluate("document.cookie + localStorage.length + sessionStorage.length") == "00"

    second = await profile.new_page()
    await second.goto("/")
    await expect(second.get_by_role("status")).to_have_text("Signed in as test@example.com")
    await second.get_by_role("button", name="Sign out").click()
    for page in (first, second):
        await expect(page.get_by_role("status")).to_have_text("Signed out", timeout=AT_ONCE)
    await first.reload()
    await expect(status).to_have_text("Signed out")


@pytest.fixture
def react_app(folder: Path, url: str, node: Npm) -> None:
    """Bundle the hook and the app around it, as Vite does."""
    (folder / "node_modules").symlink_to(node.packages)
    shutil.copytree(CLIENT, folder / "latchkey", ignore=shutil.ignore_patterns("node_modules"))
    for title in ("auth.jsx", "App.jsx"):
        (folder / title).write_text(block(title))
    (folder / "main.jsx").write_text(MAIN)
    (folder / "index.html").write_text("<main></main><script type=module src=main.js></script>")
    origin = f'import.meta.env.VITE_LATCHKEY_URL="http://{url}"'
    options = ("--bundle", "--format=esm", "--jsx=automatic", "--log-level=warning", f"--define:{origin}")
    node.run("esbuild", "main.jsx", "--outfile=main.js", *options, cwd=folder)


@in_chromium
@pytest.mark.usefixtures("react_app")
async def test_the_react_app_works_as_it_is_shown(profile: BrowserContext) -> None:
    """In React's strict mode: two tabs sign in together and out together."""
    first, second = await profile.new_page(), await profile.new_page()
    await first.goto("/")
    await second.goto("/")
    await _sign_in(first, "a wrong one")
    await expect(first.get_by_role("alert")).to_have_text("The e-mail address or the password is wrong.")
    await _sign_in(first)
    for page in (first, second):
        await expect(page.get_by_text("Hello Test.")).to_be_visible()
    await first.reload()
    await first.get_by_role("button", name="Sign out").click()
    for page in (first, second):
        await expect(page.get_by_label("Password")).to_be_visible(timeout=AT_ONCE)

"""The app's pages and files: the same in development and production, and nothing else below their names."""

import asyncio
import re
from collections.abc import AsyncIterator, Callable

import httpx
import pytest
import pytest_asyncio
from quart import Quart

from settings import Settings
from tests.web.serving import ONE_BACKEND, codes, production, serving
from web.app import CLIENT, PAGES

pytestmark = ONE_BACKEND

POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; img-src 'self';"
    " base-uri 'none'; form-action 'none'; frame-ancestors 'none';"
    " require-trusted-types-for 'script'; trusted-types 'none'"
)
HTML = "text/html; charset=utf-8"
MODULES = {
    f"/client/{path.relative_to(CLIENT).as_posix()}"
    for pattern in ("*.js", "app/**/*.js")
    for path in CLIENT.glob(pattern)
}
"""Every module of the library and of the app."""


@pytest_asyncio.fixture(params=["development", "production"])
async def client(
    request: pytest.FixtureRequest, make_app: Callable[[Settings], Quart], settings: Settings
) -> AsyncIterator[httpx.AsyncClient]:
    """Ask a server in development, and one in production."""
    is_live = request.param == "production"
    chosen = await asyncio.to_thread(production, settings) if is_live else settings
    async with serving(make_app, chosen) as client:
        yield client


async def test_every_page_has_an_address(client: httpx.AsyncClient) -> None:
    """All of them are one document, in which the app looks at the address. A browser may keep it."""
    assert len(PAGES) == 12
    documents = set()
    for address in PAGES:
        page = await client.get(address)
        assert (address, page.status_code, page.headers["Content-Type"]) == (address, 200, HTML)
        assert page.headers["Content-Security-Policy"] == POLICY
        assert page.headers["Cache-Control"] == "no-cache"
        assert page.headers["X-Content-Type-Options"] == "nosniff"
        assert "Set-Cookie" not in page.headers
        documents.add(page.text)
    (document,) = documents
    assert re.findall(r"<style|<script(?![^>]* src=)| on\w+=| style=|https?:", document) == []


async def test_the_app_and_the_server_know_the_same_pages(http: httpx.AsyncClient) -> None:
    """A page that is not in the app's own list would be a document that shows nothing."""
    source = (await http.get("/client/app/pages.js")).text
    assert set(re.findall(r'^  "(/[\w-]+)":', source, re.MULTILINE)) == set(PAGES) - {"/"}


async def test_everything_that_the_document_names_is_there(client: httpx.AsyncClient) -> None:
    """From our own origin, of the type that it is loaded as, under the same policy."""
    document = (await client.get("/")).text
    named = re.findall(r'(?:href|src)="([^"]+)"', document)
    kinds = {
        ".css": "text/css; charset=utf-8",
        ".js": "text/javascript; charset=utf-8",
        ".svg": "image/svg+xml",
    }
    for path in named:
        asset = await client.get(path)
        assert (path, asset.status_code) == (path, 200)
        assert asset.headers["Content-Type"] == kinds[path[path.rindex(".") :]]
        assert asset.headers["Content-Security-Policy"] == POLICY
        assert asset.headers["Cache-Control"] == "no-cache"
    # Every module is named, so that none has to wait until another has asked for it.
    assert {path for path in named if path.endswith(".js")} == MODULES


async def test_the_library_and_its_operations_can_be_imported(http: httpx.AsyncClient) -> None:
    """As files of their own, which others may use who use nothing else of the app."""
    library = await http.get("/client/latchkey.js")
    assert "export function createClient" in library.text
    operation = await http.get("/client/operations/login.graphql")
    assert operation.headers["Content-Type"] == "application/graphql; charset=utf-8"
    assert "mutation Login" in operation.text


@pytest.mark.parametrize("path", ["/", "/sign-in", "/client/app/main.js"])
async def test_what_has_not_changed_is_not_sent_again(http: httpx.AsyncClient, path: str) -> None:
    """A browser asks each time, so that a page never meets the modules of another release."""
    first = await http.get(path)
    again = await http.get(path, headers={"If-None-Match": first.headers["ETag"]})
    assert (again.status_code, again.content) == (304, b"")
    assert again.headers["ETag"] == first.headers["ETag"]
    other = await http.get(path, headers={"If-None-Match": '"another"'})
    assert (other.status_code, other.content) == (200, first.content)


async def test_a_link_in_a_mail_leads_to_the_app(http: httpx.AsyncClient) -> None:
    """Also from a mail program that is a web page of another site; a frame there shows nothing."""
    link = {"Sec-Fetch-Site": "cross-site", "Sec-Fetch-Mode": "navigate", "Sec-Fetch-Dest": "document"}
    assert (await http.get("/", headers=link)).headers["Content-Type"] == HTML
    framed = await http.get("/", headers={**link, "Sec-Fetch-Dest": "iframe"})
    assert (framed.status_code, codes(framed)) == (403, ["CSRF_REJECTED"])


@pytest.mark.parametrize(
    "path",
    [
        "/sign-in/",
        "/sign-in.js",
        "/pages",
        "/client",
        "/client/",
        "/client/app",
        "/client/app/",
        "/client/app/index.html",
        "/client/app/tsconfig.json",
        "/client/package.json",
        "/client/tests/alarm.test.js",
        "/client/tools/operations.js",
        "/client/../server.py",
        "/client/..%2fserver.py",
        "/client/%2e%2e/server.py",
        "/client/app/..%2f..%2fserver.py",
        "/client//app/main.js",
        "/CLIENT/app/main.js",
    ],
)
async def test_nothing_else_is_served(http: httpx.AsyncClient, path: str) -> None:
    """The files are known by name; a path leads nowhere, and what is no page is no document either."""
    answer = await http.get(path)
    assert (path, answer.status_code, codes(answer)) == (path, 404, ["BAD_USER_INPUT"])


@pytest.mark.parametrize("method", ["POST", "PUT", "DELETE", "OPTIONS"])
@pytest.mark.parametrize("path", ["/", "/sign-in", "/client/latchkey.js"])
async def test_pages_are_read_and_nothing_else(http: httpx.AsyncClient, method: str, path: str) -> None:
    """A form that a script did not stop would send a password to an address: there is nobody to take it."""
    answer = await http.request(method, path)
    assert (answer.status_code, codes(answer)) == (405, ["BAD_USER_INPUT"])
    assert set(answer.headers["Allow"].split(", ")) == {"GET", "HEAD"}

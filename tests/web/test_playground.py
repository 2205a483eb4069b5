"""The playground: in development a page of our own origin, in production nothing at all."""

import re

import httpx
import pytest

from tests.web.serving import GRAPHQL, ONE_BACKEND, codes, send

pytestmark = ONE_BACKEND

POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self';"
    " base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
)
BROWSER = "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8"


async def test_a_browser_is_given_the_page(http: httpx.AsyncClient) -> None:
    """It has no script and no style of its own inside, so that a strict policy may stand over it."""
    page = await send(http, [("Accept", BROWSER)], method="GET")
    assert (page.status_code, page.headers["Content-Type"]) == (200, "text/html; charset=utf-8")
    assert page.headers["Content-Security-Policy"] == POLICY
    assert page.headers["X-Content-Type-Options"] == "nosniff"
    assert page.headers["Cross-Origin-Opener-Policy"] == "same-origin"
    assert page.headers["Cache-Control"] == "no-store"
    assert "Latchkey playground" in page.text
    assert re.findall(r"<style|<script(?![^>]* src=)| on\w+=| style=|https?:", page.text) == []


async def test_everything_that_the_page_loads_is_there(http: httpx.AsyncClient) -> None:
    """From our own origin, of the type that it is loaded as."""
    page = await send(http, [("Accept", BROWSER)], method="GET")
    loaded = re.findall(r'(?:href|src)="([^"]+)"', page.text)
    kinds = {}
    for path in loaded:
        asset = await http.get(path)
        assert asset.status_code == 200
        assert asset.headers["Content-Security-Policy"] == POLICY
        assert asset.content != b""
        kinds[path] = asset.headers["Content-Type"]
    assert kinds == {
        "/playground/style.css": "text/css; charset=utf-8",
        "/playground/playground.js": "text/javascript; charset=utf-8",
    }


@pytest.mark.parametrize("name", ["nothing.js", "..%2froutes.py", "%2e%2e/routes.py", "../routes.py"])
async def test_nothing_else_is_served(http: httpx.AsyncClient, name: str) -> None:
    """The files are known by name; a path leads nowhere."""
    answer = await http.get(f"/playground/{name}")
    assert (answer.status_code, codes(answer)) == (404, ["BAD_USER_INPUT"])


@pytest.mark.parametrize("accept", [None, "*/*", "application/json", "text/*", "text/html;q=0"])
async def test_a_program_is_told_to_post(http: httpx.AsyncClient, accept: str | None) -> None:
    """Only who asks for HTML by name is a browser."""
    headers = [("Accept", accept)] if accept else []
    answer = await send(http, headers, method="GET")
    assert (answer.status_code, codes(answer)) == (405, ["BAD_USER_INPUT"])
    assert "POST" in answer.headers["Allow"]


async def test_in_production_there_is_none(live: httpx.AsyncClient) -> None:
    """Neither the page, nor what it loads, nor introspection, nor hints that tell as much."""
    page = await send(live, [("Accept", BROWSER)], method="GET")
    assert (page.status_code, codes(page)) == (405, ["BAD_USER_INPUT"])
    assert (await live.get("/playground/playground.js")).status_code == 404
    for query in ("{ __schema { types { name } } }", "{ mee { id } }"):
        answer = await live.post(GRAPHQL, json={"query": query})
        assert set(codes(answer)) == {"GRAPHQL_VALIDATION_FAILED"}
        assert "data" not in answer.json()
        assert "Did you mean" not in answer.text


async def test_in_development_the_schema_can_be_read(http: httpx.AsyncClient) -> None:
    """With its descriptions, which are the documentation."""
    answer = await http.post(GRAPHQL, json={"query": '{ __type(name: "User") { name description } }'})
    assert answer.json() == {"data": {"__type": {"name": "User", "description": "A person with an account."}}}

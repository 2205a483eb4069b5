"""The playground: in development a page of our own origin, in production nothing at all."""

import re
from pathlib import Path

import httpx
import pytest

from tests.web.serving import GRAPHQL, ONE_BACKEND, codes, send
from web import playground

pytestmark = ONE_BACKEND

POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; connect-src 'self';"
    " base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
)
GRAPHIQL_POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self' 'nonce-{nonce}'; img-src 'self' data:;"
    " connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'; font-src 'self';"
    " worker-src 'self'"
)
NOTHING_MORE = "default-src 'none'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
"""The policy of what is no page."""

BROWSER = "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8"
EXAMPLES = [path.read_text() for path in sorted(playground.EXAMPLES.iterdir())]


@pytest.fixture(autouse=True)
def built(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Path:
    """Let GraphiQL be missing, whether or not somebody has built it here, and give where it would be."""
    folder = tmp_path / "built"
    monkeypatch.setattr(playground, "BUILT", folder)
    return folder


@pytest.fixture
def graphiql(built: Path) -> None:
    """Build something in the way of GraphiQL."""
    built.mkdir()
    (built / "index.html").write_text('<meta property="csp-nonce" nonce="{nonce}">')
    (built / "main-ABC.js").write_text("1")


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
    script = (await http.get("/playground/playground.js")).text
    loaded += [f"/playground/{name}" for name in re.findall(r'from "\./([^"]+)"', script)]
    kinds = {}
    for path in [*loaded, "/playground/examples.json"]:
        asset = await http.get(path)
        assert asset.status_code == 200
        assert asset.headers["Content-Security-Policy"] == NOTHING_MORE
        assert asset.headers["Cache-Control"] == "no-store"
        assert asset.content != b""
        kinds[path] = asset.headers["Content-Type"]
    assert kinds == {
        "/playground/icon.svg": "image/svg+xml",
        "/playground/style.css": "text/css; charset=utf-8",
        "/playground/playground.js": "text/javascript; charset=utf-8",
        "/playground/server.js": "text/javascript; charset=utf-8",
        "/playground/examples.json": "application/json; charset=utf-8",
    }


async def test_graphiql_takes_the_place_of_the_page(graphiql: None, http: httpx.AsyncClient) -> None:
    """Where it was built. Every answer allows a nonce of its own, and nothing else that is inline."""
    nonces = set()
    for _ in range(3):
        page = await send(http, [("Accept", BROWSER)], method="GET")
        (nonce,) = re.findall(r'<meta property="csp-nonce" nonce="([\w-]{22})">', page.text)
        assert page.headers["Content-Security-Policy"] == GRAPHIQL_POLICY.format(nonce=nonce)
        assert page.headers["Cache-Control"] == "no-store"
        nonces.add(nonce)
    assert len(nonces) == 3


async def test_what_was_built_is_kept_by_browsers(graphiql: None, http: httpx.AsyncClient) -> None:
    """The hash in its name changes with it. The examples have no such name."""
    script = await http.get("/playground/main-ABC.js")
    assert (script.status_code, script.text) == (200, "1")
    assert script.headers["Cache-Control"] == "max-age=31536000, immutable"
    assert script.headers["Content-Security-Policy"] == NOTHING_MORE
    examples = await http.get("/playground/examples.json")
    assert (examples.status_code, examples.headers["Cache-Control"]) == (200, "no-store")


async def test_the_examples_are_offered_as_they_are(http: httpx.AsyncClient) -> None:
    """In the order of their files."""
    offered = (await http.get("/playground/examples.json")).json()
    assert [example["query"] for example in offered] == EXAMPLES
    assert [example["name"] for example in offered] == [
        "register",
        "login",
        "me",
        "refresh",
        "audit",
        "logout",
    ]


@pytest.mark.parametrize(
    "name", ["nothing.js", "index.html", "..%2froutes.py", "%2e%2e/routes.py", "../routes.py"]
)
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

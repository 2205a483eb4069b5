"""Who may call from where: CSRF, CORS, and the headers that every answer carries."""

import asyncio
from collections.abc import AsyncIterator, Callable

import httpx
import pytest
import pytest_asyncio
from quart import Quart

from services.sessions import Sessions
from settings import Settings
from tests.web.serving import GRAPHQL, JSON, ONE_BACKEND, PUBLIC, codes, production, send, serving
from web import graphql

pytestmark = ONE_BACKEND

ALLOWED = "https://app.example.com"
BODY = b'{"query": "mutation { auth { logout { success } } }"}'
FOREIGN = [
    [("Origin", "https://evil.example.com")],
    [("Origin", "null")],
    [("Origin", "")],
    [("Origin", "http://localhost:8000.evil.example.com")],
    [("Origin", "http://localhost")],
    [("Origin", "https://localhost:8000")],
    [("Origin", "http://LOCALHOST:8000/")],
    [("Origin", "https://evil.example.com"), ("Sec-Fetch-Site", "same-origin")],
    [("Origin", "https://evil.example.com"), ("Origin", "http://localhost:8000")],
    [("Origin", "http://localhost:8000"), ("Origin", "https://evil.example.com")],
    [("Sec-Fetch-Site", "cross-site")],
    [("Sec-Fetch-Site", "Cross-Site")],
]
OURS: list[list[tuple[str, str]]] = [
    [],
    [("Origin", "http://localhost:8000")],
    [("Origin", "http://127.0.0.1:8000")],
    [("Origin", ALLOWED)],
    [("Origin", ALLOWED), ("Sec-Fetch-Site", "cross-site")],
    [("Sec-Fetch-Site", "same-origin")],
    [("Sec-Fetch-Site", "same-site")],
    [("Sec-Fetch-Site", "none")],
]


@pytest.fixture
def local(settings: Settings) -> Settings:
    """Give the settings of a development server at its usual place, that another origin may call."""
    changes = {"public_url": "http://localhost:8000", "allowed_origins": frozenset({ALLOWED})}
    return settings.model_copy(update=changes)


@pytest_asyncio.fixture
async def http(make_app: Callable[[Settings], Quart], local: Settings) -> AsyncIterator[httpx.AsyncClient]:
    """Give a client of it."""
    async with serving(make_app, local) as client:
        yield client


@pytest.fixture
def ran(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Note whatever runs of a request: its reading, its operation, and the flow behind it."""
    calls: list[str] = []

    def spy(place: object, name: str) -> None:
        real = getattr(place, name)

        def noted(*arguments: object, **named: object) -> object:
            calls.append(name)
            return real(*arguments, **named)

        monkeypatch.setattr(place, name, noted)

    spy(graphql, "read")
    spy(graphql, "run")
    spy(Sessions, "end")
    return calls


@pytest.mark.parametrize("method", ["POST", "GET", "OPTIONS", "PUT", "DELETE"])
async def test_a_foreign_page_is_refused_before_anything_runs(
    http: httpx.AsyncClient, ran: list[str], method: str
) -> None:
    """By whatever method it comes, it is 403, and no page but ours may read even that."""
    own = [("Content-Type", JSON), ("Cookie", "auth-token=x")]
    for headers in FOREIGN:
        answer = await send(http, [*own, *headers], method=method, content=BODY)
        assert (headers, answer.status_code, codes(answer)) == (headers, 403, ["CSRF_REJECTED"])
        assert ran == []
        assert "Access-Control-Allow-Origin" not in answer.headers
        assert "Access-Control-Allow-Credentials" not in answer.headers
        assert "Set-Cookie" not in answer.headers


@pytest.mark.parametrize("headers", OURS, ids=range(len(OURS)))
async def test_our_own_pages_and_programs_pass(
    http: httpx.AsyncClient, ran: list[str], headers: list[tuple[str, str]]
) -> None:
    """The server's origin, in development by its number too, an allowed one, and who says nothing."""
    answer = await send(http, [("Content-Type", JSON), *headers], content=BODY)
    assert answer.json() == {"data": {"auth": {"logout": {"success": True}}}}
    assert ran == ["read", "run", "end"]


@pytest.mark.parametrize(
    "origin", ["http://127.0.0.1:8000", "http://localhost:8000", "https://127.0.0.1", ALLOWED]
)
async def test_in_production_only_the_public_origin_is_our_own(live: httpx.AsyncClient, origin: str) -> None:
    """There is no alias, and nothing is allowed that is not set."""
    answer = await send(live, [("Content-Type", JSON), ("Origin", origin)], content=BODY)
    assert (answer.status_code, codes(answer)) == (403, ["CSRF_REJECTED"])
    own = await send(live, [("Content-Type", JSON), ("Origin", PUBLIC)], content=BODY)
    assert own.status_code == 200


async def test_the_host_header_does_not_make_an_origin_ours(http: httpx.AsyncClient) -> None:
    """A page that rebinds its own name to our address sends both alike: the public URL is what counts."""
    headers = [("Content-Type", JSON), ("Origin", "http://evil.test"), ("X-Forwarded-Host", "evil.test")]
    request = http.build_request("POST", GRAPHQL, content=BODY, headers=[*headers, ("Host", "evil.test")])
    answer = await http.send(request)
    assert (answer.status_code, codes(answer)) == (403, ["CSRF_REJECTED"])


PREFLIGHT = [("Access-Control-Request-Method", "POST"), ("Access-Control-Request-Headers", "content-type")]


async def test_a_preflight_of_an_allowed_origin_is_permitted(http: httpx.AsyncClient, ran: list[str]) -> None:
    """It may send JSON and cookies, and is asked again after ten minutes. Nothing runs."""
    answer = await send(http, [("Origin", ALLOWED), *PREFLIGHT], method="OPTIONS")
    assert (answer.status_code, answer.content) == (204, b"")
    assert "Content-Type" not in answer.headers
    assert answer.headers["Access-Control-Allow-Origin"] == ALLOWED
    assert answer.headers["Access-Control-Allow-Credentials"] == "true"
    assert answer.headers["Access-Control-Allow-Methods"] == "POST"
    assert answer.headers["Access-Control-Allow-Headers"] == "Content-Type, Authorization"
    assert answer.headers["Access-Control-Max-Age"] == "600"
    assert answer.headers["Vary"] == "Origin"
    assert ran == []


@pytest.mark.parametrize("origin", ["https://evil.example.com", "null"])
async def test_a_preflight_of_a_foreign_origin_is_refused(http: httpx.AsyncClient, origin: str) -> None:
    """The browser then never sends what it asked for."""
    answer = await send(http, [("Origin", origin), *PREFLIGHT], method="OPTIONS")
    assert answer.status_code == 403
    assert [name for name in answer.headers if name.startswith("access-control-")] == []
    assert answer.headers["Vary"] == "Origin"


async def test_an_allowed_origin_may_read_the_answer_and_nobody_else(http: httpx.AsyncClient) -> None:
    """The permission names the origin, never `*`; caches are told that it depends."""
    allowed = await send(http, [("Content-Type", JSON), ("Origin", ALLOWED)], content=BODY)
    assert allowed.headers["Access-Control-Allow-Origin"] == ALLOWED
    assert allowed.headers["Access-Control-Allow-Credentials"] == "true"
    assert allowed.headers["Access-Control-Expose-Headers"] == "X-Request-Id"
    for headers in ([], [("Origin", "http://localhost:8000")], [("Origin", "https://evil.example.com")]):
        other = await send(http, [("Content-Type", JSON), *headers], content=BODY)
        assert [name for name in other.headers if name.startswith("access-control-")] == []
        assert other.headers["Vary"] == "Origin"


ANSWERS = [
    ("POST", GRAPHQL, [("Content-Type", JSON)], 200),
    ("POST", GRAPHQL, [("Content-Type", "text/plain")], 415),
    ("PUT", GRAPHQL, [], 405),
    ("GET", "/nothing", [], 404),
    ("POST", GRAPHQL, [("Origin", "null")], 403),
    ("OPTIONS", GRAPHQL, [("Access-Control-Request-Method", "POST")], 204),
    ("GET", "/healthz", [], 200),
    ("GET", "/readyz", [], 200),
]
ALWAYS = {
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Content-Security-Policy": "default-src 'none'; frame-ancestors 'none'",
    "Cache-Control": "no-store",
}


@pytest.mark.parametrize("env", ["development", "production"])
async def test_every_answer_is_secured(
    make_app: Callable[[Settings], Quart], settings: Settings, env: str
) -> None:
    """Errors and preflights too. Only production, which has TLS for certain, asks for it for a year."""
    hsts = {"development": None, "production": "max-age=31536000; includeSubDomains"}[env]
    chosen = await asyncio.to_thread(production, settings) if env == "production" else settings
    async with serving(make_app, chosen) as http:
        for method, path, headers, status in ANSWERS:
            answer = await http.request(method, path, headers=headers, content=BODY)
            assert answer.status_code == status
            assert {name: answer.headers.get(name) for name in ALWAYS} == ALWAYS
            assert len(answer.headers["X-Request-Id"]) == 36
            assert answer.headers.get("Strict-Transport-Security") == hsts
            assert "Server" not in answer.headers


async def test_the_id_of_a_request_is_ours(http: httpx.AsyncClient) -> None:
    """One that a client chooses could forge the log, or be the same for two requests."""
    answers = [await http.get("/healthz", headers={"X-Request-Id": "mine"}) for _ in range(2)]
    assert len({"mine", *(answer.headers["X-Request-Id"] for answer in answers)}) == 3

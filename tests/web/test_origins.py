"""Who may call from where: CSRF and CORS."""

from collections.abc import AsyncIterator, Callable

import httpx
import pytest
import pytest_asyncio
from quart import Quart

from services.sessions import Sessions
from settings import Settings
from tests.web.serving import GRAPHQL, JSON, ONE_BACKEND, PUBLIC, codes, send, serving
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


LINK = {"Sec-Fetch-Site": "cross-site", "Sec-Fetch-Mode": "navigate", "Sec-Fetch-Dest": "document"}


@pytest.mark.parametrize("method", ["GET", "HEAD"])
async def test_a_link_from_another_site_may_be_followed(http: httpx.AsyncClient, method: str) -> None:
    """A person who follows one, as from a page that tells of this server, sees what is there."""
    answer = await send(http, [*LINK.items(), ("Accept", "text/html")], method=method)
    assert answer.status_code == 200
    assert answer.headers["Content-Type"] == "text/html; charset=utf-8"


@pytest.mark.parametrize(
    "change",
    [
        {"Sec-Fetch-Dest": "iframe"},
        {"Sec-Fetch-Dest": "object"},
        {"Sec-Fetch-Dest": "script", "Sec-Fetch-Mode": "no-cors"},
        {"Sec-Fetch-Mode": "cors"},
        {"Origin": "https://evil.example.com"},
        {"Origin": "null"},
    ],
    ids=range(6),
)
async def test_what_only_looks_like_a_link_is_refused(
    http: httpx.AsyncClient, change: dict[str, str]
) -> None:
    """A frame, a script, and whatever names an origin is not a person who followed a link."""
    answer = await send(http, [*{**LINK, **change}.items(), ("Accept", "text/html")], method="GET")
    assert (answer.status_code, codes(answer)) == (403, ["CSRF_REJECTED"])


async def test_a_form_of_another_site_is_no_link(http: httpx.AsyncClient, ran: list[str]) -> None:
    """It navigates too, but by POST; a browser names the origin, and this would hold without it."""
    answer = await send(http, [*LINK.items(), ("Content-Type", JSON)], content=BODY)
    assert (answer.status_code, codes(answer), ran) == (403, ["CSRF_REJECTED"], [])


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

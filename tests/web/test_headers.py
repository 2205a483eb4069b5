"""The headers that every answer carries (OWASP ASVS 5.0, 3.4)."""

import asyncio
from collections.abc import Callable

import httpx
import pytest
from quart import Quart

from settings import Settings
from tests.web.serving import GRAPHQL, JSON, ONE_BACKEND, production, send, serving

pytestmark = ONE_BACKEND

BODY = b'{"query": "mutation { auth { logout { success } } }"}'
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
    "Content-Security-Policy": (
        "default-src 'none'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
    ),
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


async def test_a_page_has_a_policy_of_its_own(http: httpx.AsyncClient) -> None:
    """It runs scripts of ours alone, is in nobody's frame or window, and is kept by nobody."""
    answer = await send(http, [("Accept", "text/html")], method="GET")
    headers = {name: answer.headers.get(name) for name in ALWAYS}
    policy = dict(part.split(" ", 1) for part in str(headers.pop("Content-Security-Policy")).split("; "))
    assert headers.items() <= ALWAYS.items()
    for name in ("default-src", "base-uri", "form-action", "frame-ancestors"):
        assert policy[name] == "'none'"
    assert policy["script-src"] == policy["connect-src"] == "'self'"
    assert "unsafe-eval" not in str(policy)
    assert "http" not in str(policy)


async def test_the_id_of_a_request_is_ours(http: httpx.AsyncClient) -> None:
    """One that a client chooses could forge the log, or be the same for two requests."""
    answers = [await http.get("/healthz", headers={"X-Request-Id": "mine"}) for _ in range(2)]
    assert len({"mine", *(answer.headers["X-Request-Id"] for answer in answers)}) == 3

"""Applications that are set otherwise than that of the `app` fixture, and requests of every shape."""

import asyncio
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import asynccontextmanager
from typing import Any, cast

import httpx
import pytest
from pydantic import SecretStr
from quart import Quart

from services import keystore
from settings import Settings

ONE_BACKEND = pytest.mark.parametrize("backend", ["sqlite"], indirect=True)
"""For what never reaches the database: one of them is enough."""

GRAPHQL = "/graphql"
JSON = "application/json"
GRAPHQL_JSON = "application/graphql-response+json"

PUBLIC = "https://auth.example.com"
"""Where the production server of the tests stands."""


def production(settings: Settings, **changes: Any) -> Settings:
    """Give settings that every guard of production accepts; reads and writes files."""
    if not settings.signing_keys_file.exists():
        keystore.add_key(settings.signing_keys_file, algorithm=settings.jwt_algorithm)
    own = {"env": "production", "public_url": PUBLIC, "smtp_url": SecretStr("smtp://mail.example.com")}
    return Settings(**{**settings.model_dump(exclude_unset=True), **own, **changes})


@asynccontextmanager
async def serving(
    make_app: Callable[[Settings], Quart], settings: Settings, *, client: tuple[str, int] = ("192.0.2.1", 9)
) -> AsyncIterator[httpx.AsyncClient]:
    """Run an application of these settings, and give a client at this address to speak to it."""
    app = await asyncio.to_thread(make_app, settings)
    async with (
        app.test_app(),
        httpx.AsyncClient(transport=transport(app, client=client), base_url=settings.public_url) as http,
    ):
        yield http


def transport(app: Quart, *, client: tuple[str, int] = ("127.0.0.1", 9)) -> httpx.ASGITransport:
    """Let httpx speak to an application, whose own types of the protocol are narrower than httpx's."""
    return httpx.ASGITransport(cast(Any, app), client=client)


async def send(
    http: httpx.AsyncClient, headers: Sequence[tuple[str, str]], *, method: str = "POST", content: Any = None
) -> httpx.Response:
    """Send exactly these headers, some of them perhaps twice, and not those that httpx would add."""
    request = http.build_request(method, GRAPHQL, content=content)
    del request.headers["Accept"], request.headers["User-Agent"]
    raw = [*request.headers.raw, *((name.encode(), value.encode("latin1")) for name, value in headers)]
    request.headers = httpx.Headers(raw)
    return await http.send(request)


def codes(answer: httpx.Response) -> list[str]:
    """Give the codes of an answer, which has to be a well-formed error whatever its status."""
    assert answer.headers["Content-Type"] in {f"{JSON}; charset=utf-8", f"{GRAPHQL_JSON}; charset=utf-8"}
    errors = answer.json()["errors"]
    assert all(error["message"] for error in errors)
    assert {error["extensions"]["requestId"] for error in errors} == {answer.headers["X-Request-Id"]}
    return [error["extensions"]["code"] for error in errors]

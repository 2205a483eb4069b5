"""The four cookies, to the letter, where they are set and where they are cleared."""

import asyncio
from collections.abc import Callable
from typing import Any

import httpx
import pytest
from quart import Quart

from models import Role
from services import Services
from settings import Settings
from tests.support.browser import EMAIL, LOGIN, LOGOUT, ORIGIN, PASSWORD, REFRESH
from tests.web.serving import GRAPHQL, ONE_BACKEND, production, transport

pytestmark = ONE_BACKEND

NAMES = ("auth-token", "refresh_token", "client_fp", "fp_hash")
LAX = dict(zip(NAMES, ("Lax", "Strict", "Strict", "Strict"), strict=True))
DAYS_30 = "Max-Age=2592000"


def attributes(answer: httpx.Response) -> dict[str, list[str]]:
    """Give the attributes of each cookie that is set, without its value and the date that Max-Age repeats."""
    cookies = [header.split("; ") for header in answer.headers.get_list("Set-Cookie")]
    assert len(cookies) == len({pair.partition("=")[0] for pair, *_ in cookies})
    return {
        pair.partition("=")[0]: sorted(part for part in rest if not part.startswith("Expires="))
        for pair, *rest in cookies
    }


def expected(same_site: dict[str, str], *extra: str, prefix: str = "") -> dict[str, list[str]]:
    """Give the attributes that every cookie has, and some."""
    return {
        f"{prefix}{name}": sorted(["HttpOnly", "Path=/", f"SameSite={value}", *extra])
        for name, value in same_site.items()
    }


async def life(
    app: Quart, url: str, *, remember_me: bool, delivery: str = "COOKIE"
) -> tuple[httpx.Response, ...]:
    """Sign in, refresh and sign out, as a browser that is at this URL."""
    variables: dict[str, Any] = {"email": EMAIL, "password": PASSWORD}
    variables |= {"rememberMe": remember_me, "delivery": delivery}
    services: Services = app.extensions["services"]
    async with app.test_app(), httpx.AsyncClient(transport=transport(app), base_url=url) as http:
        await services.users.create(
            email=EMAIL, password=PASSWORD, role=Role.USER, first_name=None, last_name=None
        )
        login = await http.post(GRAPHQL, json={"query": LOGIN, "variables": variables})
        tokens = login.json()["data"]["auth"]["login"]
        body = {"input": {"refreshToken": tokens["refreshToken"]}} if delivery == "BODY" else {}
        refresh = await http.post(GRAPHQL, json={"query": REFRESH, "variables": body})
        logout = await http.post(GRAPHQL, json={"query": LOGOUT})
    for answer in (login, refresh, logout):
        assert "errors" not in answer.json()
        assert answer.headers["Cache-Control"] == "no-store"
    return login, refresh, logout


@pytest.mark.parametrize(("remember_me", "extra"), [(False, []), (True, [DAYS_30])])
async def test_in_development_they_are_plain(
    make_app: Callable[[Settings], Quart], settings: Settings, *, remember_me: bool, extra: list[str]
) -> None:
    """Without TLS a browser would drop `Secure` and `__Host-`; rememberMe alone outlives the browser."""
    app = await asyncio.to_thread(make_app, settings)
    login, refresh, logout = await life(app, ORIGIN, remember_me=remember_me)
    assert attributes(login) == attributes(refresh) == expected(LAX, *extra)
    assert attributes(logout) == expected(LAX, "Max-Age=0")


@pytest.mark.parametrize(("remember_me", "extra"), [(False, []), (True, [DAYS_30])])
async def test_in_production_they_are_secure_and_of_this_host(
    make_app: Callable[[Settings], Quart], settings: Settings, *, remember_me: bool, extra: list[str]
) -> None:
    """`__Host-` makes the browser hold them to the path, to TLS, and to no domain (RFC 6265bis)."""
    app = await asyncio.to_thread(lambda: make_app(production(settings)))
    login, refresh, logout = await life(app, "https://auth.example.com", remember_me=remember_me)
    assert attributes(login) == expected(LAX, "Secure", *extra, prefix="__Host-")
    assert attributes(refresh) == attributes(login)
    assert attributes(logout) == expected(LAX, "Secure", "Max-Age=0", prefix="__Host-")


@pytest.mark.parametrize("same_site", ["Strict", "None"])
async def test_the_site_policy_that_is_set_is_that_of_all(
    make_app: Callable[[Settings], Quart], settings: Settings, same_site: str
) -> None:
    """Strict, or None for a client on another site; they are cleared as they were set."""
    chosen = dict.fromkeys(NAMES, same_site)
    app = await asyncio.to_thread(lambda: make_app(production(settings, cookie_samesite=same_site)))
    login, refresh, logout = await life(app, "https://auth.example.com", remember_me=False)
    assert attributes(login) == attributes(refresh) == expected(chosen, "Secure", prefix="__Host-")
    assert attributes(logout) == expected(chosen, "Secure", "Max-Age=0", prefix="__Host-")


async def test_a_prefix_of_ones_own(make_app: Callable[[Settings], Quart], settings: Settings) -> None:
    """Two servers on one host, in development, do not sign each other's people out."""
    app = await asyncio.to_thread(make_app, settings.model_copy(update={"cookie_prefix": "mine-"}))
    login, refresh, logout = await life(app, ORIGIN, remember_me=False)
    assert attributes(login) == attributes(refresh) == expected(LAX, prefix="mine-")
    assert attributes(logout) == expected(LAX, "Max-Age=0", prefix="mine-")


async def test_a_body_client_is_given_none(make_app: Callable[[Settings], Quart], settings: Settings) -> None:
    """Its tokens are in the answer, which is not to be stored either."""
    app = await asyncio.to_thread(make_app, settings)
    login, refresh, _ = await life(app, ORIGIN, remember_me=True, delivery="BODY")
    assert attributes(login) == attributes(refresh) == {}
    assert login.json()["data"]["auth"]["login"]["refreshToken"].count(".") == 2


async def test_cookies_are_cleared_by_an_empty_value_in_the_past(
    make_app: Callable[[Settings], Quart], settings: Settings
) -> None:
    """Browsers that do not know Max-Age know the date."""
    app = await asyncio.to_thread(make_app, settings)
    *_, logout = await life(app, ORIGIN, remember_me=True)
    for header in logout.headers.get_list("Set-Cookie"):
        pair, *rest = header.split("; ")
        assert pair.partition("=")[2] in {"", '""'}
        assert "Expires=Thu, 01 Jan 1970 00:00:00 GMT" in rest

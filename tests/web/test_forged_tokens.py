"""Every forged token is refused over HTTP, wherever it is put, and does nothing to the session."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Any
from uuid import UUID

import httpx
import pytest

from security.keys import Algorithm
from security.tokens import AccessClaims, Claims, RefreshClaims
from services import Services
from settings import Settings
from tests.security import forgeries
from tests.security.forging import Genuine
from tests.services.tables import dump
from tests.support.browser import LOGOUT, ME, REFRESH, Browser, code
from tests.support.clock import START

Send = Callable[[str], Awaitable[httpx.Response]]


@pytest.fixture(params=list(Algorithm))
def settings(settings: Settings, request: pytest.FixtureRequest) -> Settings:
    """Run each test once with either algorithm."""
    return settings.model_copy(update={"jwt_algorithm": request.param})


@dataclass(frozen=True)
class Scene:
    """A victim with a live session, and a client that sends forgeries with the victim's other cookies."""

    services: Services
    victim: Browser
    forger: Browser
    cookies: dict[str, str]
    log: pytest.LogCaptureFixture

    async def me_by_bearer(self, token: str) -> httpx.Response:
        """Ask for the viewer with a bearer token; the genuine one is in the cookie, and must not help."""
        return await self.forger.take_cookies(self.cookies).post(ME, bearer=token)

    async def me_by_cookie(self, token: str) -> httpx.Response:
        """Ask for the viewer with a cookie."""
        return await self.forger.take_cookies({**self.cookies, "auth-token": token}).post(ME)

    async def refresh_by_cookie(self, token: str) -> httpx.Response:
        """Refresh with a cookie."""
        return await self.forger.take_cookies({**self.cookies, "refresh_token": token}).post(REFRESH)

    async def refresh_by_body(self, token: str) -> httpx.Response:
        """Refresh with a token in the input; the genuine one is in the cookie, and must not help."""
        client = self.forger.take_cookies(self.cookies)
        return await client.post(REFRESH, {"input": {"refreshToken": token}})

    async def logout(self, token: str) -> httpx.Response:
        """Sign out of every session by a refresh token in a cookie, without an access token."""
        return await self.forger.take_cookies({"refresh_token": token}).post(
            LOGOUT, {"scope": "ALL_SESSIONS"}
        )

    def forged(self, kind: type[Claims], *, expired: bool = False) -> dict[str, str]:
        """Give every forgery of the victim's token of this kind."""
        key = self.services.sessions.issuer.tokens.ring.active
        access, refresh = self.cookies["auth-token"], self.cookies["refresh_token"]
        token, other = (access, refresh) if kind is AccessClaims else (refresh, access)
        made = Genuine(token=token, other=other, key=key)
        found = forgeries.expired(now=START) if expired else forgeries.refused(kind, key.algorithm, now=START)
        return {name: forge(made) for name, forge in found.items()}


@pytest.fixture
async def scene(
    services: Services, user_id: UUID, new_browser: Callable[[], Browser], caplog: pytest.LogCaptureFixture
) -> Scene:
    """Sign the victim in."""
    victim = new_browser()
    await victim.login()
    caplog.set_level("INFO")
    return Scene(services, victim, new_browser(), victim.cookies, caplog)


async def require_refused(
    scene: Scene, send: Send, forged: dict[str, str], refusal: tuple[str, str], data: Any
) -> None:
    """Hold every answer to this refusal and data, and the server to have changed and told nothing."""
    before = await dump(scene.services)

    found = {name: await send(token) for name, token in forged.items()}

    expected = (200, *refusal, data, False)
    assert {name: _summary(response) for name, response in found.items()} == dict.fromkeys(forged, expected)
    assert await dump(scene.services) == before
    # The shortest parts are words and dots, which any text may hold.
    secrets = {part for token in forged.values() for part in token.split(".") if len(part) > 40}
    told = scene.log.text + "".join(response.text for response in found.values())
    assert "POST /graphql" in scene.log.text
    assert [secret for secret in secrets if secret in told] == []


def _summary(response: httpx.Response) -> tuple[int, str, str, Any, bool]:
    body = response.json()
    message = body["errors"][0]["message"]
    return response.status_code, code(body), message, body["data"], "Set-Cookie" in response.headers


INVALID = ("TOKEN_INVALID", "Token is invalid")
EXPIRED = ("TOKEN_EXPIRED", "Token has expired")
NOBODY = {"me": None}
NOTHING = {"auth": {"refreshToken": None}}


async def test_a_forged_access_token_shows_nobody(scene: Scene) -> None:
    """By Bearer and by cookie, `me` is TOKEN_INVALID for every forgery; the genuine token goes on working."""
    forged = scene.forged(AccessClaims)

    await require_refused(scene, scene.me_by_bearer, forged, INVALID, NOBODY)
    await require_refused(scene, scene.me_by_cookie, forged, INVALID, NOBODY)

    assert (await scene.victim.me())["data"]["me"]["isSignIn"] is True


async def test_an_expired_access_token_shows_nobody(scene: Scene) -> None:
    """By Bearer and by cookie, `me` is TOKEN_EXPIRED, so that the client refreshes; which it then can."""
    over = scene.forged(AccessClaims, expired=True)

    await require_refused(scene, scene.me_by_bearer, over, EXPIRED, NOBODY)
    await require_refused(scene, scene.me_by_cookie, over, EXPIRED, NOBODY)

    assert (await scene.victim.refresh())["data"]["auth"]["refreshToken"]["success"] is True


async def test_a_forged_refresh_token_refreshes_nothing(scene: Scene) -> None:
    """By cookie and in the body it is TOKEN_INVALID; no cookie is set or cleared and the session lives on."""
    forged = scene.forged(RefreshClaims)

    await require_refused(scene, scene.refresh_by_cookie, forged, INVALID, NOTHING)
    await require_refused(scene, scene.refresh_by_body, forged, INVALID, NOTHING)

    assert (await scene.victim.me())["data"]["me"]["isSignIn"] is True
    assert (await scene.victim.refresh())["data"]["auth"]["refreshToken"]["success"] is True


async def test_an_expired_refresh_token_refreshes_nothing(scene: Scene) -> None:
    """By cookie and in the body it is TOKEN_EXPIRED; no cookie is set or cleared and the session lives on."""
    over = scene.forged(RefreshClaims, expired=True)

    await require_refused(scene, scene.refresh_by_cookie, over, EXPIRED, NOTHING)
    await require_refused(scene, scene.refresh_by_body, over, EXPIRED, NOTHING)

    assert (await scene.victim.refresh())["data"]["auth"]["refreshToken"]["success"] is True


async def test_a_forged_refresh_token_ends_no_session(scene: Scene) -> None:
    """A sign-out with a forgery clears the cookies of the forger, and ends nothing of the victim's."""
    before = await dump(scene.services)
    forged = scene.forged(RefreshClaims)

    found = {name: (await scene.logout(token)).json() for name, token in forged.items()}

    nothing = {"success": True, "message": "Signed out.", "revokedSessions": 0}
    assert found == {name: {"data": {"auth": {"logout": nothing}}} for name in forged}
    assert await dump(scene.services) == before
    assert (await scene.victim.me())["data"]["me"]["isSignIn"] is True


async def test_a_forged_access_token_keeps_nobody_from_signing_in_refreshing_and_out(scene: Scene) -> None:
    """Where a genuine refresh token or a password is asked for, a bad access token is not looked at."""
    bad = scene.forged(AccessClaims)["signed by another Ed25519 key"]
    victim = scene.victim.take_cookies({**scene.cookies, "auth-token": bad})

    refreshed = await victim.post(REFRESH, bearer=bad)
    assert refreshed.json()["data"]["auth"]["refreshToken"]["success"] is True
    victim.take_cookies({**victim.cookies, "auth-token": bad})
    assert (await victim.login())["success"] is True
    victim.take_cookies({**victim.cookies, "auth-token": bad})
    assert (await victim.logout(bearer=bad))["data"]["auth"]["logout"]["revokedSessions"] == 1
    assert victim.cookies == {}


@pytest.mark.parametrize("secret", [b"", b"\xff\xfe", b'"\\377\\376"', "\u00fc".encode(), b"=", b'"'])
async def test_a_browser_secret_of_any_bytes_is_the_wrong_one(scene: Scene, secret: bytes) -> None:
    """Whatever bytes `client_fp` holds, a bound token is FINGERPRINT_MISMATCH; nothing breaks."""
    scene.forger.take_cookies({})
    pairs = {name: value.encode() for name, value in scene.cookies.items()} | {"client_fp": secret}
    cookie = b"; ".join(name.encode() + b"=" + value for name, value in pairs.items())

    for query in (ME, REFRESH):
        answer = await scene.forger.http.post("/graphql", json={"query": query}, headers={b"Cookie": cookie})
        assert code(answer.json()) == "FINGERPRINT_MISMATCH"
        assert "Set-Cookie" not in answer.headers

    assert (await scene.victim.refresh())["data"]["auth"]["refreshToken"]["success"] is True


async def test_a_session_goes_its_whole_way(scene: Scene) -> None:
    """Login, me, refresh and logout work with either algorithm, and after them nothing is left."""
    key = scene.services.sessions.issuer.tokens.ring.active
    made = Genuine(token=scene.cookies["auth-token"], other=scene.cookies["refresh_token"], key=key)
    assert made.header == {"typ": "at+jwt", "kid": key.kid, "alg": key.algorithm}

    assert (await scene.victim.me())["data"]["me"]["email"] == "ada@example.com"
    assert (await scene.victim.refresh())["data"]["auth"]["refreshToken"]["success"] is True
    latest = scene.victim.cookies
    assert latest["refresh_token"] != scene.cookies["refresh_token"]
    assert (await scene.victim.logout())["data"]["auth"]["logout"]["revokedSessions"] == 1
    assert scene.victim.cookies == {}
    assert code(await scene.forger.take_cookies(latest).me()) == "TOKEN_BLACKLISTED"
    assert code(await scene.forger.refresh()) == "TOKEN_BLACKLISTED"

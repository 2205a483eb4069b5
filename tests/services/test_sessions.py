"""Sessions as their clients hold them: lifetimes, delivery, and the binding to a browser."""

import re
from collections.abc import Callable
from uuid import UUID

import httpx
import jwt
import pytest

from services import Services
from tests.services import tables
from tests.support.browser import LOGIN, ME, REFRESH, Browser, code
from tests.support.clock import FakeClock

DAY = 24 * 3600
TOKENS = ("auth-token", "refresh_token", "client_fp", "fp_hash")


def set_cookies(response: httpx.Response) -> dict[str, str]:
    """Give the attributes of each cookie that an answer sets, without its value, by name."""
    lines = [line.partition("=") for line in response.headers.get_list("set-cookie")]
    attributes = {name: rest.partition("; ")[2] for name, _, rest in lines}
    # Expires repeats Max-Age for old browsers, from the clock of the machine.
    return {name: re.sub(r"Expires=[^;]+ GMT; ", "", rest) for name, rest in attributes.items()}


def lifetime(token: str) -> int:
    """Give how long a token lives, in seconds."""
    claims = jwt.decode(token, options={"verify_signature": False})
    return int(claims["exp"] - claims["iat"])


@pytest.mark.parametrize(
    ("remember_me", "days", "max_age"), [(False, 1, ""), (True, 30, "Max-Age=2592000; ")]
)
async def test_remember_me_chooses_how_long_tokens_and_cookies_live(
    browser: Browser,
    services: Services,
    user_id: UUID,
    clock: FakeClock,
    remember_me: bool,
    days: int,
    max_age: str,
) -> None:
    """A day in cookies that end with the browser, or thirty days in cookies that last; after refresh too."""
    variables = {
        "email": "ada@example.com",
        "password": "correct horse battery staple",
        "rememberMe": remember_me,
        "delivery": "COOKIE",
    }
    signed_in = await browser.post(LOGIN, variables)
    clock.advance(3600)
    refreshed = await browser.post(REFRESH, {})
    for response in (signed_in, refreshed):
        assert set_cookies(response) == {
            name: f"{max_age}HttpOnly; Path=/; SameSite={'Lax' if name == 'auth-token' else 'Strict'}"
            for name in TOKENS
        }
        assert response.headers["cache-control"] == "no-store"
    assert lifetime(browser.cookies["refresh_token"]) == days * DAY
    assert lifetime(browser.cookies["auth-token"]) == 900
    (session,) = await tables.rows(services, "sessions")
    assert (session["expires_at"] - clock()).total_seconds() == days * DAY
    assert bool(session["remember_me"]) is remember_me

    clock.advance(days * DAY)
    assert code(await browser.refresh()) == "TOKEN_EXPIRED"


async def test_a_cookie_client_gets_no_refresh_token_in_the_body(browser: Browser, user_id: UUID) -> None:
    """A script in the page can never read it, neither after login nor after refresh."""
    given = await browser.login()
    assert given["refreshToken"] is None
    assert given["accessToken"] == browser.cookies["auth-token"]
    assert set(browser.cookies) == set(TOKENS)
    refreshed = (await browser.refresh())["data"]["auth"]["refreshToken"]
    assert refreshed["refreshToken"] is None
    assert refreshed["accessToken"] == browser.cookies["auth-token"]


async def test_a_body_client_gets_both_tokens_and_no_cookies(
    new_browser: Callable[[], Browser], user_id: UUID
) -> None:
    """Its tokens are not bound: any program may use them, and a refresh answers in the body again."""
    client, other = new_browser(), new_browser()
    given = await client.login(delivery="BODY")
    assert client.cookies == {}
    answer = (await client.refresh(given["refreshToken"]))["data"]["auth"]["refreshToken"]
    assert client.cookies == {}
    assert answer["refreshToken"] != given["refreshToken"]
    assert (await other.me(bearer=answer["accessToken"]))["data"]["me"]["isSignIn"] is True
    claims = [
        jwt.decode(token, options={"verify_signature": False})
        for token in (given["accessToken"], given["refreshToken"])
    ]
    assert [claim["fph"] for claim in claims] == ["", ""]


async def test_a_login_sets_a_new_binding_each_time(browser: Browser, user_id: UUID) -> None:
    """Two sign-ins of one browser share neither session nor secret."""
    await browser.login()
    first = browser.cookies
    await browser.login()
    assert all(browser.cookies[name] != first[name] for name in TOKENS)


@pytest.mark.parametrize("secret", [None, "another browser's secret"])
async def test_a_bound_token_works_in_its_browser_alone(
    new_browser: Callable[[], Browser], services: Services, user_id: UUID, secret: str | None
) -> None:
    """Without the right client_fp neither token is of use; the refusal changes nothing, here or there."""
    browser, thief = new_browser(), new_browser()
    await browser.login()
    held = browser.cookies
    stolen = {name: held[name] for name in ("auth-token", "refresh_token", "fp_hash")}
    thief.take_cookies({**stolen, "client_fp": secret} if secret else stolen)
    taken, before = thief.cookies, await tables.dump(services)

    assert code(await thief.me()) == "FINGERPRINT_MISMATCH"
    assert code(await thief.me(bearer=held["auth-token"])) == "FINGERPRINT_MISMATCH"
    refused = await thief.post(REFRESH, {})
    assert code(refused.json()) == "FINGERPRINT_MISMATCH"
    assert refused.json()["data"]["auth"]["refreshToken"] is None
    assert code(await thief.refresh(held["refresh_token"])) == "FINGERPRINT_MISMATCH"

    assert refused.headers.get_list("set-cookie") == []
    assert thief.cookies == taken
    assert await tables.dump(services) == before
    assert (await browser.refresh())["data"]["auth"]["refreshToken"]["success"] is True


async def test_the_hash_in_the_cookie_is_not_the_secret(
    new_browser: Callable[[], Browser], user_id: UUID
) -> None:
    """Somebody who knows the claim, which the token shows, cannot pass it off as client_fp."""
    browser, thief = new_browser(), new_browser()
    await browser.login()
    held = browser.cookies
    assert (
        code(await thief.take_cookies({**held, "client_fp": held["fp_hash"]}).me()) == "FINGERPRINT_MISMATCH"
    )


async def test_an_access_token_lives_for_its_time(browser: Browser, user_id: UUID, clock: FakeClock) -> None:
    """Fifteen minutes: then it is TOKEN_EXPIRED, and login, refresh and logout do not mind it."""
    await browser.login()
    clock.advance(899)
    assert (await browser.me())["data"]["me"]["id"] == str(user_id)
    clock.advance(1)
    assert code(await browser.me()) == "TOKEN_EXPIRED"
    assert (await browser.login())["success"] is True
    clock.advance(900)
    assert (await browser.refresh())["data"]["auth"]["refreshToken"]["success"] is True
    clock.advance(900)
    assert (await browser.logout())["data"]["auth"]["logout"]["revokedSessions"] == 1


async def test_an_access_token_is_dead_when_its_session_or_user_is_gone(
    browser: Browser, services: Services, user_id: UUID
) -> None:
    """A row that is not there is as dead as one that was revoked, with a signature as good as ever."""
    given = await browser.login(delivery="BODY")
    await services.database.execute("DELETE FROM users WHERE id = $1", user_id)
    assert await tables.rows(services, "sessions") == []
    assert code(await browser.me(bearer=given["accessToken"])) == "TOKEN_BLACKLISTED"


async def test_the_bearer_token_comes_before_the_cookie(
    new_browser: Callable[[], Browser], user_id: UUID
) -> None:
    """A request with both is who its Authorization header says, also when that is nobody."""
    browser, program = new_browser(), new_browser()
    await browser.login()
    given = await program.login(delivery="BODY")
    await program.logout(bearer=given["accessToken"])
    assert code(await browser.me(bearer=given["accessToken"])) == "TOKEN_BLACKLISTED"
    assert code(await browser.me(bearer="nonsense")) == "TOKEN_INVALID"
    assert (await browser.ask(ME))["data"]["me"]["id"] == str(user_id)

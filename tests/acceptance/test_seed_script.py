"""The script that found the bug this product began with, as a test: sign in, sign out, and try to go on."""

import re

import pytest
import requests

from tests.acceptance.client import (
    BLACKLISTED,
    COOKIES,
    LOGIN,
    LOGIN_BODY,
    LOGOUT,
    ME,
    PATIENCE,
    REFRESH,
    REFRESH_BODY,
    Client,
    refusal,
)
from tests.acceptance.site import Site

pytestmark = pytest.mark.acceptance

WRONG = "hunter-2-which-nobody-may-read"
"""A password that is refused: unlike that of development, the server never prints it for its own reasons."""

# These three are what the first web client sends, to the letter.
LOGIN_VERBATIM = (
    'mutation { auth { login(input: {email: "test@example.com", password: "password", rememberMe: true})'
    " { success accessToken user { id email role } } } }"
)
LOGOUT_VERBATIM = "mutation { auth { logout { success message } } }"
REFRESH_VERBATIM = "mutation { auth { refreshToken { success accessToken } } }"


@pytest.mark.parametrize("login", [LOGIN_VERBATIM, LOGIN], ids=["one line", "as the script breaks it"])
def test_the_script_gets_what_it_expects(site: Site, login: str) -> None:
    """Login gives a token and cookies, logout succeeds without errors, and a refresh after it is refused."""
    server = site.start()
    url = f"{server.base_url}/graphql"

    signed_in = requests.post(url, json={"query": login}, timeout=PATIENCE)
    payload = signed_in.json()["data"]["auth"]["login"]
    assert re.fullmatch(r"[\w-]+\.[\w-]+\.[\w-]+", payload.pop("accessToken"))
    assert re.fullmatch(r"[0-9a-f-]{36}", payload["user"].pop("id"))
    assert payload == {"success": True, "user": {"email": "test@example.com", "role": "USER"}}
    cookies = signed_in.cookies
    assert set(cookies.keys()) == COOKIES

    signed_out = requests.post(url, json={"query": LOGOUT_VERBATIM}, cookies=cookies, timeout=PATIENCE)
    assert signed_out.json() == {"data": {"auth": {"logout": {"success": True, "message": "Signed out."}}}}

    refused = requests.post(url, json={"query": REFRESH_VERBATIM}, cookies=cookies, timeout=PATIENCE)
    assert refused.json()["errors"][0]["message"] == "Token is blacklisted"
    assert refusal(refused.json()) == BLACKLISTED
    assert "set-cookie" not in refused.headers


def test_after_logout_nothing_that_was_issued_works(site: Site) -> None:
    """The access token, by Bearer and by cookie, the refresh token, and a copy of all cookies are refused."""
    server = site.start()
    with Client(server.base_url) as browser:
        access_token = browser.login()
        copy, stranger = browser.copy(), Client(server.base_url)
        assert set(copy.cookies) == COOKIES
        me = {"data": {"me": {"email": "test@example.com", "isSignIn": True}}}
        assert browser.ask(ME) == copy.ask(ME) == me

        assert browser.ask(LOGOUT)["data"]["auth"]["logout"]["success"] is True

        assert browser.cookies == {}
        assert browser.ask(ME) == {"data": {"me": None}}
    with copy, stranger:
        assert refusal(copy.ask(ME)) == BLACKLISTED
        assert refusal(copy.ask(REFRESH)) == BLACKLISTED
        assert refusal(copy.ask(ME, bearer=access_token)) == BLACKLISTED
        # Without the browser's secret, a token that is bound to it gets no further than the binding.
        assert refusal(stranger.ask(ME, bearer=access_token))[0] == "FINGERPRINT_MISMATCH"
        del copy.http.cookies["auth-token"]
        assert refusal(copy.ask(REFRESH)) == BLACKLISTED
        assert "auth-token" not in copy.cookies
    assert site.number("SELECT count(*) FROM sessions WHERE revoked_at IS NULL") == 0
    assert site.number("SELECT count(*) FROM audit_events WHERE kind = 'REFRESH'") == 0


def test_after_logout_the_tokens_of_a_body_client_are_refused(site: Site) -> None:
    """A client without cookies signs out by its access token alone, and that ends its refresh token too."""
    server = site.start()
    with Client(server.base_url) as program:
        tokens = program.ask(LOGIN_BODY)["data"]["auth"]["login"]
        assert program.cookies == {}
        assert program.ask(ME, bearer=tokens["accessToken"])["data"]["me"]["isSignIn"] is True

        signed_out = program.ask(LOGOUT, bearer=tokens["accessToken"])
        assert signed_out == {"data": {"auth": {"logout": {"success": True, "message": "Signed out."}}}}

        assert refusal(program.ask(ME, bearer=tokens["accessToken"])) == BLACKLISTED
        refused = program.ask(REFRESH_BODY, {"refreshToken": tokens["refreshToken"]})
        assert refusal(refused) == BLACKLISTED


def test_the_log_tells_the_logout_in_order_and_no_secret(site: Site) -> None:
    """The four lines come in the order of the contract, each with the user's id and none with a token."""
    server = site.start()
    with Client(server.base_url) as browser:
        wrong = browser.ask(LOGIN.replace('"password"', f'"{WRONG}"'))
        assert wrong["data"]["auth"]["login"]["success"] is False
        signed_in = browser.ask(LOGIN)["data"]["auth"]["login"]
        secrets = [*browser.cookies.values(), signed_in["accessToken"], WRONG]
        browser.ask(LOGOUT)
    assert server.terminate() == 0

    log = server.log_text()
    wanted = ("user found from token", "user logged out", "refresh token blacklisted", "cookies cleared")
    lines = [line for line in log.splitlines() if any(message in line for message in wanted)]
    assert [next(message for message in wanted if message in line) for line in lines] == list(wanted)
    assert all(f"user_id={signed_in['user']['id']}" in line for line in lines)
    assert [secret for secret in secrets if secret in log] == []

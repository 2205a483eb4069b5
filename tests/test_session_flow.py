"""The heart of the product, over HTTP: login, use, refresh, logout, and nothing left of it."""

from collections.abc import Callable
from uuid import UUID

from tests.support.browser import Browser, code


async def test_after_logout_nothing_of_the_session_works(
    new_browser: Callable[[], Browser], user_id: UUID
) -> None:
    """The access token by Bearer and by cookie, the refresh token, and a copy of all cookies are refused."""
    browser, thief = new_browser(), new_browser()
    signed_in = await browser.login()
    assert signed_in["user"]["id"] == str(user_id)
    assert (await browser.me())["data"]["me"]["isSignIn"] is True
    copied = browser.cookies

    assert (await browser.logout())["data"]["auth"]["logout"] == {
        "success": True,
        "message": "Signed out.",
        "revokedSessions": 1,
    }

    assert browser.cookies == {}
    assert (await browser.me())["data"] == {"me": None}
    assert code(await thief.take_cookies(copied).me()) == "TOKEN_BLACKLISTED"
    assert code(await thief.me(bearer=signed_in["accessToken"])) == "TOKEN_BLACKLISTED"
    refused = await thief.refresh()
    assert code(refused) == "TOKEN_BLACKLISTED"
    assert refused["errors"][0]["message"] == "Token is blacklisted"
    assert thief.cookies == copied

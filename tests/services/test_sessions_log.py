"""What the log tells of a logout: every step in order, by the id of the user, and never a token."""

import logging
from collections.abc import Callable
from uuid import UUID

import pytest

from tests.support.browser import Browser


async def test_the_log_tells_of_it_in_order_and_never_shows_a_token(
    browser: Browser, user_id: UUID, caplog: pytest.LogCaptureFixture
) -> None:
    """User found, user logged out, token blacklisted, cookies cleared: each with the user's id."""
    given = await browser.login()
    secrets = {given["accessToken"], *browser.cookies.values()}
    caplog.clear()
    with caplog.at_level(logging.DEBUG):
        await browser.logout()
    told = [
        (record.getMessage(), getattr(record, "user_id", None))
        for record in caplog.records
        if record.name in ("services.sessions", "web.cookies")
    ]
    assert told == [
        ("user found from token", str(user_id)),
        ("user logged out", str(user_id)),
        ("refresh token blacklisted", str(user_id)),
        ("cookies cleared", str(user_id)),
    ]
    shown = [f"{record.getMessage()} {vars(record)}" for record in caplog.records]
    assert not any(secret in line for secret in secrets for line in shown)


async def test_the_log_does_not_tell_of_what_did_not_happen(
    new_browser: Callable[[], Browser], user_id: UUID, caplog: pytest.LogCaptureFixture
) -> None:
    """A logout of an ended session logs no logout."""
    browser, copy = new_browser(), new_browser()
    await browser.login()
    copy.take_cookies(browser.cookies)
    await browser.logout()
    caplog.clear()
    with caplog.at_level(logging.INFO):
        await copy.logout()
    told = [r.getMessage() for r in caplog.records if r.name in ("services.sessions", "web.cookies")]
    assert told == ["user found from token", "cookies cleared"]

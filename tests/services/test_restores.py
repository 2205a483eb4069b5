"""A database that was brought back is one until all in it is ended, however often that breaks off."""

from collections.abc import Callable

import pytest

from models.restore_statements import MARK_COPY
from services import Services, restores
from services.errors import ServiceUnavailable
from tests.services import tables
from tests.services.faults import Faults
from tests.support.browser import EMAIL, Browser, code
from tests.support.people import letters, newest_code, problems, request_code, verify

pytestmark = pytest.mark.usefixtures("user_id")


async def test_whatever_breaks_it_off_nobody_is_served_before_it_is_done(
    services: Services, new_browser: Callable[[], Browser], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Failing at each step in turn, it ends a batch whole or not at all, and the database stays a copy."""
    monkeypatch.setattr(restores, "BATCH", 2)
    browsers = [new_browser() for _ in range(5)]
    for browser in browsers:
        await browser.login()
    await services.database.execute(MARK_COPY)
    faults, steps, sessions = Faults(monkeypatch), 0, 0
    while True:
        steps += 1
        faults.strike_at(steps)
        try:
            ended = await services.restores.end_everything()
        except ServiceUnavailable:
            faults.strike_at(None)
            assert await services.restores.is_pending()
            revoked = [reason for reason in await tables.revocations(services) if reason]
            assert len(revoked) == len(await tables.reasons(services)) >= sessions
            sessions = len(revoked)
        else:
            break
    assert steps > 10
    faults.strike_at(None)
    assert not await services.restores.is_pending()
    assert ended["sessions"] + sessions == len(browsers)
    assert await tables.revocations(services) == ["REVOKED_BY_ADMIN"] * 5
    assert await tables.reasons(services) == ["REVOKED_BY_ADMIN"] * 5
    told = ("SESSION_REVOKED", "SUCCESS", "REVOKED_BY_ADMIN")
    assert (await tables.events(services))[5:] == [told] * 5
    for browser in browsers:
        assert code(await browser.me()) == "TOKEN_BLACKLISTED"
        assert code(await browser.refresh()) == "TOKEN_BLACKLISTED"


async def test_a_code_is_void_and_its_letter_goes_nowhere(services: Services, browser: Browser) -> None:
    """The letter that tells of a new password still goes out: twice is better than never."""
    await request_code(browser, "LOGIN")
    digits = await newest_code(services)
    person = await services.database.first("SELECT id FROM users")
    assert person is not None
    await services.users.reset_password(person["id"], email=EMAIL, password="quite another passphrase")
    assert await services.restores.end_everything() == {"sessions": 0, "codes": 1, "letters": 1}
    kinds = [(state, kind) for state, kind, _ in await letters(services)]
    assert kinds == [("EXPIRED", "LOGIN"), ("PENDING", "PASSWORD_RESET")]
    (letter, _) = await tables.rows(services, "outbox")
    assert letter["details"] == "{}"
    assert problems(await verify(browser, digits, "LOGIN")) == [("OTP_INVALID", "code")]


async def test_what_had_ended_before_is_left_as_it_was(services: Services, browser: Browser) -> None:
    """Reasons and times of the past are history, and a second run finds nothing more to do."""
    await browser.login()
    await browser.logout()
    before = await tables.dump(services)
    for _ in range(2):
        assert await services.restores.end_everything() == {"sessions": 0, "codes": 0, "letters": 0}
    assert {**await tables.dump(services), "home": before["home"]} == before


async def test_a_database_that_is_where_it_was_is_no_copy(services: Services) -> None:
    """Noting it again changes nothing, and takes no mark away from one that is a copy."""
    (home,) = await tables.rows(services, "home")
    assert not await services.restores.is_pending()
    await services.database.execute(MARK_COPY)
    await services.restores.note()
    assert await services.restores.is_pending()
    await services.restores.keep_everything()
    assert not await services.restores.is_pending()
    (kept,) = await tables.rows(services, "home")
    assert kept["place"] == home["place"]

"""What an operator does to an account: at once, for good, and all of it or nothing."""

from collections.abc import Awaitable, Callable
from functools import partial
from uuid import UUID, uuid4

import pytest

from models import mail_statements, operator_statements, statements
from services import Services
from services.errors import ServiceUnavailable
from services.problems import WeakPassword
from services.users import AccountUnchanged
from tests.services import tables
from tests.services.faults import BEGIN, COMMIT, Faults
from tests.support.browser import EMAIL, PASSWORD, Browser, code
from tests.support.people import letters

NEW = "quite another password"
ENDING = [
    statements.END_SESSIONS_OF_USER,
    statements.BLACKLIST,
    statements.BLACKLIST,
    statements.INSERT_AUDIT_EVENT,
    COMMIT,
]
DISABLE_STEPS = [BEGIN, statements.DISABLE_USER, *ENDING]
RESET_STEPS = [
    BEGIN,
    operator_statements.SET_HASH,
    *ENDING[:3],
    mail_statements.INSERT_MAIL,
    *ENDING[3:],
]
ENABLE_STEPS = [BEGIN, statements.ENABLE_USER, statements.INSERT_AUDIT_EVENT, COMMIT]


async def assert_ended(*browsers: Browser) -> None:
    """Prove that neither the access token nor the refresh token of these is good for anything."""
    for browser in browsers:
        assert code(await browser.me()) == "TOKEN_BLACKLISTED"
        assert code(await browser.refresh()) == "TOKEN_BLACKLISTED"


async def all_or_nothing(
    services: Services, faults: Faults, act: Callable[[], Awaitable[object]], steps: list[str]
) -> object:
    """Fail at each step in turn, then succeed with these steps and no others."""
    before = await tables.dump(services)
    for number in range(1, len(steps) + 1):
        faults.strike_at(number)
        with pytest.raises(ServiceUnavailable):
            await act()
        faults.strike_at(None)
        assert await tables.dump(services) == before
    faults.strike_at(None)
    done = await act()
    assert faults.seen == steps
    return done


async def test_disabling_is_at_once_and_all_or_nothing(
    services: Services,
    new_browser: Callable[[], Browser],
    user_id: UUID,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Every session is over with the very next request, and no new one is opened."""
    one, two = new_browser(), new_browser()
    for browser in (one, two):
        await browser.login()
    faults = Faults(monkeypatch)
    disable = partial(services.users.disable, user_id)
    assert await all_or_nothing(services, faults, disable, DISABLE_STEPS) == 2
    await assert_ended(one, two)
    assert await tables.reasons(services) == ["ACCOUNT_DISABLED"] * 2
    (problem,) = (await one.login())["problems"]
    assert problem["code"] == "ACCOUNT_DISABLED"


async def test_enabling_is_all_or_nothing(
    services: Services, browser: Browser, user_id: UUID, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Whom it lets in again has to sign in again."""
    await browser.login()
    await services.users.disable(user_id)
    enable = partial(services.users.enable, user_id)
    await all_or_nothing(services, Faults(monkeypatch), enable, ENABLE_STEPS)
    await assert_ended(browser)
    assert (await browser.login())["success"] is True


async def test_a_reset_is_at_once_and_all_or_nothing(
    services: Services,
    new_browser: Callable[[], Browser],
    user_id: UUID,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """The old password and whatever was opened with it are worth nothing any more."""
    one, two = new_browser(), new_browser()
    for browser in (one, two):
        await browser.login()
    reset = partial(services.users.reset_password, user_id, email=EMAIL, password=NEW)
    assert await all_or_nothing(services, Faults(monkeypatch), reset, RESET_STEPS) == 2
    assert await letters(services) == [("PENDING", "PASSWORD_RESET", EMAIL)]
    await assert_ended(one, two)
    assert await tables.revocations(services) == ["PASSWORD_RESET"] * 2
    assert (await tables.events(services))[-1] == ("PASSWORD_RESET", "SUCCESS", None)
    assert (await one.login(password=PASSWORD))["success"] is False
    assert (await one.login(password=NEW))["success"] is True


async def test_a_disabled_account_stays_so_with_its_new_password(
    services: Services, browser: Browser, user_id: UUID
) -> None:
    """A reset is no way to be let in again."""
    await services.users.disable(user_id)
    assert await services.users.reset_password(user_id, email=EMAIL, password=NEW) == 0
    assert await letters(services) == []
    (problem,) = (await browser.login(password=NEW))["problems"]
    assert problem["code"] == "ACCOUNT_DISABLED"


async def test_what_cannot_be_done_changes_nothing(
    services: Services, browser: Browser, user_id: UUID
) -> None:
    """Nobody's account, one that is so already, and a password that would be guessed."""
    await browser.login()
    before = await tables.dump(services)
    for act in (
        services.users.disable(uuid4()),
        services.users.enable(uuid4()),
        services.users.enable(user_id),
        services.users.reset_password(uuid4(), email=EMAIL, password=NEW),
    ):
        with pytest.raises(AccountUnchanged):
            await act
    with pytest.raises(WeakPassword):
        await services.users.reset_password(user_id, email=EMAIL, password="I am ada")
    assert await tables.dump(services) == before
    assert (await browser.me())["data"]["me"]["email"] == EMAIL


async def test_a_sign_in_that_began_before_a_reset_comes_too_late(
    services: Services, browser: Browser, user_id: UUID, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The old password was verified, and is no longer the one: no session outlives the reset."""
    verify = type(services.passwords).verify
    resets = [services.users.reset_password(user_id, email=EMAIL, password=NEW)]

    async def verify_and_reset(pool: object, password: str, *, against: str | None) -> bool:
        verified = await verify(services.passwords, password, against=against)
        while resets:
            await resets.pop()
        return verified

    monkeypatch.setattr(type(services.passwords), "verify", verify_and_reset)
    assert (await browser.login())["success"] is False
    assert await tables.live_sessions(services) == 0

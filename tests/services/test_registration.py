"""Signing up: a mailbox is proved, and nobody learns whether an address has an account."""

import asyncio
from collections.abc import Callable
from uuid import UUID

import pytest

from models import mail_statements, people_statements, statements
from services import Services
from tests.services import tables
from tests.services.faults import BEGIN, COMMIT, Faults
from tests.services.test_outages import assert_all_or_nothing
from tests.support.browser import EMAIL, PASSWORD, Browser
from tests.support.clock import FakeClock
from tests.support.people import letters, newest_code, payload, problems, register, reset_password, verify

TAKEN = {
    "success": True,
    "message": "Please look into your mail: it says how to go on.",
    "problems": [],
}
OTHER = "another good passphrase"


STEPS = [
    BEGIN,
    people_statements.ISSUE_CODE,
    people_statements.REPLACE_CODE,
    people_statements.REGISTER,
    people_statements.DESCRIBE_NEWCOMER,
    people_statements.FIND_RECIPIENT,
    mail_statements.INSERT_MAIL,
    statements.INSERT_AUDIT_EVENT,
    COMMIT,
]
"""What a sign-up asks of the database, whoever it is for."""


async def test_a_new_address_gets_a_code_that_signs_in(
    browser: Browser, services: Services, clock: FakeClock
) -> None:
    """Sign up, code from the mail, verified and signed in; before that the right password lets nobody in."""
    assert payload(await register(browser, firstName=" Ada ", locale="de-at")) == TAKEN
    assert browser.cookies == {}
    assert await letters(services) == [("PENDING", "VERIFY_EMAIL", EMAIL)]
    refused = await browser.login()
    assert refused["problems"][0]["code"] == "EMAIL_NOT_VERIFIED"
    clock.advance(30)
    done = payload(await verify(browser, await newest_code(services), "VERIFY_EMAIL"))
    assert done["success"] is True
    assert done["user"] == {
        "id": done["user"]["id"],
        "email": EMAIL,
        "isVerified": True,
        "isSignIn": True,
        "needsOnboarding": True,
        "lastLoginAt": "2026-01-01T12:00:30Z",
        "profile": {"firstName": "Ada", "locale": "de-AT"},
    }
    assert (await browser.me())["data"]["me"]["isVerified"] is True
    assert await tables.events(services) == [
        ("REGISTERED", "SUCCESS", None),
        ("LOGIN", "FAILURE", "EMAIL_NOT_VERIFIED"),
        ("EMAIL_VERIFIED", "SUCCESS", None),
        ("LOGIN", "SUCCESS", None),
    ]
    assert (await browser.login())["success"] is True


async def test_the_owner_of_a_known_address_is_told_and_can_reset(
    browser: Browser, services: Services, user_id: UUID
) -> None:
    """The stranger reads the same answer; the owner gets a mail with a way to a new password."""
    before = await tables.rows(services, "users"), await tables.rows(services, "profiles")
    assert payload(await register(browser, f" {EMAIL.upper()} ", OTHER, firstName="Mallory")) == TAKEN
    assert (await tables.rows(services, "users"), await tables.rows(services, "profiles")) == before
    assert await letters(services) == [("PENDING", "ALREADY_REGISTERED", EMAIL)]
    assert await tables.events(services) == [("REGISTERED", "FAILURE", "ADDRESS_TAKEN")]
    assert (await browser.login(password=OTHER))["success"] is False
    code = await newest_code(services)
    assert problems(await verify(browser, code, "VERIFY_EMAIL")) == [("OTP_INVALID", "code")]
    assert payload(await reset_password(browser, code, OTHER))["success"] is True
    assert (await browser.login(password=OTHER))["success"] is True


async def test_a_disabled_account_gets_no_mail(
    browser: Browser, services: Services, user_id: UUID, clock: FakeClock
) -> None:
    """The answer is the same, and nothing is sent or kept."""
    await tables.set_user(services, user_id, "disabled_at", clock())
    assert payload(await register(browser)) == TAKEN
    assert await letters(services) == [("SUPPRESSED", "ALREADY_REGISTERED", "")]


@pytest.mark.parametrize("whose", ["nobody", "pending", "verified", "disabled"])
async def test_every_address_costs_the_same_statements(
    browser: Browser, services: Services, clock: FakeClock, monkeypatch: pytest.MonkeyPatch, whose: str
) -> None:
    """What the database is asked is the same, one by one, whatever it knows of the address."""
    if whose != "nobody":
        await register(browser)
        clock.advance(61)
    if whose in ("verified", "disabled"):
        await services.database.execute("UPDATE users SET verified_at = created_at")
    if whose == "disabled":
        await services.database.execute("UPDATE users SET disabled_at = created_at")
    faults = Faults(monkeypatch)
    assert payload(await register(browser)) == TAKEN
    assert faults.seen == STEPS


async def test_a_sign_up_is_all_or_nothing(
    browser: Browser, services: Services, monkeypatch: pytest.MonkeyPatch
) -> None:
    """No account without a mail, and no mail without an account."""
    faults = Faults(monkeypatch)
    answer = await assert_all_or_nothing(services, faults, browser, register, STEPS)
    assert payload(answer) == TAKEN
    assert len(await tables.rows(services, "users")) == 1


async def test_an_unproved_account_belongs_to_the_sign_up_whose_code_is_entered(
    new_browser: Callable[[], Browser], services: Services, clock: FakeClock
) -> None:
    """Who signed up first, without reading the mail, has no password to the account that the owner proves."""
    stranger, owner = new_browser(), new_browser()
    await register(stranger, EMAIL, OTHER, firstName="Mallory")
    old = await newest_code(services)
    clock.advance(61)
    await register(owner, "Ada@Example.com", PASSWORD, firstName="Ada")
    assert problems(await verify(owner, old, "VERIFY_EMAIL")) == [("OTP_INVALID", "code")]
    done = payload(await verify(owner, await newest_code(services), "VERIFY_EMAIL"))
    assert (done["user"]["email"], done["user"]["profile"]["firstName"]) == ("Ada@Example.com", "Ada")
    assert (await stranger.login(password=OTHER))["success"] is False
    assert (await owner.login(password=PASSWORD))["success"] is True


async def test_a_sign_up_within_a_minute_changes_nothing(
    new_browser: Callable[[], Browser], services: Services, clock: FakeClock
) -> None:
    """The code that is under way stays good, with its password, and no second mail is sent."""
    owner, stranger = new_browser(), new_browser()
    await register(owner)
    code, before = await newest_code(services), await tables.rows(services, "users")
    clock.advance(59)
    assert payload(await register(stranger, EMAIL, OTHER)) == TAKEN
    assert await tables.rows(services, "users") == before
    assert len(await letters(services)) == 1
    assert (await tables.events(services))[-1] == ("REGISTERED", "FAILURE", "TOO_SOON")
    assert payload(await verify(owner, code, "VERIFY_EMAIL"))["success"] is True


async def test_everything_that_cannot_be_accepted_is_told_at_once(
    browser: Browser, services: Services
) -> None:
    """A form can mark every field; nothing was changed, and nothing was counted as a sign-up."""
    before = await tables.dump(services)
    answer = await register(browser, "no address", "password", phone="1234", locale="nonsense!")
    assert problems(answer) == [
        ("BAD_USER_INPUT", "email"),
        ("WEAK_PASSWORD", "password"),
        ("BAD_USER_INPUT", "phone"),
        ("BAD_USER_INPUT", "locale"),
    ]
    assert await tables.dump(services) == before


async def test_of_many_sign_ups_at_once_one_is_taken(
    new_browser: Callable[[], Browser], services: Services
) -> None:
    """Twenty at the same time make one account and one mail, and all read the same answer."""
    browsers = [new_browser() for _ in range(20)]
    bodies = await asyncio.gather(
        *(register(browser, EMAIL, f"{OTHER} {number}") for number, browser in enumerate(browsers))
    )
    assert [payload(body) for body in bodies] == [TAKEN] * 20
    assert len(await tables.rows(services, "users")) == 1
    assert await letters(services) == [("PENDING", "VERIFY_EMAIL", EMAIL)]


async def test_a_sign_up_leaves_no_secret_behind(
    browser: Browser, services: Services, caplog: pytest.LogCaptureFixture
) -> None:
    """Neither the password nor the code is in the log or in the audit trail."""
    with caplog.at_level("INFO"):
        await register(browser)
    code = await newest_code(services)
    said = caplog.text + repr(await tables.rows(services, "audit_events"))
    assert "sign-up taken" in said
    assert PASSWORD not in said
    assert code not in said

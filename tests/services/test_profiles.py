"""Profiles and first steps: what is given changes, what is absent stays, and nothing changes after logout."""

from uuid import UUID

import pytest

from models.statements import IDENTIFY
from services import Services
from tests.services import tables
from tests.services.faults import Gate
from tests.support.browser import Browser, code
from tests.support.clock import FakeClock
from tests.support.people import ONBOARD, UPDATE_PROFILE, payload, problems

EMPTY = dict.fromkeys(("firstName", "lastName", "displayName", "phone", "locale", "timezone"))
FULL = {
    "firstName": "Zoë",
    "lastName": "Müller-Lüdenscheidt",
    "displayName": "zoë 🦉",
    "phone": "+4930123456",
    "locale": "de-AT",
    "timezone": "Europe/Vienna",
}


async def update(browser: Browser, **fields: str | None) -> object:
    """Change the profile and give the decoded body."""
    return await browser.ask(UPDATE_PROFILE, {"input": fields})


async def test_what_is_given_changes_and_what_is_absent_stays(
    browser: Browser, services: Services, user_id: UUID, clock: FakeClock
) -> None:
    """Set, leave, clear by null and by blank; the answer is the profile as it is then."""
    await browser.login()
    clock.advance(5)
    done = payload(await update(browser, **FULL))
    assert done["user"]["profile"] == {**FULL, "updatedAt": "2026-01-01T12:00:05Z"}
    done = payload(await update(browser, firstName="Zoe", phone=None, timezone="  "))
    assert {**done["user"]["profile"], "updatedAt": None} == {
        **FULL,
        "firstName": "Zoe",
        "phone": None,
        "timezone": None,
        "updatedAt": None,
    }
    assert (await tables.events(services))[1:] == [("PROFILE_UPDATED", "SUCCESS", None)] * 2


async def test_a_user_without_a_profile_has_an_empty_one_and_can_fill_it(
    browser: Browser, services: Services, user_id: UUID
) -> None:
    """A missing row is never an error."""
    await services.database.execute("DELETE FROM profiles")
    await browser.login()
    answer = await browser.ask("{ me { needsOnboarding profile { firstName locale updatedAt } } }")
    assert answer["data"]["me"]["profile"] == {
        "firstName": None,
        "locale": None,
        "updatedAt": "2026-01-01T12:00:00Z",
    }
    assert problems(await browser.ask(ONBOARD)) == [
        ("BAD_USER_INPUT", "firstName"),
        ("BAD_USER_INPUT", "lastName"),
    ]
    done = payload(await update(browser, firstName="Ada"))
    assert done["user"]["profile"]["firstName"] == "Ada"


async def test_everything_that_cannot_be_accepted_is_told_at_once(
    browser: Browser, services: Services, user_id: UUID
) -> None:
    """Each beside its field, and not even the good part of it is saved."""
    await browser.login()
    before = await tables.dump(services)
    answer = await update(
        browser,
        firstName="x" * 101,
        lastName="Good",
        phone="0301234",
        locale="zz-zz",
        timezone="Mars/Olympus",
    )
    assert problems(answer) == [
        ("BAD_USER_INPUT", "firstName"),
        ("BAD_USER_INPUT", "phone"),
        ("BAD_USER_INPUT", "locale"),
        ("BAD_USER_INPUT", "timezone"),
    ]
    assert await tables.dump(services) == before


async def test_the_first_steps_need_both_names(browser: Browser, services: Services, user_id: UUID) -> None:
    """With one missing it is named; with both it is done, once, and `me` says so."""
    await browser.login()
    await update(browser, lastName=None)
    assert problems(await browser.ask(ONBOARD)) == [("BAD_USER_INPUT", "lastName")]
    assert (await browser.me())["data"]["me"]["needsOnboarding"] is True
    await update(browser, lastName="Lovelace")
    assert payload(await browser.ask(ONBOARD))["user"] == {"needsOnboarding": False}
    assert (await browser.me())["data"]["me"]["needsOnboarding"] is False


async def test_the_first_steps_are_done_once(
    browser: Browser, services: Services, user_id: UUID, clock: FakeClock
) -> None:
    """Asked again it says the same, and neither the time nor the audit trail changes."""
    await browser.login()
    assert payload(await browser.ask(ONBOARD))["success"] is True
    clock.advance(60)
    assert payload(await browser.ask(ONBOARD))["user"] == {"needsOnboarding": False}
    events = await tables.events(services)
    assert events.count(("ONBOARDED", "SUCCESS", None)) == 1


async def test_nobody_changes_a_profile_without_a_session(browser: Browser, services: Services) -> None:
    """Identity comes from the token, and there is none."""
    assert code(await update(browser, firstName="Mallory")) == "UNAUTHENTICATED"
    assert code(await browser.ask(ONBOARD)) == "UNAUTHENTICATED"


@pytest.mark.parametrize("document", [UPDATE_PROFILE, ONBOARD])
async def test_a_session_that_ends_in_between_changes_nothing(
    browser: Browser, services: Services, user_id: UUID, monkeypatch: pytest.MonkeyPatch, document: str
) -> None:
    """Once the logout is answered, nothing of the session works any more."""
    await browser.login()
    before = await tables.rows(services, "profiles"), await tables.rows(services, "users")
    variables = {"input": {"firstName": "Mallory"}} if "$input" in document else None
    async with Gate(monkeypatch, IDENTIFY).holding(browser.ask(document, variables)) as changing:
        await services.sessions.database.execute(
            "UPDATE sessions SET revoked_at = created_at, revoked_reason = 'LOGOUT'"
        )
    assert code(changing.result()) == "TOKEN_BLACKLISTED"
    assert (await tables.rows(services, "profiles"), await tables.rows(services, "users")) == before

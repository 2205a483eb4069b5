"""One-time codes are asked for: who gets one, how often, and what the answer does not tell."""

from uuid import UUID

import pytest

from models import mail_statements, people_statements, statements
from services import Services
from tests.services import tables
from tests.services.faults import BEGIN, COMMIT, Faults
from tests.services.test_outages import assert_all_or_nothing
from tests.support.browser import EMAIL, Browser
from tests.support.clock import FakeClock
from tests.support.people import (
    letters,
    payload,
    problems,
    request_code,
)

SENT = {
    "success": True,
    "message": "If the address has an account, a code is on its way.",
    "problems": [],
}
REQUEST_STEPS = [
    BEGIN,
    people_statements.ISSUE_CODE,
    people_statements.FIND_RECIPIENT,
    mail_statements.INSERT_MAIL,
    statements.INSERT_AUDIT_EVENT,
    COMMIT,
]


@pytest.mark.parametrize(
    ("purpose", "column", "state"),
    [
        ("LOGIN", None, "PENDING"),
        ("RESET_PASSWORD", None, "PENDING"),
        ("VERIFY_EMAIL", None, "SUPPRESSED"),
        ("VERIFY_EMAIL", "verified_at", "PENDING"),
        ("LOGIN", "verified_at", "PENDING"),
        ("LOGIN", "disabled_at", "SUPPRESSED"),
        ("RESET_PASSWORD", "disabled_at", "SUPPRESSED"),
    ],
)
async def test_a_mail_is_sent_where_it_is_of_use(
    browser: Browser,
    services: Services,
    user_id: UUID,
    clock: FakeClock,
    purpose: str,
    column: str | None,
    state: str,
) -> None:
    """A disabled account gets nothing, and a proved address no code to prove it. The answer is the same."""
    if column is not None:
        await tables.set_user(services, user_id, column, clock() if column == "disabled_at" else None)
    assert payload(await request_code(browser, purpose, EMAIL.upper())) == SENT
    recipient = EMAIL if state == "PENDING" else ""
    assert await letters(services) == [(state, purpose, recipient)]
    assert await tables.events(services) == [("CODE_REQUESTED", "SUCCESS", purpose)]


@pytest.mark.parametrize("email", [EMAIL, "nobody@example.com"])
@pytest.mark.parametrize("purpose", ["VERIFY_EMAIL", "LOGIN", "RESET_PASSWORD"])
async def test_every_address_costs_the_same_statements(
    browser: Browser,
    services: Services,
    user_id: UUID,
    monkeypatch: pytest.MonkeyPatch,
    email: str,
    purpose: str,
) -> None:
    """What the database is asked is the same, one by one, whether or not there is such an account."""
    faults = Faults(monkeypatch)
    assert payload(await request_code(browser, purpose, email)) == SENT
    assert faults.seen == REQUEST_STEPS


@pytest.mark.parametrize("email", [EMAIL, "nobody@example.com"])
async def test_no_second_code_within_a_minute(
    browser: Browser, services: Services, user_id: UUID, clock: FakeClock, email: str
) -> None:
    """The answer does not tell, and the first code stays good; a minute later a new one voids it."""
    for seconds in (0, 59):
        clock.advance(seconds)
        assert payload(await request_code(browser, "LOGIN", email)) == SENT
    assert len(await letters(services)) == 1
    clock.advance(1)
    assert payload(await request_code(browser, "LOGIN", email)) == SENT
    assert len(await letters(services)) == 2


@pytest.mark.parametrize("email", ["no address", "", "a b@example.com", "ada@", "@example.com"])
async def test_what_is_no_address_is_told(browser: Browser, services: Services, email: str) -> None:
    """A form can show it; nothing is written."""
    assert problems(await request_code(browser, "LOGIN", email)) == [("BAD_USER_INPUT", "email")]
    assert await letters(services) == []


async def test_a_request_is_all_or_nothing(
    browser: Browser, services: Services, user_id: UUID, monkeypatch: pytest.MonkeyPatch
) -> None:
    """No code without its mail, and no cooldown for a mail that was never promised."""
    faults = Faults(monkeypatch)

    async def act(browser: Browser) -> object:
        return await request_code(browser, "LOGIN")

    assert payload(await assert_all_or_nothing(services, faults, browser, act, REQUEST_STEPS)) == SENT
    assert len(await letters(services)) == 1

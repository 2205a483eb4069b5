"""Looking accounts up: every account is found and shown once, and no hash of any."""

from collections.abc import Sequence
from typing import Any
from uuid import UUID

import pytest

from models import Role
from services import Services, directory
from services.directory import MAX_PAGE, AccountUnknown, Entry
from services.errors import BadUserInput
from services.problems import InvalidInput
from tests.support.browser import EMAIL, PASSWORD, Browser
from tests.support.clock import FakeClock

EMAILS = ["Bob@example.com", "ada@example.com", "Émile@example.com", "carol@example.com", "dan@example.com"]


@pytest.fixture
async def people(services: Services) -> Sequence[str]:
    """Make some accounts, of which Carol is an ADMIN and Dan is disabled; give them as they are sorted."""
    for email in EMAILS:
        role = Role.ADMIN if email.startswith("carol") else Role.USER
        user_id = await services.users.create(email=email, password=PASSWORD, role=role)
    await services.users.disable(user_id)
    rows = await services.database.fetch("SELECT email FROM users ORDER BY email_normalised")
    return [row["email"] for row in rows]


def emails(entries: Sequence[Entry]) -> list[str]:
    """Give whom a page shows."""
    return [entry.email for entry in entries]


@pytest.mark.parametrize("size", [1, 2, 3, 5, 6])
async def test_pages_show_everybody_once(people: Sequence[str], size: int) -> None:
    """In the order of the e-mails, whatever the size of a page; the last one says that it is."""
    found: list[str] = []
    after, more = None, True
    while more:
        page = await directory.read(first=size, after=after)
        assert 0 < len(page.entries) <= size
        found += emails(page.entries)
        after, more = found[-1], page.has_next_page
    assert found == people
    assert sorted(found) == sorted(EMAILS)


async def test_a_list_can_be_narrowed(people: Sequence[str]) -> None:
    """By role, by standing, and by both."""
    cases: list[tuple[dict[str, Any], list[str]]] = [
        ({"role": Role.ADMIN}, ["carol@example.com"]),
        ({"disabled": True}, ["dan@example.com"]),
        ({"disabled": False}, [email for email in people if email != "dan@example.com"]),
        ({"disabled": True, "role": Role.ADMIN}, []),
    ]
    for wanted, shown in cases:
        assert emails((await directory.read(first=10, **wanted)).entries) == shown


@pytest.mark.parametrize("first", [-1, 0, MAX_PAGE + 1])
async def test_a_page_has_a_size(services: Services, first: int) -> None:
    """No list is so long that it does not fit into memory."""
    with pytest.raises(BadUserInput):
        await directory.read(first=first)


@pytest.mark.parametrize("who", ["ada@example.com", " ADA@Example.COM ", "{id}", "{ID}", "{hex}"])
async def test_an_account_is_found_by_e_mail_or_id(services: Services, user_id: UUID, who: str) -> None:
    """However either is spelt."""
    named = who.format(id=user_id, ID=str(user_id).upper(), hex=user_id.hex)
    found = await directory.find(named)
    assert (found.id, found.email, found.role) == (user_id, EMAIL, Role.USER)


@pytest.mark.parametrize(
    "who", ["", "ada", "bob@example.com", "00000000-0000-4000-8000-000000000000", "%", "ad_@example.com"]
)
async def test_an_account_that_is_not_there_is_not_found(services: Services, user_id: UUID, who: str) -> None:
    """Nothing is a pattern, and nobody is meant who was not named."""
    with pytest.raises(AccountUnknown):
        await directory.find(who)


@pytest.mark.parametrize("who", ["@", "\udcff@example.com", "a\0@example.com"])
async def test_what_no_database_takes_is_not_asked_for(services: Services, user_id: UUID, who: str) -> None:
    """What a terminal may hand over is no more of an address than what a form may."""
    with pytest.raises(InvalidInput):
        await directory.find(who)
    with pytest.raises(InvalidInput):
        await directory.read(first=1, after=who)


async def test_an_entry_has_no_hash(services: Services, user_id: UUID) -> None:
    """What is not read cannot be shown."""
    assert "argon2" not in repr(await directory.read(first=10))
    assert "argon2" not in repr(await directory.find(EMAIL))


async def test_an_account_is_described(
    services: Services, browser: Browser, user_id: UUID, clock: FakeClock
) -> None:
    """Its profile, how many sessions are live, and what happened last, the latest first."""
    await browser.login(password="wrong one")
    for _ in range(2):
        await browser.login()
    await browser.logout()
    entry = await directory.find(EMAIL)
    details = await directory.describe(entry, now=clock())
    assert (details.profile.first_name, details.live_sessions) == ("Ada", 1)
    assert [(event.kind, event.outcome) for event in details.events] == [
        ("LOGOUT", "SUCCESS"),
        ("LOGIN", "SUCCESS"),
        ("LOGIN", "SUCCESS"),
        ("LOGIN", "FAILURE"),
    ]
    clock.advance(86_400)
    assert (await directory.describe(entry, now=clock())).live_sessions == 0


async def test_an_account_without_a_profile_is_described(services: Services, user_id: UUID) -> None:
    """A profile is a row that need not be there."""
    await services.database.execute("DELETE FROM profiles")
    details = await directory.describe(await directory.find(EMAIL), now=services.clock())
    assert (details.profile.first_name, details.live_sessions, details.events) == (None, 0, [])

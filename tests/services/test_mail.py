"""Posting: a letter belongs to its transaction, and one that nobody may get leaves nothing of itself."""

import json
from collections.abc import Callable, Coroutine
from datetime import datetime
from typing import Any

import pytest

from models import MailKind
from models.mail_statements import INSERT_MAIL
from services import Services, mail
from services.database_statements import Transaction
from services.mail import LANGUAGES, Letter
from tests.services.faults import BEGIN, COMMIT, Faults
from tests.services.mailing import ADDRESS, CODE, RECIPIENT, TEN_MINUTES, letter, outbox, post
from tests.support.clock import START


async def test_a_letter_is_a_row(services: Services) -> None:
    """Everything that delivering it will take is in there, and it is due at once."""
    await post(services)
    (row,) = await outbox(services)
    assert json.loads(row["details"]) == {"code": CODE, "ip_address": ADDRESS}
    assert {name: row[name] for name in ("state", "kind", "recipient", "locale", "attempts", "sent_at")} == {
        "state": "PENDING",
        "kind": "LOGIN",
        "recipient": RECIPIENT,
        "locale": "en",
        "attempts": 0,
        "sent_at": None,
    }
    assert (row["created_at"], row["due_at"], row["expires_at"]) == (START, START, START + TEN_MINUTES)


async def test_a_letter_shares_the_fate_of_its_transaction(services: Services) -> None:
    """What did not happen is not told."""

    async def fail() -> None:
        async with services.database.transaction() as transaction:
            await mail.post(transaction, letter(services), now=services.clock())
            raise RuntimeError("it did not happen")

    with pytest.raises(RuntimeError, match="it did not happen"):
        await fail()
    assert await outbox(services) == []


async def test_a_suppressed_letter_keeps_nothing_of_itself(services: Services) -> None:
    """Neither whom it would have been for nor what it would have said is in any column."""
    async with services.database.transaction() as transaction:
        await mail.suppress(transaction, letter(services), now=services.clock())
    (row,) = await outbox(services)
    assert (row["state"], row["recipient"], row["details"]) == ("SUPPRESSED", "", "{}")
    assert CODE not in repr(dict(row))
    assert "ada" not in repr(dict(row)).lower()


async def test_suppressing_takes_the_statement_that_posting_takes(
    services: Services, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Nothing that can be timed tells whether somebody gets a letter."""
    faults = Faults(monkeypatch)
    ways: list[Callable[[Transaction, Letter, datetime], Coroutine[Any, Any, None]]] = [
        lambda transaction, one, now: mail.post(transaction, one, now=now),
        lambda transaction, one, now: mail.suppress(transaction, one, now=now),
    ]
    for way in ways:
        faults.strike_at(None)
        async with services.database.transaction() as transaction:
            await way(transaction, letter(services), services.clock())
        assert faults.seen == [BEGIN, INSERT_MAIL, COMMIT]
    assert [row["state"] for row in await outbox(services)] == ["PENDING", "SUPPRESSED"]


@pytest.mark.parametrize("backend", ["sqlite"])
@pytest.mark.parametrize(
    ("wanted", "given"),
    [
        (("de",), "de"),
        (("de-AT", "en"), "de"),
        (("DE-ch",), "de"),
        (("fr", "de-DE", "en"), "de"),
        (("en-GB", "de"), "en"),
        (("fr", "tlh"), "en"),
        (("den", "deu", "*", ""), "en"),
        ((), "en"),
    ],
)
async def test_the_first_language_that_there_are_templates_in(
    services: Services, wanted: tuple[str, ...], given: str
) -> None:
    """A region does not matter, a language that only looks alike does not count, and English is the rest."""
    await post(services, letter(services, languages=wanted))
    assert [row["locale"] for row in await outbox(services)] == [given]
    assert given in LANGUAGES


def test_the_details_are_not_shown() -> None:
    """A letter in a log line or in a traceback gives no code away."""
    one = Letter(kind=MailKind.LOGIN, recipient=RECIPIENT, languages=("en",), details={"code": CODE})
    assert CODE not in repr(one)
    assert one.expires_at is None

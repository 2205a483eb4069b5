"""Letters to post, senders to deliver them, and what the outbox then says."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from models import MailKind
from security.derivation import Secret
from services import Services, mail
from services.mail import Letter
from services.mail_composition import Composer, load_templates
from services.mail_sender import Sender
from services.mail_smtp import smtp
from tests.services import tables
from tests.support.smtp import Catcher

RECIPIENT = "Ada@Example.com"
CODE, ADDRESS, ORIGIN = "493017", "2001:db8::1", "https://auth.example.com:8443"
POSTED_AT = datetime(2026, 1, 31, 23, 55, 7, tzinfo=UTC)
TEN_MINUTES = timedelta(minutes=10)
PAUSES = (5, 15, 45, 135, 405, 1215, 3645)
"""How many seconds a letter rests after each failure, when chance moves nothing."""

COMPOSER = Composer(
    templates=load_templates(),
    sender="Latchkey <no-reply@example.com>",
    origin=ORIGIN,
    secret=Secret(b"x" * 32),
)


def claimed(**changes: Any) -> Mapping[str, Any]:
    """Give a claimed row for the composer, without a database: of a letter with a code for ten minutes."""
    usual = {
        "id": 7,
        "kind": MailKind.LOGIN,
        "recipient": RECIPIENT,
        "locale": "en",
        "details": json.dumps({"code": CODE, "ip_address": ADDRESS}),
        "created_at": POSTED_AT,
        "expires_at": POSTED_AT + TEN_MINUTES,
    }
    return {**usual, **changes}


def letter(services: Services, **changes: Any) -> Letter:
    """Give a letter with a code in it that is good for ten minutes from now."""
    usual: dict[str, Any] = {
        "kind": MailKind.LOGIN,
        "recipient": RECIPIENT,
        "languages": ("en",),
        "details": {"code": CODE, "ip_address": ADDRESS},
        "expires_at": services.clock() + TEN_MINUTES,
    }
    return Letter(**{**usual, **changes})


async def post(services: Services, *letters: Letter) -> None:
    """Post letters, or one of the usual kind, in a transaction of their own."""
    async with services.database.transaction() as transaction:
        for one in letters or (letter(services),):
            await mail.post(transaction, one, now=services.clock())


def sender_to(catcher: Catcher, services: Services, **limits: Any) -> Sender:
    """Make a sender for a mail server, without chance; reads certificates, and so is not for the loop."""
    transport = replace(smtp(catcher.url, greets_as="latchkey.test"), **limits)
    return replace(services.sender, transport=transport, chance=lambda: 0.5, rest=0.0)


async def outbox(services: Services) -> Sequence[Mapping[str, Any]]:
    """Give every row of the outbox, in the order in which they were posted."""
    return await tables.rows(services, "outbox")


async def states(services: Services) -> list[tuple[str, int, bool]]:
    """Give of every letter its state, its failures, and whether it still has its details."""
    return [(row["state"], row["attempts"], row["details"] != "{}") for row in await outbox(services)]


async def drain(sender: Sender) -> None:
    """Deliver until nothing is due any more."""
    while await sender.deliver_due():
        pass


def lines(caplog: pytest.LogCaptureFixture) -> list[str]:
    """Give level and text of every line that the sender has logged."""
    return [
        f"{record.levelname} {record.getMessage()}"
        for record in caplog.records
        if record.name == "services.mail_sender"
    ]

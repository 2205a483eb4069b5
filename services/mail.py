"""The outbox: a letter is a row, written in the transaction of what it tells of, and delivered later."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from models import MailKind, MailState
from models.mail_statements import INSERT_MAIL
from services.database_statements import Transaction

LANGUAGES = ("en", "de")
"""The languages that there are templates in; the first is for whoever asks for none of them."""

_NOTHING = "{}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Letter:
    """A letter to somebody. Its details fill the template, and its representation does not show them.

    `languages` are BCP 47 tags, the most wanted first. Without `expires_at` it is always worth delivering.
    """

    kind: MailKind
    recipient: str
    languages: Sequence[str]
    details: Mapping[str, str] = field(default_factory=dict, repr=False)
    expires_at: datetime | None = None


async def post(transaction: Transaction, letter: Letter, *, now: datetime) -> None:
    """Promise a letter in the transaction of what it tells of: both happened, or neither."""
    details = json.dumps(dict(letter.details))
    await _insert(transaction, letter, MailState.PENDING, letter.recipient, details, now=now)


async def suppress(transaction: Transaction, letter: Letter, *, now: datetime) -> None:
    """Write a row for a letter that nobody may get: it costs what another costs, and keeps nothing of it.

    Whoever asks in the name of somebody else is answered after the same work, whether or not there is such a
    person.
    """
    json.dumps(dict(letter.details))
    await _insert(transaction, letter, MailState.SUPPRESSED, "", _NOTHING, now=now)


async def _insert(
    transaction: Transaction, letter: Letter, state: MailState, recipient: str, details: str, *, now: datetime
) -> None:
    language = _language(letter.languages)
    values = (state, letter.kind, recipient, language, details, now, letter.expires_at)
    await transaction.execute(INSERT_MAIL, *values)


def _language(wanted: Sequence[str]) -> str:
    # Letters have no regional editions, so that the lookup of RFC 4647 section 3.4 ends at the first subtag.
    primary = (tag.partition("-")[0].lower() for tag in wanted)
    return next((language for language in primary if language in LANGUAGES), LANGUAGES[0])

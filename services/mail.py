"""Mail as the flows know it: a letter is a row of the outbox."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from models import MailKind, MailState
from models.mail_statements import INSERT_MAIL
from services.database import Statements


@dataclass(frozen=True, slots=True, kw_only=True)
class Letter:
    """A letter to be sent. Its representation shows no detail of it."""

    kind: MailKind
    recipient: str
    languages: Sequence[str]
    details: Mapping[str, str] = field(default_factory=dict, repr=False)
    expires_at: datetime | None = None


async def post(transaction: Statements, letter: Letter, *, now: datetime) -> None:
    """Promise a letter, in the transaction of what it tells of."""
    await _insert(transaction, letter, MailState.PENDING, letter.recipient, dict(letter.details), now)


async def suppress(transaction: Statements, letter: Letter, *, now: datetime) -> None:
    """Do what promising a letter costs, and keep nothing of it."""
    await _insert(transaction, letter, MailState.SUPPRESSED, "", {}, now)


async def _insert(
    transaction: Statements,
    letter: Letter,
    state: MailState,
    recipient: str,
    details: dict[str, str],
    now: datetime,
) -> None:
    await transaction.execute(
        INSERT_MAIL, state, letter.kind, recipient, "en", json.dumps(details), now, letter.expires_at
    )

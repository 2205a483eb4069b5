"""What is written when a session begins, goes on or ends: its tokens, and with them an event."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from models import RevocationReason
from models.statements import BLACKLIST, END_SESSION, INSERT_OUTSTANDING
from services import audit
from services.database import Database
from services.database_decisions import Decided
from services.database_inserts import Insert
from services.database_statements import Transaction
from services.grants import Issue


def outstanding(issue: Issue, *, session_id: UUID, user_id: UUID, until: datetime | Decided) -> Insert:
    """Give the INSERT by which is known that a refresh token was issued."""
    return INSERT_OUTSTANDING, (issue.jti, session_id, user_id, issue.kid, issue.issued_at, until)


async def end_session(
    database: Database, *, user_id: UUID, session_id: UUID, event: audit.Event, now: datetime
) -> bool:
    """End one session for the reason of an event, and tell whether it was live: all of it, or nothing.

    One statement decides. Its refresh token is blacklisted, and the event recorded, with it.
    """
    ended = await database.decide(
        END_SESSION,
        *(user_id, session_id, now, event.reason),
        then=(
            (BLACKLIST, (Decided("current_jti"), now, event.reason)),
            audit.entry(event, now=now),
        ),
    )
    return ended is not None


async def revoke(
    transaction: Transaction, ending: str, *subject: UUID, now: datetime, reason: RevocationReason
) -> Sequence[UUID]:
    """Revoke the sessions that a statement finds, blacklist the refresh token of each, and give their ids."""
    rows = await transaction.fetch(ending, *subject, now, reason)
    transaction.defer(*((BLACKLIST, (row["current_jti"], now, reason)) for row in rows))
    return [row["id"] for row in rows]

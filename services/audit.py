"""The audit trail: written by the flows in their own transactions, read by page."""

import base64
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from uuid import UUID

from tortoise.queryset import QuerySet

from models import AuditEvent, AuditKind, AuditOutcome, Role
from models.statements import INSERT_AUDIT_EVENT
from services.accounts import Account
from services.clients import Client
from services.database_inserts import Insert
from services.database_outages import in_time
from services.database_statements import Transaction
from services.errors import BadUserInput, Forbidden

MAX_PAGE = 200
"""How many events a page holds at the most."""


class AuditScope(StrEnum):
    """Whose events are read."""

    MINE = "MINE"
    EVERYONE = "EVERYONE"


@dataclass(frozen=True, slots=True, kw_only=True)
class Event:
    """Something to be recorded: what, whose, how it went, and from where."""

    kind: AuditKind
    client: Client
    outcome: AuditOutcome = AuditOutcome.SUCCESS
    reason: str | None = None
    user_id: UUID | None = None
    session_id: UUID | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class AuditFilter:
    """What to read. A `user_id` narrows the scope to that user; only an ADMIN may look beyond themselves."""

    scope: AuditScope = AuditScope.MINE
    user_id: UUID | None = None
    kinds: Sequence[AuditKind] = ()
    outcome: AuditOutcome | None = None
    session_id: UUID | None = None
    since: datetime | None = None
    until: datetime | None = None


@dataclass(frozen=True, slots=True)
class Page:
    """Some events, newest first, and whether there are older ones."""

    events: Sequence[AuditEvent]
    has_next_page: bool


def record(transaction: Transaction, *events: Event, now: datetime) -> None:
    """Write events in the transaction of what they tell of: both happened, or neither."""
    transaction.defer(*(entry(event, now=now) for event in events))


def entry(event: Event, *, now: datetime) -> Insert:
    """Give the INSERT of an event."""
    client = event.client
    whose = (event.user_id, event.session_id)
    where = (client.ip_address, client.user_agent, client.request_id)
    return INSERT_AUDIT_EVENT, (now, event.kind, event.outcome, event.reason, *whose, *where)


async def read(viewer: Account, wanted: AuditFilter, *, first: int, after: str | None) -> Page:
    """Read a page of events.

    Raises:
        BadUserInput: `first` is not between 1 and `MAX_PAGE`, or `after` is not a cursor of ours.
        Forbidden: the filter reaches beyond the viewer, who is not an ADMIN.
    """
    if not 1 <= first <= MAX_PAGE:
        raise BadUserInput(f"first has to be between 1 and {MAX_PAGE}")
    found = _matching(wanted, user_id=_permitted(viewer, wanted))
    if after is not None:
        found = found.filter(id__lt=_position(after))
    async with in_time():
        events = await found.order_by("-id").limit(first + 1)
    return Page(events[:first], has_next_page=len(events) > first)


def cursor(event: AuditEvent) -> str:
    """Give the opaque cursor of an event."""
    return base64.urlsafe_b64encode(f"audit:{event.id}".encode()).decode()


def _permitted(viewer: Account, wanted: AuditFilter) -> UUID | None:
    if wanted.scope is AuditScope.MINE and wanted.user_id in (None, viewer.id):
        return viewer.id
    if viewer.role is not Role.ADMIN:
        raise Forbidden("Only an ADMIN may read the events of others")
    return wanted.user_id


def _matching(wanted: AuditFilter, *, user_id: UUID | None) -> QuerySet[AuditEvent]:
    conditions = {
        "user_id": user_id,
        "kind__in": list(wanted.kinds) or None,
        "outcome": wanted.outcome,
        "session_id": wanted.session_id,
        "occurred_at__gte": wanted.since,
        "occurred_at__lt": wanted.until,
    }
    return AuditEvent.filter(**{name: value for name, value in conditions.items() if value is not None})


def _position(after: str) -> int:
    try:
        kind, number = base64.urlsafe_b64decode(after).decode().split(":")
        if kind != "audit":
            raise ValueError(kind)
        return max(0, min(int(number), 2**63 - 1))
    except ValueError:
        raise BadUserInput("after has to be a cursor of this connection") from None

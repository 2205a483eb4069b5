"""The audit trail, by page."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from ariadne import QueryType

from models import AuditEvent, AuditKind, AuditOutcome
from resolvers.context import Info
from resolvers.scalars import parse_id
from services import audit
from services.audit import AuditFilter, AuditScope

query = QueryType()
bindables = (query, AuditKind, AuditOutcome, AuditScope)


@dataclass(frozen=True, slots=True)
class AuditEventEdge:
    """An event and its place in the trail."""

    cursor: str
    node: AuditEvent


@dataclass(frozen=True, slots=True)
class PageInfo:
    """Where a page ends."""

    has_next_page: bool
    end_cursor: str | None


@dataclass(frozen=True, slots=True)
class AuditEventConnection:
    """A page of the trail, as the schema shows it."""

    edges: Sequence[AuditEventEdge]
    page_info: PageInfo


@query.field("auditEvents")
async def resolve_audit_events(
    _: object,
    info: Info,
    *,
    first: int | None,
    after: str | None = None,
    filter: dict[str, Any] | None = None,
) -> AuditEventConnection:
    """Give a page of the trail."""
    viewer = await info.context.viewer()
    first = 50 if first is None else first  # A null that is written out is not the default.
    page = await audit.read(viewer.account, _filter(filter or {}), first=first, after=after)
    edges = [AuditEventEdge(audit.cursor(event), event) for event in page.events]
    return AuditEventConnection(edges, PageInfo(page.has_next_page, edges[-1].cursor if edges else None))


def _filter(wanted: dict[str, Any]) -> AuditFilter:
    given: dict[str, Any] = {name: value for name, value in wanted.items() if value is not None}
    for name in given.keys() & {"user_id", "session_id"}:
        given[name] = parse_id(given[name])
    return AuditFilter(**given)

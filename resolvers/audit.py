"""The audit trail, by page."""

from typing import Any

from ariadne import QueryType

from models import AuditKind, AuditOutcome
from resolvers.context import Info
from resolvers.scalars import parse_id
from services import audit
from services.audit import AuditFilter, AuditScope

query = QueryType()
bindables = (query, AuditKind, AuditOutcome, AuditScope)


@query.field("auditEvents")
async def resolve_audit_events(
    _: object, info: Info, *, first: int | None, after: str | None = None, filter: dict[str, Any] | None = None
) -> dict[str, Any]:
    """Give a page of the trail."""
    viewer = await info.context.viewer()
    page = await audit.read(viewer.account, _filter(filter or {}), first=50 if first is None else first, after=after)
    edges = [{"cursor": audit.cursor(event), "node": event} for event in page.events]
    end = edges[-1]["cursor"] if edges else None
    return {"edges": edges, "page_info": {"has_next_page": page.has_next_page, "end_cursor": end}}


def _filter(wanted: dict[str, Any]) -> AuditFilter:
    given = {name: value for name, value in wanted.items() if value is not None}
    ids = {name: parse_id(given[name]) for name in ("user_id", "session_id") if name in given}
    return AuditFilter(**{**given, **ids})

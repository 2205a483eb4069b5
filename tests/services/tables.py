"""What the database holds, for tests that prove what a request has changed and what it has not."""

from collections.abc import Mapping, Sequence
from typing import Any
from uuid import UUID

from models import __models__
from services import Services

Dump = Mapping[str, Sequence[Mapping[str, Any]]]

TABLES = tuple(model._meta.db_table for model in __models__)
"""Every table of ours."""


async def dump(services: Services) -> Dump:
    """Give every row of every table, in an order that does not depend on when it was written."""
    return {name: sorted(await rows(services, name), key=repr) for name in TABLES}


async def rows(services: Services, table: str) -> Sequence[Mapping[str, Any]]:
    """Give every row of one table, in the order of its first column."""
    assert table in TABLES
    return [dict(row) for row in await services.database.fetch(f"SELECT * FROM {table} ORDER BY 1")]


async def events(services: Services) -> list[tuple[str, str, str | None]]:
    """Give kind, outcome and reason of every audit event, in the order in which they were written."""
    return [(row["kind"], row["outcome"], row["reason"]) for row in await rows(services, "audit_events")]


async def reasons(services: Services) -> list[str]:
    """Give why each blacklisted token is refused, in the order in which they were blacklisted."""
    return [row["reason"] for row in await rows(services, "blacklisted_tokens")]


async def revocations(services: Services) -> list[str | None]:
    """Give why each session was revoked, None for a session that was not, in alphabetical order."""
    return sorted((row["revoked_reason"] for row in await rows(services, "sessions")), key=str)


async def live_sessions(services: Services) -> int:
    """Count the sessions that have neither ended nor expired."""
    now = services.clock()
    return sum(
        row["revoked_at"] is None and row["expires_at"] > now for row in await rows(services, "sessions")
    )


async def set_user(services: Services, user_id: UUID, column: str, value: object) -> None:
    """Write one column of one user, as an operator would."""
    assert column.isidentifier()
    await services.database.execute(f"UPDATE users SET {column} = $2 WHERE id = $1", user_id, value)

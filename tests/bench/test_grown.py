"""A database that has grown is one that production could have: consistent, and with all its indexes."""

import sqlite3
from contextlib import closing
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest

from bench.grown_databases import counts, fill_postgres, fill_sqlite, tidy_postgres
from bench.grown_rows import TABLES, Size
from tests.support.postgres import Postgres

SIZE = Size(1000)
SCHEMA = {
    "sqlite": "SELECT name, sql FROM sqlite_master WHERE name NOT LIKE 'sqlite_stat%' ORDER BY name",
    "postgres": """
SELECT indexname AS name, indexdef AS sql FROM pg_indexes WHERE schemaname = 'public'
UNION ALL SELECT conname, pg_get_constraintdef(oid) FROM pg_constraint
WHERE connamespace = 'public'::regnamespace
UNION ALL SELECT proname, prosrc FROM pg_proc WHERE pronamespace = 'public'::regnamespace
ORDER BY 1, 2
""",
}


class Grown:
    """A database of a test, to be filled and looked at."""

    def __init__(self, backend: str, url: str, server: Postgres | None) -> None:
        self.backend, self._path, self._server = backend, urlsplit(url).path, server

    def rows(self, query: str) -> list[dict[str, Any]]:
        """Run a query."""
        if self._server is not None:
            return self._server.fetch(query, database=self._path.removeprefix("/"))
        with closing(sqlite3.connect(self._path)) as connection:
            connection.row_factory = sqlite3.Row
            return [dict(row) for row in connection.execute(query)]

    def fill(self) -> dict[str, int]:
        """Fill it, and count what is in it then."""
        if self._server is None:
            fill_sqlite(Path(self._path), SIZE)
            return {name: self.number(f"SELECT COUNT(*) FROM {name}") for name in TABLES}
        database = self._path.removeprefix("/")
        fill_postgres(self._server, database, SIZE)
        tidy_postgres(self._server, database)
        return counts(self._server, database)

    def number(self, query: str) -> int:
        """Run a query that counts."""
        (row,) = self.rows(query)
        return int(*row.values())


@pytest.fixture
def grown(backend: str, database_url: str, request: pytest.FixtureRequest) -> Grown:
    """Give a migrated database that is empty yet."""
    server = request.getfixturevalue("postgres") if backend == "postgres" else None
    return Grown(backend, database_url, server)


def test_it_is_as_large_as_asked_and_has_the_same_schema(grown: Grown) -> None:
    """Every index and constraint is what it was before, and nothing that filled it stays behind."""
    before = grown.rows(SCHEMA[grown.backend])
    assert grown.fill() == {
        "users": 20,
        "sessions": 100,
        "outstanding_tokens": 1000,
        "blacklisted_tokens": 900,
        "audit_events": 1000,
    }
    assert grown.rows(SCHEMA[grown.backend]) == before
    assert len(before) > 20


def test_what_always_holds_holds(grown: Grown) -> None:
    """Each token of a session is on the blacklist but its current one, and none of them is over yet."""
    grown.fill()
    alive = """
SELECT COUNT(*) FROM sessions s JOIN outstanding_tokens o ON o.session_id = s.id AND o.user_id = s.user_id
LEFT JOIN blacklisted_tokens b ON b.token_id = o.jti
WHERE (b.id IS NULL) = (s.current_jti = o.jti) AND o.expires_at > CURRENT_TIMESTAMP
  AND o.issued_at <= CURRENT_TIMESTAMP AND s.expires_at > CURRENT_TIMESTAMP
"""
    assert grown.number(alive) == 1000
    assert grown.number("SELECT COUNT(DISTINCT user_id) FROM sessions") == 20
    assert grown.number("SELECT COUNT(*) FROM audit_events WHERE kind = 'LOGIN'") == 100


def test_tokens_lie_in_the_order_in_which_they_were_issued(grown: Grown) -> None:
    """Those of one session are far apart, as they would be after weeks of use."""
    grown.fill()
    place = "rowid" if grown.backend == "sqlite" else "ctid"
    issued = [
        row["issued_at"] for row in grown.rows(f"SELECT issued_at FROM outstanding_tokens ORDER BY {place}")
    ]
    assert issued == sorted(issued)

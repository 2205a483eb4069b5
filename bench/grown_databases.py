"""Databases that have grown: filled by a few statements, and afterwards just as the migrations made them."""

import hashlib
import sqlite3
from contextlib import closing
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from uuid import UUID

from bench.grown_rows import TABLES, Size, fill
from tests.support.postgres import Postgres

BUILD_FAST = {"maintenance_work_mem": "1GB", "max_wal_size": "4GB"}
"""What a PostgreSQL is set to that is about to build large indexes. It is no part of what is measured."""

_FUNCTIONS = (
    """
CREATE FUNCTION bench_id(kind text, number bigint) RETURNS uuid LANGUAGE sql IMMUTABLE
AS $$ SELECT md5(kind || number)::uuid $$
""",
    """
CREATE FUNCTION bench_at(age bigint) RETURNS timestamptz LANGUAGE sql IMMUTABLE
AS $$ SELECT timestamptz '{now}' - age * interval '1 second' $$
""",
)
_CONSTRAINTS = """
SELECT conrelid::regclass::text AS place, conname AS name, contype::text AS kind,
  pg_get_constraintdef(oid) AS definition
FROM pg_constraint WHERE connamespace = 'public'::regnamespace
ORDER BY contype = 'f', conname
"""
_INDEXES = """
SELECT indexname AS name, indexdef AS definition FROM pg_indexes
WHERE schemaname = 'public' AND indexname NOT IN (SELECT conname FROM pg_constraint)
ORDER BY indexname
"""
_SERIES = """(
  WITH RECURSIVE counted(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM counted WHERE n < {count})
  SELECT n FROM counted
) AS series"""


def fill_postgres(server: Postgres, database: str, size: Size) -> None:
    """Fill a migrated database. Indexes and constraints are left off meanwhile, and put back as they were.

    Raises:
        RuntimeError: they are not what they were.
    """
    constraints, indexes = (server.fetch(query, database=database) for query in (_CONSTRAINTS, _INDEXES))
    now = datetime.now(UTC).isoformat()
    inserts = fill(size, lambda count: f"generate_series(1, {count}) AS series(n)")
    server.execute(
        *(f"ALTER TABLE {each['place']} DROP CONSTRAINT {each['name']}" for each in reversed(constraints)),
        *(f"DROP INDEX {each['name']}" for each in indexes),
        *(function.replace("{now}", now) for function in _FUNCTIONS),
        *inserts.values(),
        "DROP FUNCTION bench_id, bench_at",
        *(_added(each) for each in constraints),
        *(each["definition"] for each in indexes),
        database=database,
    )
    if [server.fetch(query, database=database) for query in (_CONSTRAINTS, _INDEXES)] != [
        constraints,
        indexes,
    ]:
        raise RuntimeError("the indexes and constraints are not what they were")


def tidy_postgres(server: Postgres, *databases: str) -> None:
    """Do what autovacuum would have done by now, so that it does not do it while something is measured."""
    for database in databases:
        server.execute("VACUUM (ANALYZE)", "CHECKPOINT", database=database)


def fill_sqlite(file: Path, size: Size) -> None:
    """Fill a migrated file, with every index and constraint in place.

    Raises:
        RuntimeError: a row refers to one that is not there.
    """
    now = datetime.now(UTC)
    inserts = fill(size, lambda count: _SERIES.replace("{count}", str(count)))
    with closing(sqlite3.connect(file, isolation_level=None)) as connection:
        connection.create_function("bench_id", 2, _id, deterministic=True)
        connection.create_function("bench_at", 1, lambda age: str(now - timedelta(seconds=age)))
        for pragma in ("synchronous = OFF", "cache_size = -1000000"):
            connection.execute(f"PRAGMA {pragma}")
        for insert in inserts.values():
            connection.execute(insert)
        connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        if connection.execute("PRAGMA foreign_key_check").fetchone() is not None:
            raise RuntimeError("a row refers to one that is not there")


def counts(server: Postgres, database: str) -> dict[str, int]:
    """Count what is in the tables that grow, as of the last tidying."""
    found = server.fetch("SELECT relname, reltuples FROM pg_class", database=database)
    numbers = {row["relname"]: int(row["reltuples"]) for row in found}
    return {table: numbers[table] for table in TABLES}


def _added(constraint: dict[str, Any]) -> str:
    return "ALTER TABLE {place} ADD CONSTRAINT {name} {definition}".format(**constraint)


def _id(kind: str, number: int) -> str:
    return str(UUID(hashlib.md5(f"{kind}{number}".encode(), usedforsecurity=False).hexdigest()))

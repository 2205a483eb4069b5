"""Rows that databases of old may hold, and what a database says of itself, in plain SQL of both dialects."""

import ast
import re
import sqlite3
import subprocess
import sys
from collections.abc import Mapping, Sequence
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from tests.support import ROOT
from tests.support.databases import environment
from tests.support.postgres import Postgres

ROWS: Mapping[str, Sequence[str]] = {
    "0001_initial": (
        "INSERT INTO users (id, email, email_normalised, password_hash, role, created_at, verified_at) VALUES"
        " ('00000000-0000-4000-8000-000000000001', 'Ada@Example.com', 'ada@example.com', '$argon2id$x',"
        " 'ADMIN', '2026-01-01 12:00:00+00:00', '2026-01-01 12:00:01+00:00')",
        "INSERT INTO users (id, email, email_normalised, role, created_at, disabled_at) VALUES"
        " ('00000000-0000-4000-8000-000000000002', 'bob@example.com', 'bob@example.com', 'USER',"
        " '2026-01-02 12:00:00+00:00', '2026-01-03 12:00:00+00:00')",
        "INSERT INTO profiles (id, user_id, first_name, last_name, updated_at) VALUES"
        " (1, '00000000-0000-4000-8000-000000000001', 'Ada', 'Lovelace', '2026-01-01 12:00:00+00:00')",
        "INSERT INTO sessions (id, user_id, current_jti, remember_me, created_at, last_used_at, expires_at,"
        " ip_address, user_agent) VALUES ('00000000-0000-4000-8000-000000000011',"
        " '00000000-0000-4000-8000-000000000001', '00000000-0000-4000-8000-000000000022', TRUE,"
        " '2026-01-01 12:00:00+00:00', '2026-01-01 12:05:00+00:00', '2026-01-31 12:05:00+00:00',"
        " '192.0.2.1', 'A browser')",
        "INSERT INTO outstanding_tokens (jti, session_id, user_id, kid, issued_at, expires_at) VALUES"
        " ('00000000-0000-4000-8000-000000000021', '00000000-0000-4000-8000-000000000011',"
        " '00000000-0000-4000-8000-000000000001', 'a-kid', '2026-01-01 12:00:00+00:00',"
        " '2026-01-31 12:00:00+00:00')",
        "INSERT INTO outstanding_tokens (jti, session_id, user_id, kid, issued_at, expires_at) VALUES"
        " ('00000000-0000-4000-8000-000000000022', '00000000-0000-4000-8000-000000000011',"
        " '00000000-0000-4000-8000-000000000001', 'a-kid', '2026-01-01 12:05:00+00:00',"
        " '2026-01-31 12:05:00+00:00')",
        "INSERT INTO blacklisted_tokens (id, token_id, revoked_at, reason) VALUES"
        " (1, '00000000-0000-4000-8000-000000000021', '2026-01-01 12:05:00+00:00', 'ROTATED')",
        "INSERT INTO audit_events (id, occurred_at, kind, outcome, user_id, session_id, ip_address) VALUES"
        " (1, '2026-01-01 12:00:00+00:00', 'LOGIN', 'SUCCESS', '00000000-0000-4000-8000-000000000001',"
        " '00000000-0000-4000-8000-000000000011', '192.0.2.1')",
    ),
    "0002_people": (
        "INSERT INTO one_time_codes (id, email_normalised, purpose, digest, attempts, created_at, expires_at)"
        " VALUES (1, 'ada@example.com', 'LOGIN', 'a-digest', 1, '2026-01-01 12:00:00+00:00',"
        " '2026-01-01 12:10:00+00:00')",
        "INSERT INTO outbox (id, state, kind, recipient, locale, details, attempts, created_at, due_at)"
        " VALUES (1, 'PENDING', 'LOGIN', 'Ada@Example.com', 'en', '{}', 0, '2026-01-01 12:00:00+00:00',"
        " '2026-01-01 12:00:00+00:00')",
    ),
    "0003_leases": (
        "INSERT INTO leases (name, holder, expires_at) VALUES"
        " ('purge', '00000000-0000-4000-8000-000000000031', '2026-01-01 12:01:00+00:00')",
    ),
    "0004_home": (
        "INSERT INTO home (name, place, noted_at) VALUES ('test', 'somewhere', '2026-01-01 12:01:00+00:00')",
    ),
}
"""By migration: rows for the tables and columns that it made. A new migration adds an entry."""


_MIGRATE_TO = """
import asyncio, sys
from services.database_migrations import migrate
print(asyncio.run(migrate(sys.argv[1], to=sys.argv[2] or None)))
"""
MISSING = """
import asyncio, sys
from tortoise.context import TortoiseContext
from tortoise.migrations.autodetector import MigrationAutodetector
from services.database_urls import configuration
async def missing():
    config = configuration("sqlite://:memory:")
    config["apps"]["latchkey"]["models"] = sys.argv[1:]
    async with TortoiseContext() as context:
        await context.init(config)
        writers = await MigrationAutodetector(context.apps, config["apps"]).changes()
    return [type(operation).__name__ for writer in writers for operation in writer.operations]
print(asyncio.run(missing()))
"""
FORGOTTEN = """
from tortoise import Model, fields
class Forgotten(Model):
    id = fields.IntField(primary_key=True)
"""
WAITING = "import cli, sys; print('ready', flush=True); sys.stdin.read(); sys.exit(cli.main(['migrate']))"
"""The real command, which has everything loaded and begins when its standard input ends."""


@dataclass(frozen=True)
class Inspector:
    """Looks into a database past Latchkey and Tortoise, each time over a connection of its own."""

    url: str
    server: Postgres | None

    @property
    def is_sqlite(self) -> bool:
        """Whether it is a file."""
        return self.server is None

    def fetch(self, sql: str) -> list[dict[str, Any]]:
        """Run one statement and give its rows."""
        path = urlsplit(self.url).path
        if self.server is not None:
            return self.server.fetch(sql, database=path.removeprefix("/"))
        with closing(sqlite3.connect(path, isolation_level=None)) as connection:
            connection.row_factory = sqlite3.Row
            connection.execute("PRAGMA foreign_keys = ON")
            return [dict(row) for row in connection.execute(sql)]

    def fill(self, migration: str) -> None:
        """Insert the rows of a migration."""
        script = "; ".join(ROWS[migration])
        if self.server is not None:
            self.fetch(f"DO $fill$ BEGIN {script}; END $fill$")
            return
        with closing(sqlite3.connect(urlsplit(self.url).path)) as connection:
            connection.executescript(script)

    def tables(self) -> set[str]:
        """Name every table of the product, and the one in which migrations are noted."""
        sql = (
            "SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite_%'"
            if self.is_sqlite
            else "SELECT table_name AS name FROM information_schema.tables WHERE table_schema = 'public'"
        )
        return {row["name"] for row in self.fetch(sql)}

    def columns(self, table: str) -> dict[str, bool]:
        """Tell the columns of a table, and of each whether it may be null."""
        if self.is_sqlite:
            rows = self.fetch(f"PRAGMA table_info('{table}')")
            return {row["name"]: not row["notnull"] and not row["pk"] for row in rows}
        rows = self.fetch(
            "SELECT column_name AS name, is_nullable = 'YES' AS nullable FROM information_schema.columns"
            f" WHERE table_schema = 'public' AND table_name = '{table}'"
        )
        return {row["name"]: row["nullable"] for row in rows}

    def indexes(self, table: str) -> set[tuple[tuple[str, ...], bool]]:
        """Tell the columns of each index of a table, and whether they are unique together."""
        if self.is_sqlite:
            # A key that is the row's own number has no index of its own.
            keys = [row["name"] for row in self.fetch(f"PRAGMA table_info('{table}')") if row["pk"]]
            found = {(tuple(keys), True)}
            for index in self.fetch(f"PRAGMA index_list('{table}')"):
                parts = self.fetch(f"PRAGMA index_info('{index['name']}')")
                found.add((tuple(part["name"] for part in parts), bool(index["unique"])))
            return found
        rows = self.fetch(
            f"SELECT indexdef FROM pg_indexes WHERE schemaname = 'public' AND tablename = '{table}'"
        )
        return {_index(row["indexdef"]) for row in rows}

    def foreign_keys(self, table: str) -> set[tuple[str, str, str]]:
        """Tell the foreign keys of a table: the column, where it refers to, what a deletion there does."""
        if self.is_sqlite:
            rows = self.fetch(f"PRAGMA foreign_key_list('{table}')")
            return {(row["from"], row["table"], row["on_delete"]) for row in rows}
        rows = self.fetch(
            "SELECT pg_get_constraintdef(oid) AS definition FROM pg_constraint"
            f" WHERE contype = 'f' AND conrelid = '{table}'::regclass"
        )
        return {_foreign_key(row["definition"]) for row in rows}

    def rows(self, table: str, columns: Sequence[str]) -> list[tuple[Any, ...]]:
        """Give these columns of every row, in a fixed order."""
        names = ", ".join(columns)
        return [
            tuple(row.values()) for row in self.fetch(f"SELECT {names} FROM {table} ORDER BY {columns[0]}")
        ]


def _index(definition: str) -> tuple[tuple[str, ...], bool]:
    columns = re.search(r"\(([^)]*)\)", definition)
    assert columns is not None
    return tuple(columns[1].split(", ")), definition.startswith("CREATE UNIQUE")


def _foreign_key(definition: str) -> tuple[str, str, str]:
    parts = re.fullmatch(r"FOREIGN KEY \((\w+)\) REFERENCES (\w+)\(\w+\) ON DELETE (.+)", definition)
    assert parts is not None
    return parts[1], parts[2], parts[3]


def migrated(url: str, *, to: str = "") -> list[str]:
    """Migrate in a process of its own, as the command does, and give what was applied.

    Raises:
        subprocess.CalledProcessError: it failed.
    """
    return run(_MIGRATE_TO, url, to)


def run(script: str, *arguments: str, cwd: Path = ROOT) -> list[str]:
    """Run a script that prints a list, in a process of its own, and give the list."""
    command = [sys.executable, "-c", script, *arguments]
    done = subprocess.run(command, cwd=cwd, env=environment({}), capture_output=True, text=True, check=True)
    return list(ast.literal_eval(done.stdout))

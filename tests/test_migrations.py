"""Migrations and models say the same, from nothing to the newest schema, and no row is lost on the way."""

import asyncio
import sqlite3
import subprocess
import sys
from contextlib import ExitStack
from pathlib import Path
from pkgutil import iter_modules

import asyncpg
import pytest
from tortoise import Model
from tortoise.context import TortoiseContext

import migrations
import models
from services.database_urls import configuration
from tests.support.databases import environment
from tests.support.migrations import FORGOTTEN, MISSING, ROWS, WAITING, Inspector, migrated, run

NAMES = sorted(module.name for module in iter_modules(migrations.__path__))
MODELS: list[type[Model]] = models.__models__
USER, SESSION = "'00000000-0000-4000-8000-000000000001'", "'00000000-0000-4000-8000-000000000011'"
USED, CURRENT = "'00000000-0000-4000-8000-000000000021'", "'00000000-0000-4000-8000-000000000022'"
NEW = "'00000000-0000-4000-8000-0000000000ff'"
TIME = "'2026-01-01 12:00:00+00:00'"


@pytest.fixture
def blank(blank_database_url: str, backend: str, request: pytest.FixtureRequest) -> Inspector:
    """Give a database without a table."""
    return Inspector(blank_database_url, None if backend == "sqlite" else request.getfixturevalue("postgres"))


@pytest.fixture
def filled(database_url: str, backend: str, request: pytest.FixtureRequest) -> Inspector:
    """Give a database of the newest schema with the rows of every migration."""
    inspector = Inspector(database_url, None if backend == "sqlite" else request.getfixturevalue("postgres"))
    for name in NAMES:
        inspector.fill(name)
    return inspector


def test_the_models_ask_for_no_further_migration(tmp_path: Path) -> None:
    """Whoever changes a model adds the migration in the same change; a model that has none is found."""
    (tmp_path / "forgotten.py").write_text(FORGOTTEN)
    assert run(MISSING, "models", cwd=tmp_path) == []
    assert run(MISSING, "models", "forgotten", cwd=tmp_path) == ["CreateModel"]


def test_every_migration_has_rows_of_its_time() -> None:
    """A new migration comes with rows that a database of its time holds, or a test would pass it by."""
    assert list(ROWS) == NAMES
    assert [name[:4] for name in NAMES] == [f"{number:04}" for number in range(1, len(NAMES) + 1)]


def test_an_empty_database_becomes_what_the_models_say(blank: Inspector) -> None:
    """Tables, columns, uniqueness, indexes and references are those of the models, no more and no fewer."""
    asyncio.run(_relate())
    assert migrated(blank.url) == NAMES
    assert blank.tables() == {model._meta.db_table for model in MODELS} | {"tortoise_migrations"}
    for model in MODELS:
        table = model._meta.db_table
        assert blank.columns(table) == _columns(model)
        assert blank.indexes(table) == _indexes(model)
        assert blank.foreign_keys(table) == _foreign_keys(model)


async def _relate() -> None:
    # Until Tortoise has seen them all, the models do not know what they refer to.
    async with TortoiseContext() as context:
        await context.init(configuration("sqlite://:memory:"))


def _columns(model: type[Model]) -> dict[str, bool]:
    fields = model._meta.fields_map
    return {column: fields[name].null for name, column in model._meta.fields_db_projection.items()}


def _indexes(model: type[Model]) -> set[tuple[tuple[str, ...], bool]]:
    meta = model._meta
    columns = meta.fields_db_projection.items()
    unique: set[tuple[str, ...]] = {(column,) for name, column in columns if meta.fields_map[name].unique}
    unique |= {tuple(fields) for fields in meta.unique_together}
    return {(together, True) for together in unique} | {
        (tuple(index if isinstance(index, tuple | list) else index.fields), False) for index in meta.indexes
    }


def _foreign_keys(model: type[Model]) -> set[tuple[str, str, str]]:
    fields = [model._meta.fields_map[name] for name in model._meta.fk_fields | model._meta.o2o_fields]
    return {
        (str(field.source_field), field.related_model._meta.db_table, str(field.on_delete.value))  # type: ignore[attr-defined]
        for field in fields
    }


def test_migrating_twice_changes_nothing(blank: Inspector) -> None:
    """Every start of `make serve` migrates, so that it has to be nothing where nothing is to do."""
    assert migrated(blank.url) == NAMES
    noted = blank.rows("tortoise_migrations", ["id", "app", "name", "applied_at"])
    assert migrated(blank.url) == []
    assert blank.rows("tortoise_migrations", ["id", "app", "name", "applied_at"]) == noted
    assert [row[1:3] for row in noted] == [("latchkey", name) for name in NAMES]


@pytest.mark.parametrize("name", NAMES)
def test_an_older_database_keeps_its_rows(blank: Inspector, name: str) -> None:
    """Every row that a database had at some migration is there after all the later ones, value by value."""
    before = NAMES[: NAMES.index(name) + 1]
    assert migrated(blank.url, to=name) == before
    for earlier in before:
        blank.fill(earlier)
    tables = {table: list(blank.columns(table)) for table in blank.tables() - {"tortoise_migrations"}}
    rows = {table: blank.rows(table, columns) for table, columns in tables.items()}
    assert all(rows.values())

    assert migrated(blank.url) == NAMES[len(before) :]

    kept = {table: [column for column in blank.columns(table) if column in tables[table]] for table in tables}
    assert {table: blank.rows(table, columns) for table, columns in kept.items()} == rows
    if blank.is_sqlite:
        assert blank.fetch("PRAGMA foreign_key_check") == []


def test_a_migration_that_fails_leaves_nothing(blank: Inspector) -> None:
    """One that is half done could be neither used nor migrated again: it is as if never begun."""
    blank.fetch("CREATE TABLE blacklisted_tokens (taken INT NOT NULL)")
    with pytest.raises(subprocess.CalledProcessError):
        migrated(blank.url)
    assert blank.tables() - {"tortoise_migrations"} == {"blacklisted_tokens"}

    blank.fetch("DROP TABLE blacklisted_tokens")
    assert migrated(blank.url) == NAMES


def test_processes_that_migrate_at_the_same_time_all_end_well(blank: Inspector, tmp_path: Path) -> None:
    """Several nodes start after an update: one migrates, and the others wait and find it done."""
    with ExitStack() as running:
        processes = [
            running.enter_context(
                subprocess.Popen(
                    [sys.executable, "-c", WAITING],
                    cwd=tmp_path,
                    env=environment({"LATCHKEY_DATABASE_URL": blank.url}),
                    stdin=subprocess.PIPE,
                    stdout=subprocess.PIPE,
                    stderr=subprocess.STDOUT,
                    text=True,
                )
            )
            for _ in range(4)
        ]
        for process in processes:
            assert process.stdout is not None
            assert process.stdout.readline() == "ready\n"
        answers = []
        for process in processes:
            assert process.stdin is not None
            process.stdin.close()
        for process in processes:
            assert process.stdout is not None
            answers.append((process.stdout.read(), process.wait(timeout=60)))
    done = "".join(f"latchkey: applied {name}\n" for name in NAMES)
    assert sorted(answers) == [(done, 0)] + [("latchkey: the database is up to date\n", 0)] * 3


WRONG = {
    "an e-mail twice": "INSERT INTO users (id, email, email_normalised, role, created_at)"
    f" VALUES ({NEW}, 'ADA@example.com', 'ada@example.com', 'USER', {TIME})",
    "an e-mail made another's": f"UPDATE users SET email_normalised = 'ada@example.com' WHERE id <> {USER}",
    "two profiles of a user": f"INSERT INTO profiles (id, user_id, updated_at) VALUES (2, {USER}, {TIME})",
    "a profile of nobody": f"INSERT INTO profiles (id, user_id, updated_at) VALUES (2, {NEW}, {TIME})",
    "a token of two sessions": "INSERT INTO sessions (id, user_id, current_jti, remember_me, created_at,"
    f" last_used_at, expires_at) VALUES ({NEW}, {USER}, {CURRENT}, FALSE, {TIME}, {TIME}, {TIME})",
    "a session of nobody": "INSERT INTO sessions (id, user_id, current_jti, remember_me, created_at,"
    f" last_used_at, expires_at) VALUES ({NEW}, {NEW}, {NEW}, FALSE, {TIME}, {TIME}, {TIME})",
    "a token issued twice": "INSERT INTO outstanding_tokens (jti, session_id, user_id, kid, issued_at,"
    f" expires_at) VALUES ({USED}, {SESSION}, {USER}, 'a-kid', {TIME}, {TIME})",
    "a token of no session": "INSERT INTO outstanding_tokens (jti, session_id, user_id, kid, issued_at,"
    f" expires_at) VALUES ({NEW}, {NEW}, {USER}, 'a-kid', {TIME}, {TIME})",
    "a token revoked twice": "INSERT INTO blacklisted_tokens (id, token_id, revoked_at, reason)"
    f" VALUES (2, {USED}, {TIME}, 'LOGOUT')",
    "a token revoked that never was": "INSERT INTO blacklisted_tokens (id, token_id, revoked_at, reason)"
    f" VALUES (2, {NEW}, {TIME}, 'LOGOUT')",
}


def test_a_wrong_state_is_impossible(filled: Inspector) -> None:
    """What the code should never do, the database does not do for it."""
    possible = []
    for state, statement in WRONG.items():
        try:
            filled.fetch(statement)
        except (sqlite3.IntegrityError, asyncpg.IntegrityConstraintViolationError):
            continue
        possible.append(state)
    assert possible == []


def test_a_deleted_user_takes_along_what_is_theirs_but_no_history(filled: Inspector) -> None:
    """Profile, sessions and tokens go; the audit trail stays, with an id that now is nobody's."""
    filled.fetch(f"DELETE FROM users WHERE id = {USER}")
    tables = ("users", "profiles", "sessions", "outstanding_tokens", "blacklisted_tokens", "audit_events")
    left = {table: filled.fetch(f"SELECT count(*) AS rows FROM {table}")[0]["rows"] for table in tables}
    assert left == dict.fromkeys(tables, 0) | {"users": 1, "audit_events": 1}

"""Migrations: to the newest schema, in one transaction, and by one process at a time."""

import asyncio
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from tortoise.backends.base.client import BaseDBAsyncClient
from tortoise.backends.sqlite.client import SqliteClient
from tortoise.context import TortoiseContext
from tortoise.migrations.executor import MigrationExecutor, MigrationTarget
from tortoise.migrations.recorder import MigrationRecorder
from tortoise.migrations.schema_editor import AsyncpgSchemaEditor, BaseSchemaEditor, SqliteSchemaEditor
from tortoise.transactions import in_transaction

from services.database_files import open_file
from services.database_outages import outages
from services.database_urls import APP, configuration

_LOCK = 0x6C617463686B6579
"""The advisory lock that PostgreSQL knows a migration of ours by: "latchkey" in ASCII."""

_TUNING: Mapping[str, Mapping[str, object]] = {
    # Longer than any other process migrates a file that one server can carry.
    "sqlite": {
        "busy_timeout": 60_000,
        # SQLite changes a table by making it anew and dropping the old one, which would take along the rows
        # that refer to it (https://sqlite.org/lang_altertable.html section 7).
        "foreign_keys": "OFF",
    },
    # A change of a large table, or the wait for another process that makes it, takes as long as it takes.
    "postgres": {"command_timeout": None, "server_settings": {}},
}


class _Recorder(MigrationRecorder):
    async def ensure_schema(self, schema_editor: BaseSchemaEditor) -> None:
        """Find the table made already: Tortoise makes it by a script, which would commit our transaction."""


async def migrate(url: str, *, to: str | None = None) -> Sequence[str]:
    """Bring a database to the newest schema, or to the migration `to`, and give what was applied.

    All of it happens or none: a process that is killed leaves the database as it was. Two processes wait for
    each other, and the second finds nothing left to do.

    Raises:
        ServiceUnavailable: the database does not answer, or is not ours to make or change.
        services.database_urls.UrlInvalid: it is not the URL of a database.
    """
    tuning = _TUNING.get(url.partition("://")[0], {})
    config = await asyncio.to_thread(configuration, url, **tuning)
    (connection,) = config["connections"].values()
    file = connection["credentials"].get("file_path")
    context = TortoiseContext()
    with outages():
        if file is not None:
            await asyncio.to_thread(Path(file).parent.mkdir, parents=True, exist_ok=True)
        async with context:
            await context.init(config)
            return await _migrate(context.db(), config, to)


async def _migrate(database: BaseDBAsyncClient, config: dict[str, Any], to: str | None) -> Sequence[str]:
    if isinstance(database, SqliteClient):
        await open_file(database)
        await MigrationRecorder(database).ensure_schema(SqliteSchemaEditor(database, atomic=False))
    applied: list[str] = []
    async with in_transaction(database.connection_name) as client:
        executor = MigrationExecutor(client, config["apps"])
        if isinstance(database, SqliteClient):
            # Changes no row, but makes this the one transaction that writes, before anything is read in it.
            await client.execute_query("UPDATE tortoise_migrations SET name = name WHERE id < 0")
            executor.recorder = _Recorder(client)
        else:
            await client.execute_query("SELECT pg_advisory_xact_lock($1)", [_LOCK])
            # Before Tortoise asks for what it lists: a question that fails would end this transaction.
            await executor.recorder.ensure_schema(AsyncpgSchemaEditor(client, atomic=False))
        await executor.migrate(
            None if to is None else [MigrationTarget(APP, to)],
            direction="forward",
            progress=lambda event, _, name: applied.extend([name] * (event == "apply_done")),
        )
    return applied

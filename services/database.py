"""The database: statements and transactions."""

import asyncio
import re
import sqlite3
from collections.abc import AsyncIterator, Callable, Collection, Mapping, Sequence
from contextlib import AbstractAsyncContextManager, AsyncExitStack, asynccontextmanager
from datetime import datetime
from functools import cache, partial
from pkgutil import iter_modules
from types import TracebackType
from typing import Any
from uuid import UUID

from tortoise.backends.base.client import BaseDBAsyncClient, TransactionalDBClient, TransactionContext
from tortoise.backends.sqlite.client import SqliteClient
from tortoise.context import TortoiseContext
from tortoise.exceptions import OperationalError, TransactionManagementError
from tortoise.timezone import get_default_timezone
from tortoise.transactions import in_transaction

import migrations
from services import steps
from services.database_decisions import decide
from services.database_files import open_file
from services.database_inserts import Insert, insert
from services.database_outages import in_time, outages
from services.database_pool import Pool, drop_idle, pool_of
from services.database_urls import APP, configuration
from services.errors import ServiceUnavailable

Row = Mapping[str, Any]

sqlite3.register_adapter(UUID, str)


class Statements:
    """Runs statements on one connection. Rows come with instants as aware `datetime` and ids as `UUID`."""

    def __init__(self, client: BaseDBAsyncClient) -> None:
        """Take the connection, or the transaction, to run on."""
        self._client = client
        sqlite = client.capabilities.dialect == "sqlite"
        self._dialect: Callable[[str], str] = _sqlite if sqlite else _postgres
        self._decode: Callable[[Row], Row] = _decoded if sqlite else dict

    async def fetch(self, sql: str, *values: object) -> Sequence[Row]:
        """Run a statement that answers rows."""
        with outages(), steps.statement(sql):
            rows = await self._client.execute_query_dict(self._dialect(sql), list(values))
        return [self._decode(row) for row in rows]

    async def first(self, sql: str, *values: object) -> Row | None:
        """Run a statement and give its first row: of a conditional one with RETURNING, the verdict."""
        rows = await self.fetch(sql, *values)
        return rows[0] if rows else None

    async def execute(self, sql: str, *values: object) -> None:
        """Run a statement for its effect."""
        with outages(), steps.statement(sql):
            await self._client.execute_query(self._dialect(sql), list(values))

    async def decide(self, sql: str, *values: object, then: Sequence[Insert]) -> Row | None:
        """Run a conditional statement and, if it gives a row, the INSERTs that go with it: all or nothing."""
        with outages(), steps.statement(sql):
            row = await decide(
                self._client, self._dialect(sql), values, [(self._dialect(one), own) for one, own in then]
            )
        return None if row is None else self._decode(row)


class Transaction(Statements):
    """Runs the statements of one transaction."""

    def __init__(self, client: TransactionalDBClient) -> None:
        """Take a transaction that has begun."""
        super().__init__(client)
        self._transaction = client
        self._deferred: list[Insert] = []

    def defer_insert(self, sql: str, *values: object) -> None:
        """Have an `INSERT … VALUES` run with all that are deferred, before the next statement or the commit.

        It is for what is written and not looked at again: many of them cost the database one exchange.
        """
        self._deferred.append((sql, values))

    async def fetch(self, sql: str, *values: object) -> Sequence[Row]:
        """Run a statement that answers rows."""
        await self.flush()
        return await super().fetch(sql, *values)

    async def execute(self, sql: str, *values: object) -> None:
        """Run a statement for its effect."""
        await self.flush()
        await super().execute(sql, *values)

    async def flush(self) -> None:
        """Run what was deferred."""
        if self._deferred:
            deferred, self._deferred = self._deferred, []
            with outages(), steps.work(steps.INSERTS):
                await insert(self._transaction, [(self._dialect(sql), values) for sql, values in deferred])


class Database:
    """One database, opened once by the lifespan. Tortoise's own context is made visible to every task."""

    def __init__(self, url: str) -> None:
        """Take a `sqlite://` or `postgres://` URL; nothing is opened yet."""
        self._config = configuration(url)
        (self._connection,) = self._config["connections"]
        self._context = TortoiseContext()
        self._statements: Statements | None = None
        # Looked up here, before the loop runs: listing a folder blocks.
        self._migrations = {module.name for module in iter_modules(migrations.__path__)}

    async def open(self) -> None:
        """Open the database. PostgreSQL is connected to when the first statement runs.

        Raises:
            ServiceUnavailable: the file of SQLite cannot be opened. It is closed again.
        """
        with self._context:
            await self._context.init(self._config, _enable_global_fallback=True)
            # Tortoise looks its time zone up in a file at first use, which would be in the loop.
            await asyncio.to_thread(get_default_timezone)
            client = self._context.db()
            if isinstance(client, SqliteClient):
                # At the first statement, a file that cannot be opened would leave the lock of Tortoise taken.
                with outages():
                    await open_file(client)
            self._statements = Statements(client)

    async def close(self) -> None:
        """Close every connection."""
        await self._context.close_connections()
        self._statements = None

    async def fetch(self, sql: str, *values: object) -> Sequence[Row]:
        """Run one statement outside a transaction and give its rows."""
        async with self._patiently():
            return await self._opened.fetch(sql, *values)

    async def first(self, sql: str, *values: object) -> Row | None:
        """Run one statement outside a transaction and give its first row."""
        async with self._patiently():
            return await self._opened.first(sql, *values)

    async def execute(self, sql: str, *values: object) -> None:
        """Run one statement outside a transaction: it is its own."""
        async with self._patiently():
            await self._opened.execute(sql, *values)

    async def decide(self, sql: str, *values: object, then: Sequence[Insert]) -> Row | None:
        """Run a conditional statement and, for the row that it gives, INSERTs: all or nothing.

        A value of an INSERT may be `Decided`. Where there is no row, nothing has changed.
        """
        async with self._patiently():
            return await self._opened.decide(sql, *values, then=then)

    @asynccontextmanager
    async def transaction(self, *, within: float | None = None) -> AsyncIterator[Transaction]:
        """Run a block as one transaction, within so many seconds: all of it or, when it raises, none of it.

        SQLite begins a transaction as a reader: make the first statement the write, or two processes that
        have both read fail with "database is locked", which no busy timeout helps.

        Raises:
            ServiceUnavailable: the database did not answer; what was begun is undone.
        """
        async with self._patiently(within), AsyncExitStack() as stack:
            stack.enter_context(steps.work(steps.TRANSACTION))
            client = await _begun(in_transaction(self._connection), stack)
            transaction = Transaction(client)
            yield transaction
            await transaction.flush()
            # In here, so that a COMMIT that fails is rolled back: left open, the next transaction on the
            # same connection would begin by committing it.
            await client.commit()

    def _patiently(self, within: float | None = None) -> AbstractAsyncContextManager[None]:
        return in_time(within, on_silence=self._drop_idle)

    def _drop_idle(self) -> None:
        if self._statements is not None:
            drop_idle(self._statements._client)

    @property
    def pool(self) -> Pool | None:
        """The connections of this process, where the database is open and has several."""
        return pool_of(self._statements._client) if self._statements is not None else None

    @property
    def _opened(self) -> Statements:
        if self._statements is None:
            raise ServiceUnavailable
        return self._statements

    async def unapplied_migrations(self) -> Collection[str]:
        """Give the names of the migrations that the database still lacks."""
        try:
            applied = await self.fetch("SELECT name FROM tortoise_migrations WHERE app = $1", APP)
        except OperationalError:
            # There is no such table: nothing was ever applied.
            return self._migrations
        return self._migrations - {row["name"] for row in applied}


async def _begun(context: TransactionContext, stack: AsyncExitStack) -> TransactionalDBClient:
    try:
        client = await context.__aenter__()
    except BaseException as error:
        # Tortoise holds on to its lock or pooled connection when BEGIN fails, and lets go at the exit that
        # takes a transaction for failed already. Without a token there is nothing yet that it could hold.
        if hasattr(context, "token"):
            given_up = isinstance(error, asyncio.CancelledError)
            # A BEGIN that nobody waits for any more SQLite still runs, so that it has to be undone.
            await _left(context, type(error) if given_up else TransactionManagementError, error, None)
        raise
    stack.push_async_exit(partial(_left, context))
    return client


async def _left(
    context: TransactionContext,
    kind: type[BaseException] | None,
    error: BaseException | None,
    trace: TracebackType | None,
) -> None:
    try:
        await context.__aexit__(kind, error, trace)
    except Exception:
        # Where a statement was given up its connection is closed, and with it ends what was begun. That there
        # is nothing left to roll back is no answer to who has cancelled it.
        if not isinstance(error, asyncio.CancelledError):
            raise


def _postgres(sql: str) -> str:
    return sql


@cache
def _sqlite(sql: str) -> str:
    # With one writer at a time there are no rows to lock.
    return re.sub(r"\$(\d+)", r"?\1", sql).replace("FOR UPDATE SKIP LOCKED", "")


def _decoded(row: Row) -> Row:
    return {name: _value(name, value) for name, value in row.items()}


def _value(name: str, value: Any) -> Any:
    if isinstance(value, str):
        if name.endswith("_at"):
            return datetime.fromisoformat(value)
        if name == "id" or name.endswith(("_id", "jti")):
            return UUID(value)
    return value

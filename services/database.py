"""The database: opened and closed, asked within a time, and changed by transactions."""

import asyncio
from collections.abc import AsyncIterator, Collection, Sequence
from contextlib import AbstractAsyncContextManager, AsyncExitStack, asynccontextmanager
from functools import partial
from pkgutil import iter_modules
from types import TracebackType

from tortoise.backends.base.client import TransactionalDBClient, TransactionContext
from tortoise.backends.sqlite.client import SqliteClient
from tortoise.context import TortoiseContext
from tortoise.exceptions import OperationalError, TransactionManagementError
from tortoise.timezone import get_default_timezone
from tortoise.transactions import in_transaction

import migrations
from services import steps
from services.database_files import open_file
from services.database_inserts import Insert
from services.database_outages import in_time, outages
from services.database_pool import Pool, drop_idle, pool_of
from services.database_statements import Row, Statements, Transaction
from services.database_urls import APP, configuration
from services.errors import ServiceUnavailable


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
            self._statements = Statements(client, shared=True)

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

"""Statements, and the transactions they are in, in the dialect of the database."""

import re
import sqlite3
from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from functools import cache
from typing import Any
from uuid import UUID

from tortoise.backends.base.client import BaseDBAsyncClient, TransactionalDBClient

from services import steps
from services.database_decisions import Decisions
from services.database_inserts import Insert, insert
from services.database_outages import outages
from services.database_together import Together, read

Row = Mapping[str, Any]

sqlite3.register_adapter(UUID, str)


class Statements:
    """Runs statements on one connection. Rows come with instants as aware `datetime` and ids as `UUID`."""

    def __init__(self, client: BaseDBAsyncClient, *, shared: bool = False) -> None:
        """Take the connection, or the transaction, to run on; a shared one is used by many at a time."""
        self._client, self._decisions = client, Decisions(client)
        sqlite = client.capabilities.dialect == "sqlite"
        self._together = Together(client, read) if sqlite and shared else None
        self._dialect: Callable[[str], str] = _sqlite if sqlite else _postgres
        self._decode: Callable[[Row], Row] = _decoded if sqlite else dict

    async def fetch(self, sql: str, *values: object) -> Sequence[Row]:
        """Run a statement that answers rows."""
        with outages(), steps.statement(sql):
            if self._together is not None:
                rows = await self._together.call((self._dialect(sql), values))
            else:
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
            inserts = [(self._dialect(one), own) for one, own in then]
            row = await self._decisions.decide(self._dialect(sql), values, inserts)
        return None if row is None else self._decode(row)


class Transaction(Statements):
    """Runs the statements of one transaction."""

    def __init__(self, client: TransactionalDBClient) -> None:
        """Take a transaction that has begun."""
        super().__init__(client)
        self._transaction = client
        self._deferred: list[Insert] = []

    def defer(self, *inserts: Insert) -> None:
        """Have INSERTs run with all that are deferred, before the next statement or the commit.

        It is for what is written and not looked at again: many of them cost the database one exchange.
        """
        self._deferred += inserts

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

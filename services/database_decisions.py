"""A statement that decides, and the INSERTs that go with its verdict: a whole transaction in one exchange."""

import re
import sqlite3
from collections.abc import Callable, Iterator, Mapping, Sequence
from functools import lru_cache
from itertools import count
from typing import Any, NamedTuple

from tortoise.backends.base.client import BaseDBAsyncClient

from services.database_inserts import PARAMETER, Insert
from services.database_together import Asked, Together


class Decided(NamedTuple):
    """In the place of a value of an INSERT: what the row has that the deciding statement gave."""

    column: str


class _Decision(NamedTuple):
    sql: str
    values: Sequence[object]
    inserts: Sequence[Insert]


class Decisions:
    """Runs deciding statements on one database."""

    def __init__(self, client: BaseDBAsyncClient) -> None:
        """Take the connection, or the pool."""
        self._client = client
        self._together = Together[_Decision](client, _take)

    async def decide(
        self, sql: str, values: Sequence[object], inserts: Sequence[Insert]
    ) -> Mapping[str, Any] | None:
        """Run the statement and, for the row that it gives, the INSERTs; give the row.

        Where it gives none, nothing has changed. PostgreSQL runs all of it as one statement, which is a
        transaction. SQLite, which writes one transaction after another, has those that wait in one.
        """
        if self._client.capabilities.dialect == "sqlite":
            row: Mapping[str, Any] | None = await self._together.call(_Decision(sql, values, inserts))
            return row
        shape = tuple((insert, tuple(_column(value) for value in own)) for insert, own in inserts)
        plain = [value for _, own in inserts for value in own if not isinstance(value, Decided)]
        rows = await self._client.execute_query_dict(_as_one(sql, len(values), shape), [*values, *plain])
        return rows[0] if rows else None


def _take(connection: sqlite3.Connection, together: Sequence[Asked[_Decision]]) -> Sequence[Any]:
    """Take decisions in one transaction: its COMMIT, which waits for the disk, is the dearest of all."""
    try:
        return _take_all(connection, together, _taken)
    except _Refused as refused:
        if len(together) == 1:
            raise refused.why from None
        # Just the one that cannot be written is to be undone, and to be able to do that is dear.
        return _take_all(connection, together, _take_apart)


def _take_all(
    connection: sqlite3.Connection,
    together: Sequence[Asked[_Decision]],
    take: Callable[[sqlite3.Connection, _Decision], Any],
) -> Sequence[Any]:
    connection.execute("BEGIN IMMEDIATE")
    try:
        # Another process may have kept the file until now. Who has been told by then that the database does
        # not answer is not to find it done later.
        verdicts = [None if asked.is_given_up else take(connection, asked.call) for asked in together]
        connection.execute("COMMIT")
    except BaseException:
        connection.rollback()
        raise
    return verdicts


class _Refused(Exception):
    """A decision cannot be written."""

    def __init__(self, why: Exception) -> None:
        super().__init__(why)
        self.why = why


def _taken(connection: sqlite3.Connection, decision: _Decision) -> Any:
    try:
        rows = connection.execute(decision.sql, decision.values).fetchall()
        for row in rows[:1]:
            for insert, own in decision.inserts:
                connection.execute(insert, [row[v.column] if isinstance(v, Decided) else v for v in own])
    except Exception as refused:
        raise _Refused(refused) from refused
    return dict(rows[0]) if rows else None


def _take_apart(connection: sqlite3.Connection, decision: _Decision) -> Any:
    """Take one decision, and undo just this one where it cannot be written."""
    connection.execute("SAVEPOINT decision")
    try:
        verdict = _taken(connection, decision)
    except _Refused as refused:
        if not connection.in_transaction:
            # SQLite has undone all of it, as it does on a full disk.
            raise refused.why from None
        connection.execute("ROLLBACK TO decision")
        verdict = refused.why
    connection.execute("RELEASE decision")
    return verdict


def _column(value: object) -> str | None:
    return value.column if isinstance(value, Decided) else None


@lru_cache(maxsize=64)
def _as_one(sql: str, held: int, inserts: tuple[tuple[str, tuple[str | None, ...]], ...]) -> str:
    numbers = count(held + 1)
    parts = ", ".join(
        f"part_{number} AS ({_of_decided(insert, columns, numbers)})"
        for number, (insert, columns) in enumerate(inserts)
    )
    return " ".join(("WITH decided AS (", sql, "),", parts, "SELECT * FROM decided"))


def _of_decided(sql: str, columns: Sequence[str | None], numbers: Iterator[int]) -> str:
    """Have an INSERT take its row from what was decided, so that where nothing was it writes nothing."""
    into, _, row = sql.partition("VALUES")
    values = [f"${next(numbers)}" if column is None else f"decided.{column}" for column in columns]
    shown = re.sub(PARAMETER, lambda found: values[int(found[1]) - 1], row.strip()[1:-1])
    return " ".join((into, "SELECT", shown, "FROM decided"))

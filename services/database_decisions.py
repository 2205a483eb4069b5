"""A statement that decides, and the INSERTs that go with its verdict: a whole transaction in one exchange."""

import re
from collections.abc import Iterator, Mapping, Sequence
from functools import lru_cache
from itertools import count
from typing import Any, NamedTuple

from tortoise.backends.base.client import BaseDBAsyncClient
from tortoise.backends.sqlite.client import translate_exceptions

from services.database_inserts import PARAMETER, Insert


class Decided(NamedTuple):
    """In the place of a value of an INSERT: what the row has that the deciding statement gave."""

    column: str


async def decide(
    client: BaseDBAsyncClient, sql: str, values: Sequence[object], inserts: Sequence[Insert]
) -> Mapping[str, Any] | None:
    """Run the statement and, for the row that it gives, the INSERTs; give the row.

    Where it gives none, nothing has changed. PostgreSQL runs all of it as one statement, which is a
    transaction, and SQLite in one hop to its thread.
    """
    if client.capabilities.dialect == "sqlite":
        row: Mapping[str, Any] | None = await _in_one_hop(client, sql, values, inserts)
        return row
    shape = tuple((insert, tuple(_column(value) for value in own)) for insert, own in inserts)
    plain = [value for _, own in inserts for value in own if not isinstance(value, Decided)]
    rows = await client.execute_query_dict(_as_one(sql, len(values), shape), [*values, *plain])
    return rows[0] if rows else None


@translate_exceptions
async def _in_one_hop(client: Any, sql: str, values: Sequence[object], inserts: Sequence[Insert]) -> Any:
    async with client.acquire_connection() as connection:
        # Not in its public interface: aiosqlite has no call that runs several statements with values.
        return await connection._execute(_run, connection._conn, sql, values, inserts)


def _run(connection: Any, sql: str, values: Sequence[object], inserts: Sequence[Insert]) -> Any:
    connection.execute("BEGIN IMMEDIATE")
    try:
        rows = connection.execute(sql, values).fetchall()
        for row in rows[:1]:
            for insert, own in inserts:
                connection.execute(insert, [row[v.column] if isinstance(v, Decided) else v for v in own])
        connection.execute("COMMIT")
    except BaseException:
        connection.rollback()
        raise
    return dict(rows[0]) if rows else None


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

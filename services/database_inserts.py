"""Several INSERTs in one exchange with the database: a thread's hop or a round trip costs more than a row."""

import re
from collections.abc import Iterator, Sequence
from functools import lru_cache
from itertools import count
from typing import Any

from tortoise.backends.base.client import TransactionalDBClient
from tortoise.backends.sqlite.client import translate_exceptions

Insert = tuple[str, Sequence[object]]
"""An `INSERT … VALUES` of a dialect, and its values."""

PARAMETER = re.compile(r"\$(\d+)")
"""A value in a statement."""

TOGETHER = 8
"""How many make one statement on PostgreSQL, which keeps its plan; of more, those of a kind go together."""


async def insert(client: TransactionalDBClient, inserts: Sequence[Insert]) -> None:
    """Run them as one step of a transaction; those of a kind stay in their order."""
    if client.capabilities.dialect == "sqlite":
        await _in_one_hop(client, inserts)
        return
    kinds: dict[str, list[Sequence[object]]] = {}
    for sql, values in inserts:
        kinds.setdefault(sql, []).append(values)
    if len(inserts) <= TOGETHER:
        values = [value for rows in kinds.values() for row in rows for value in row]
        await client.execute_query(_combined(tuple((sql, len(rows)) for sql, rows in kinds.items())), values)
    else:
        for sql, rows in kinds.items():
            await client.execute_many(sql, [list(row) for row in rows])


@translate_exceptions
async def _in_one_hop(client: Any, inserts: Sequence[Insert]) -> None:
    async with client.acquire_connection() as connection:
        # Not in its public interface: aiosqlite has no call that runs several statements with values.
        await connection._execute(_run, connection._conn, inserts)


def _run(connection: Any, inserts: Sequence[Insert]) -> None:
    for sql, values in inserts:
        connection.execute(sql, values)


@lru_cache(maxsize=64)
def _combined(kinds: tuple[tuple[str, int], ...]) -> str:
    """Write one statement for so many rows of each kind. None of them may look at the rows of another.

    Foreign keys among them hold, since PostgreSQL checks these at the end of a statement.
    """
    numbers = count(1)
    *others, last = [_of_rows(sql, rows, numbers) for sql, rows in kinds]
    parts = ", ".join(f"part_{number} AS ({sql})" for number, sql in enumerate(others))
    return f"WITH {parts} {last}" if parts else last


def _of_rows(sql: str, rows: int, numbers: Iterator[int]) -> str:
    into, _, row = sql.partition("VALUES")
    held = len(set(PARAMETER.findall(row)))
    several = [_renumbered(row, [next(numbers) for _ in range(held)]) for _ in range(rows)]
    return f"{into}VALUES {', '.join(several)}"


def _renumbered(row: str, numbers: Sequence[int]) -> str:
    return PARAMETER.sub(lambda found: f"${numbers[int(found[1]) - 1]}", row.strip())

"""What waits for the thread of SQLite goes there together: a hop to it and back costs more than reading."""

import asyncio
import sqlite3
from collections.abc import Callable, Sequence
from typing import Any, Generic, NamedTuple, TypeVar

from tortoise.backends.base.client import BaseDBAsyncClient
from tortoise.backends.sqlite.client import translate_exceptions

TURNS = 16
"""For how many turns of the loop calls gather at the most, while each turn brings more of them."""

Call = TypeVar("Call")


class Asked(NamedTuple, Generic[Call]):
    """A call, and where what comes of it goes."""

    call: Call
    made: asyncio.Future[Any]

    @property
    def is_given_up(self) -> bool:
        """Whether nobody waits for it any more, which the thread may ask as well."""
        return self.made.done()


Run = Callable[[sqlite3.Connection, Sequence[Asked[Call]]], Sequence[Any]]
"""Makes calls in the thread, and gives what came of each: a value, or the exception that it ended with."""


class Together(Generic[Call]):
    """Makes calls of one kind on one connection, all that wait by then in one hop, in their order."""

    def __init__(self, client: BaseDBAsyncClient, run: Run[Call]) -> None:
        """Take the connection, and how calls are made on it."""
        self._client: Any = client
        self._make = run
        self._waiting: list[Asked[Call]] = []
        self._running: asyncio.Task[None] | None = None

    async def call(self, call: Call) -> Any:
        """Make a call and give what came of it; a call that is given up in time is not made."""
        return await _translated(self, call)

    def enqueue(self, call: Call) -> asyncio.Future[Any]:
        """Have a call made."""
        made = asyncio.get_running_loop().create_future()
        self._waiting.append(Asked(call, made))
        if self._running is None or self._running.done():
            self._running = asyncio.create_task(self._run())
        return made

    async def _run(self) -> None:
        while self._waiting:
            await self._gather()
            async with self._client.acquire_connection() as connection:
                together, self._waiting = [one for one in self._waiting if not one.is_given_up], []
                if not together:
                    continue
                try:
                    # Not in its public interface: aiosqlite has no call that runs several statements.
                    found = await connection._execute(self._make, connection._conn, together)
                except Exception as error:
                    # Whatever it is, everybody who waits is to hear of it.
                    found = [error] * len(together)
            for asked, one in zip(together, found, strict=True):
                if asked.is_given_up:
                    continue
                if isinstance(one, Exception):
                    asked.made.set_exception(one)
                else:
                    asked.made.set_result(one)

    async def _gather(self) -> None:
        # A thread that works while the loop does has to wait for Python's lock at each step, and the loop for
        # the thread at each system call: it begins when the loop has no more for it.
        for _ in range(TURNS):
            waiting = len(self._waiting)
            await asyncio.sleep(0)
            if len(self._waiting) == waiting:
                break


@translate_exceptions
async def _translated(together: Any, call: Any) -> Any:
    return await together.enqueue(call)


def read(
    connection: sqlite3.Connection, together: Sequence[Asked[tuple[str, Sequence[object]]]]
) -> Sequence[Any]:
    """Run statements, each of which is its own transaction, and give the rows of each."""
    return [_rows(connection, *asked.call) for asked in together]


def _rows(connection: sqlite3.Connection, sql: str, values: Sequence[object]) -> Any:
    try:
        return [dict(row) for row in connection.execute(sql, values).fetchall()]
    except Exception as error:
        # Also a value that cannot be stored, which is no business of the others.
        return error

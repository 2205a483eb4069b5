"""The file of SQLite: opened by as many processes at once as like to."""

import asyncio
import sqlite3
import threading
from collections.abc import Collection

from tortoise.backends.sqlite.client import SqliteClient

PAUSE = 0.02
"""How long to wait before asking again whether the file is free, in seconds."""


async def open_file(client: SqliteClient) -> None:
    """Open the file and make it a WAL one, waiting as long as the busy timeout for others who change it.

    The busy timeout does not do that: where another process has begun to write to a file that is not yet in
    WAL mode, or changes the mode itself, SQLite refuses the change at once, as two that wait for each other
    would wait for ever (https://sqlite.org/c3ref/busy_handler.html).

    Raises:
        sqlite3.Error: the file cannot be opened, or was not free in all that time. It is closed again.
    """
    loop = asyncio.get_running_loop()
    deadline = loop.time() + int(client.pragmas["busy_timeout"]) / 1000
    while True:
        others = set(threading.enumerate())
        try:
            return await client.create_connection(with_db=True)
        except BaseException as error:
            # It is open by now, with half of its pragmas, and its thread would keep the process alive.
            await client.close()
            await asyncio.to_thread(_wait_for_worker, others)
            if not _is_busy(error) or loop.time() > deadline:
                raise
        await asyncio.sleep(PAUSE)


def _wait_for_worker(others: Collection[threading.Thread]) -> None:
    # The worker of a connection that failed has one more answer to give. To a loop that is closed by then it
    # could not, and its traceback would be the last that an operator reads.
    for thread in threading.enumerate():
        if thread not in others and thread.name.endswith("(_connection_worker_thread)"):
            thread.join(timeout=PAUSE * 50)


def _is_busy(error: BaseException) -> bool:
    return getattr(error, "sqlite_errorcode", None) == sqlite3.SQLITE_BUSY

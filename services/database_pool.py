"""The connections to PostgreSQL: what they are held to, how many there are, and when they are closed."""

import asyncio
from collections.abc import Mapping
from typing import Any, NamedTuple

import asyncpg
from tortoise.backends.asyncpg.client import AsyncpgDBClient
from tortoise.backends.base.client import BaseDBAsyncClient

SERVER_SETTINGS: Mapping[str, str] = {
    # Shorter than our patience: a server that lives says so itself, and the connection stays good.
    "lock_timeout": "1500ms",
    # A server that we have given up may not know of it. What it still does for us ends as well: a row that an
    # unfinished sign-out holds would otherwise keep its user from signing in, for hours if no packet comes.
    "statement_timeout": "5s",
    "idle_in_transaction_session_timeout": "5s",
}
"""What each connection asks PostgreSQL to hold it to."""


class Connection(asyncpg.Connection):
    """A connection that is closed when somebody gives up waiting for a statement on it."""

    _protocol: Any

    def _cancel_current_command(self, *_: Any) -> None:
        # asyncpg would ask the server, over another connection, to cancel the statement, and wait for both.
        # Where nobody answers that takes as long again. Whoever holds the connection still releases it.
        asyncio.get_running_loop().call_soon(self._protocol.abort)


class Pool(NamedTuple):
    """The connections of this process: open, of those at rest, and as many as there may be."""

    opened: int
    idle: int
    largest: int


def pool_of(client: BaseDBAsyncClient) -> Pool | None:
    """Give the pool of a client; SQLite has none, and PostgreSQL none before the first statement."""
    pool = _of(client)
    return Pool(pool.get_size(), pool.get_idle_size(), pool.get_max_size()) if pool is not None else None


def drop_idle(client: BaseDBAsyncClient) -> None:
    """Close the connections at rest; the next statements open others.

    Where one has led nowhere they are likely to do so too, long after the database is back: each would cost
    somebody an answer.
    """
    pool: Any = _of(client)
    for holder in pool._holders if pool is not None else ():
        if holder.is_idle():
            holder.terminate()


def _of(client: BaseDBAsyncClient) -> asyncpg.Pool | None:
    return client._pool if isinstance(client, AsyncpgDBClient) else None

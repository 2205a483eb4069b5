"""How many connections to PostgreSQL are open, and how many of them are at work."""

from typing import NamedTuple

from tortoise.backends.asyncpg.client import AsyncpgDBClient
from tortoise.backends.base.client import BaseDBAsyncClient


class Pool(NamedTuple):
    """The connections of this process: open, of those at rest, and as many as there may be."""

    opened: int
    idle: int
    largest: int


def pool_of(client: BaseDBAsyncClient) -> Pool | None:
    """Give the pool of a client; SQLite has none, and PostgreSQL none before the first statement."""
    pool = client._pool if isinstance(client, AsyncpgDBClient) else None
    return Pool(pool.get_size(), pool.get_idle_size(), pool.get_max_size()) if pool is not None else None

"""Counts that processes and nodes share, in Valkey or Redis."""

import asyncio
import re
import ssl
from collections.abc import Mapping
from contextlib import suppress
from typing import Any

from limits import RateLimitItem
from redis.asyncio import BlockingConnectionPool, Connection, Redis
from redis.asyncio.connection import parse_url
from redis.asyncio.retry import Retry
from redis.backoff import NoBackoff
from redis.exceptions import RedisError

from services import steps

WITHIN = 0.5
"""How long the store may take to answer, connecting included, in seconds."""

CONNECTIONS = 16
"""How many connections a process opens at the most; who finds none free waits within the same time."""

# The script is one step for the store: no key is ever left without its expiry, and no count goes over.
_TAKE = """
local limit, window = tonumber(ARGV[1]), tonumber(ARGV[2])
if tonumber(redis.call('GET', KEYS[1]) or 0) >= limit then
  return math.max(redis.call('PTTL', KEYS[1]), 1)
end
if redis.call('INCR', KEYS[1]) == 1 then
  redis.call('PEXPIRE', KEYS[1], window)
end
return 0
"""
_GIVE_BACK = """
local count = tonumber(redis.call('GET', KEYS[1]) or 0)
if count > 1 then
  redis.call('DECR', KEYS[1])
elseif count == 1 then
  redis.call('DEL', KEYS[1])
end
"""

_FAILURES = (RedisError, OSError, TimeoutError)


class StoreLost(Exception):
    """The store did not answer, or not as it should; the message is the kind of its failure."""


class SharedCounters:
    """Counts attempts in a store that every process and every node of an installation uses."""

    def __init__(self, url: str) -> None:
        """Take a URL that the settings have checked. Nothing is opened yet, but certificates are read."""
        options: dict[str, Any] = {**parse_url(re.sub("^valkey", "redis", url))}
        if "connection_class" in options:
            # Left to the library, every new connection would read them from the disk, in the event loop.
            options |= {"connection_class": _TlsConnection, "context": ssl.create_default_context()}
        self._pool = BlockingConnectionPool(
            **options,
            max_connections=CONNECTIONS,
            timeout=None,
            socket_timeout=WITHIN,
            socket_connect_timeout=WITHIN,
            retry=Retry(NoBackoff(), 0),
            # Of the newer protocol nothing is needed, and it takes more steps to connect.
            protocol=2,
            driver_info=None,
        )
        self._redis = Redis(connection_pool=self._pool)

    async def take(self, key: str, limit: RateLimitItem) -> float | None:
        """Count an attempt if there is room; else give the seconds until the window closes.

        Raises:
            StoreLost: the store did not say.
        """
        wait = await self._run(_TAKE, key, limit.amount, limit.get_expiry() * 1000)
        return int(wait) / 1000 if wait else None

    async def give_back(self, key: str, limit: RateLimitItem) -> None:
        """Take one attempt off the count, if there is any.

        Raises:
            StoreLost: the store did not say that it has done so.
        """
        await self._run(_GIVE_BACK, key)

    async def close(self) -> None:
        """Close every connection."""
        await self._pool.aclose()

    async def _run(self, script: str, key: str, *arguments: int) -> Any:
        try:
            with steps.work(steps.VALKEY):
                async with asyncio.timeout(WITHIN):
                    return await self._redis.eval(script, 1, key, *arguments)
        except _FAILURES as error:
            await self._drop_idle()
            raise StoreLost(type(error).__name__) from error

    async def _drop_idle(self) -> None:
        # What is open may lead to a host that is gone, or to a server that was made a replica and says no for
        # ever: the next try has to find the one that is there then.
        with suppress(*_FAILURES):
            await self._pool.disconnect(inuse_connections=False)


class _TlsConnection(Connection):
    def __init__(self, *, context: ssl.SSLContext, **options: Any) -> None:
        super().__init__(**options)
        self._context = context

    def _connection_arguments(self) -> Mapping[str, Any]:
        return {**super()._connection_arguments(), "ssl": self._context}

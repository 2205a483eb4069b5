"""Rate limits, in the notation of the `limits` library: taken before any work or comparison."""

import hashlib
import time
from dataclasses import dataclass, field
from typing import Protocol

from limits import RateLimitItem
from limits.aio.storage import MemoryStorage

from services.errors import RateLimited


class Counters(Protocol):
    """Where the counts are kept: for one process in memory."""

    async def incr(self, key: str, expiry: float, amount: int = 1) -> int:
        """Add to a count and give it; the first addition opens a window of `expiry` seconds."""

    async def decr(self, key: str, amount: int = 1) -> int:
        """Take from a count, but never below zero, and give it."""

    async def get_expiry(self, key: str) -> float:
        """Give the POSIX time at which the window of a count closes."""

    async def clear(self, key: str) -> None:
        """Forget a count."""


@dataclass(frozen=True, slots=True)
class Limits:
    """Counts attempts in windows. One count belongs to one limit and one subject."""

    counters: Counters = field(default_factory=MemoryStorage)

    async def take(self, limit: RateLimitItem, *subject: str) -> None:
        """Count one attempt.

        Raises:
            RateLimited: the window is full. The attempt is counted, but the window does not grow.
        """
        key = _key(limit, subject)
        if await self.counters.incr(key, limit.get_expiry()) > limit.amount:
            wait = await self.counters.get_expiry(key) - time.time()
            raise RateLimited(retry_after=max(1, int(wait + 0.999)))

    async def give_back(self, limit: RateLimitItem, *subject: str) -> None:
        """Take one attempt off the count: it was a success, and only failures are limited."""
        await self.counters.decr(_key(limit, subject))

    async def forget(self, limit: RateLimitItem, *subject: str) -> None:
        """Clear the count of a subject."""
        await self.counters.clear(_key(limit, subject))


def _key(limit: RateLimitItem, subject: tuple[str, ...]) -> str:
    # Subjects are of any length and often somebody's address: the store sees neither.
    return limit.key_for(hashlib.sha256("\0".join(subject).encode()).hexdigest())

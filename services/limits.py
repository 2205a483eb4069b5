"""Rate limits, in the notation of the `limits` library: taken before any work or comparison."""

import math
import os
from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from ipaddress import IPv6Address, IPv6Network, ip_address
from typing import Protocol

from limits import RateLimitItem

from security.derivation import Secret
from services.clients import Client
from services.errors import RateLimited
from services.limits_memory import MemoryCounters

NETWORK = 64
"""How many bits of an IPv6 address count: whoever has one address of such a network has all of them."""


class Counters(Protocol):
    """Where attempts are counted, in windows that an attempt opens and that do not grow."""

    async def take(self, key: str, limit: RateLimitItem) -> float | None:
        """Count an attempt if its window has room for it; else give the seconds until the window closes."""

    async def give_back(self, key: str, limit: RateLimitItem) -> None:
        """Take one attempt off a count, but never below zero."""

    async def close(self) -> None:
        """Let go of what is held open."""


@dataclass(frozen=True, slots=True)
class Attempt:
    """An attempt that was counted."""

    counters: Counters
    limit: RateLimitItem
    keys: Sequence[str]

    async def give_back(self) -> None:
        """Take it off its counts again: it was a success, and only failures are limited.

        The failures before it stay: a success clears nobody's.
        """
        for key in self.keys:
            await self.counters.give_back(key, self.limit)


@dataclass(frozen=True, slots=True)
class Limits:
    """Counts attempts. One count belongs to one limit and one subject.

    Limits are taken outside of any transaction: an outage of their store is recorded in one of its own.
    """

    counters: Counters = field(default_factory=MemoryCounters)
    secret: Secret = field(default_factory=lambda: Secret(os.urandom(32)))

    async def take(self, limit: RateLimitItem, *subject: str) -> Attempt:
        """Count one attempt.

        Raises:
            RateLimited: the window is full. What is refused is not counted.
        """
        return await self._take(limit, subject)

    async def take_both(self, limit: RateLimitItem, name: str, *, client: Client, account: str) -> Attempt:
        """Count one attempt against the client's network, then against an account that it is about.

        In this order, so that whoever is refused by their own address cannot use up the tries of others.

        Raises:
            RateLimited: one of the windows is full.
        """
        return await self._take(
            limit, (f"{name} address", network(client.ip_address)), (f"{name} account", account)
        )

    async def close(self) -> None:
        """Close the store."""
        await self.counters.close()

    async def _take(self, limit: RateLimitItem, *subjects: tuple[str, ...]) -> Attempt:
        keys = [self._key(limit, subject) for subject in subjects]
        for key in keys:
            if (wait := await self.counters.take(key, limit)) is not None:
                raise RateLimited(retry_after=max(1, math.ceil(wait)))
        return Attempt(self.counters, limit, keys)

    def _key(self, limit: RateLimitItem, subject: tuple[str, ...]) -> str:
        # A plain digest of an address can be guessed in a minute by whoever reads the store; this one cannot.
        digest = self.secret.derive("limit", "\0".join(subject).encode())
        return f"latchkey:{limit.key_for(digest.hex())}"


@lru_cache(maxsize=1024)
def network(address: str | None) -> str:
    """Give what counts of a client's address. Clients without any are one subject."""
    if address is None:
        return ""
    found = ip_address(address)
    if isinstance(found, IPv6Address):
        return str(IPv6Network((found.packed, NETWORK), strict=False))
    return str(found)

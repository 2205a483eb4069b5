"""What holds while the shared store of limits is lost: each process counts for itself, and it is recorded."""

import logging
import time
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from datetime import datetime
from typing import TypeVar

from limits import RateLimitItem

from models import AuditKind, AuditOutcome
from services import audit
from services.clients import Client
from services.database import Database
from services.errors import ServiceUnavailable
from services.limits import Counters
from services.limits_memory import MemoryCounters
from services.limits_shared import StoreLost

PAUSE = 3.0
"""How long a lost store is left alone between two tries, in seconds."""

T = TypeVar("T")
logger = logging.getLogger(__name__)


@dataclass(slots=True, kw_only=True)
class GuardedCounters:
    """Counts in the shared store while it answers, else in this process alone: open, but bounded."""

    shared: Counters
    database: Database
    clock: Callable[[], datetime]
    own: Counters = field(default_factory=MemoryCounters)
    monotonic: Callable[[], float] = time.monotonic
    _next_try: float | None = field(default=None, init=False)

    async def take(self, key: str, limit: RateLimitItem) -> float | None:
        """Count an attempt where it can be counted."""
        return await self._ask(lambda counters: counters.take(key, limit))

    async def give_back(self, key: str, limit: RateLimitItem) -> None:
        """Take one attempt off a count where it can be."""
        await self._ask(lambda counters: counters.give_back(key, limit))

    async def close(self) -> None:
        """Close both stores."""
        await self.shared.close()
        await self.own.close()

    async def _ask(self, question: Callable[[Counters], Awaitable[T]]) -> T:
        was_lost = self._next_try is not None
        if self._next_try is None or self._next_try <= self.monotonic():
            if was_lost:
                # Whoever comes while this one tries does not wait with it.
                self._pause()
            try:
                answer = await question(self.shared)
            except StoreLost as loss:
                await self._lose(loss)
            else:
                if was_lost:
                    self._find()
                return answer
        return await question(self.own)

    def _pause(self) -> None:
        self._next_try = self.monotonic() + PAUSE

    async def _lose(self, loss: StoreLost) -> None:
        is_news = self._next_try is None
        self._pause()
        if is_news:
            logger.warning("the shared store of limits is lost, each process counts for itself: %s", loss)
            await self._record()

    def _find(self) -> None:
        self._next_try = None
        logger.info("the shared store of limits is back")

    async def _record(self) -> None:
        event = audit.Event(kind=AuditKind.LIMITS_UNAVAILABLE, outcome=AuditOutcome.FAILURE, client=Client())
        try:
            async with self.database.transaction() as transaction:
                audit.record(transaction, event, now=self.clock())
        except ServiceUnavailable:
            # Whoever happened to notice the outage is not to be refused for it.
            logger.error("the loss of the shared store of limits was not recorded")

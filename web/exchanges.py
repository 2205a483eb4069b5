"""A request from its first sight to its line in the log, whoever answers it."""

import logging
import time
from collections.abc import Callable
from contextvars import ContextVar
from dataclasses import dataclass, field
from typing import Self
from urllib.parse import quote

from web import logs
from web.outcomes import Outcome
from web.request import new_request_id

_LOGGED_PATH = 200
logger = logging.getLogger(__name__)


@dataclass(slots=True)
class Exchange:
    """What is known of one request and its answer, beyond their own words."""

    route: str | None
    """Its address as our routes write it, if it is one of them."""
    request_id: str = field(default_factory=new_request_id)
    outcome: Outcome = field(default_factory=Outcome)
    _began: float = field(default_factory=time.perf_counter)

    @classmethod
    def begin(cls, *, route: str | None) -> Self:
        """Give a request its id, which is also that of every line that is logged for it."""
        exchange = cls(route)
        logs.request_id.set(exchange.request_id)
        return exchange

    def end(self, method: str, path: str, status: int) -> float:
        """Log how it was answered, and tell how long that took, in seconds."""
        seconds = time.perf_counter() - self._began
        fields = {"status": status, "duration_ms": round(seconds * 1000, 1), **self.outcome.whose}
        logger.info("%s %s", method, quote(path)[:_LOGGED_PATH], extra=fields)
        if (tell := listener.get()) is not None:
            tell(self, status)
        return seconds


listener: ContextVar[Callable[[Exchange, int], None] | None] = ContextVar("listener", default=None)
"""Who else is told, with its status, how the request ended that the running task works for."""

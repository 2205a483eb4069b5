"""Work that is done to its end, also when the client that asked for it has gone."""

import asyncio
import logging
from collections.abc import Coroutine
from typing import Any, TypeVar

from web.logs import trail

DRAIN_WITHIN = 10.0
"""How long work may go on after the server was told to stop, in seconds."""

T = TypeVar("T")
logger = logging.getLogger(__name__)


class InFlight:
    """Keeps hold of running work: the event loop alone would let an abandoned task be collected."""

    def __init__(self) -> None:
        """Begin with nothing."""
        self._tasks: set[asyncio.Task[Any]] = set()

    def __len__(self) -> int:
        return len(self._tasks)

    async def finish(self, work: Coroutine[Any, Any, T]) -> T:
        """Give the result of some work; when the waiting is cancelled, the work goes on without it.

        Nothing is left half done by a client that hangs up, and no connection or lock is lost on the way.
        """
        task = asyncio.create_task(work)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)
        try:
            return await asyncio.shield(task)
        except asyncio.CancelledError:
            # Nobody will read the result any more: an error that comes from now on, asyncio.shield swallows.
            task.add_done_callback(_report)
            raise

    async def drain(self) -> None:
        """Wait for all of it, so that what it stands on is closed only afterwards."""
        if self._tasks:
            _, left = await asyncio.wait(self._tasks, timeout=DRAIN_WITHIN)
            if left:
                logger.error("stopped before %d operations were done", len(left))


def _report(task: asyncio.Task[Any]) -> None:
    if task.cancelled():
        logger.warning("an operation was cancelled")
    elif (error := task.exception()) is not None:
        logger.error("unexpected %s", trail(error))

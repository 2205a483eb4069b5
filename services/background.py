"""Work that goes on beside the requests, from the start of serving to its end."""

import asyncio
from collections.abc import Callable, Coroutine, Sequence
from typing import Any

Work = Callable[[], Coroutine[Any, Any, None]]
"""Begins some work that goes on until it is cancelled."""


class Background:
    """Starts some work, and lets it end."""

    def __init__(self, work: Sequence[Work]) -> None:
        """Take the work; nothing is begun yet."""
        self._work = work
        self._tasks: list[asyncio.Task[None]] = []

    async def start(self) -> None:
        """Begin all of it."""
        self._tasks = [asyncio.create_task(begin()) for begin in self._work]

    async def stop(self) -> None:
        """Tell all of it to end, and wait until it has: what it stands on may be closed afterwards."""
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)

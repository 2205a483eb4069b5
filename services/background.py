"""Work that goes on beside the requests, from the start of serving to its end."""

import asyncio
from collections.abc import Callable, Coroutine, Sequence
from contextlib import suppress
from typing import Any, TypeVar

T = TypeVar("T")

Work = Callable[[], Coroutine[Any, Any, None]]
"""Begins some work that goes on until it is cancelled."""


class Background:
    """Starts some work, and lets it end."""

    def __init__(self, work: Sequence[Work]) -> None:
        """Take the work; nothing is begun yet."""
        self._work = work
        self._tasks: list[asyncio.Task[None]] = []
        self._is_ending = False

    async def start(self) -> None:
        """Begin all of it."""
        self._tasks = [asyncio.create_task(begin()) for begin in self._work]

    def end(self) -> None:
        """Tell all of it to end, and say so once: told again, it would break off what it is finishing."""
        if not self._is_ending:
            self._is_ending = True
            for task in self._tasks:
                task.cancel()

    async def stop(self) -> None:
        """Wait until all of it has ended: what it stands on may be closed afterwards."""
        self.end()
        await asyncio.gather(*self._tasks, return_exceptions=True)


async def to_its_end(step: Coroutine[Any, Any, T]) -> T:
    """Do a step of some work. Who is told to end meanwhile does so when the step has come to its own end."""
    task = asyncio.create_task(step)
    try:
        return await asyncio.shield(task)
    except asyncio.CancelledError:
        with suppress(Exception):
            await task
        raise

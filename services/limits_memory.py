"""Counts in the memory of one process, which takes no more of it however many subjects there are."""

import hashlib
import time
from array import array
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

from limits import RateLimitItem

ROWS, WIDTH = 4, 1 << 17
"""The shape of a window's table. With four bytes to a cell, it takes two mebibytes for each limit."""


class MemoryCounters:
    """A count-min sketch for each limit (Cormode and Muthukrishnan 2005).

    A subject has a cell in each row, and its count is the lowest of the four. Cells are shared: a count may
    be too high, by what strangers did in all four of them, but it is never too low. There are no keys, so
    there is none that an attacker could push out, and nothing to walk through or to clean up.
    """

    def __init__(self, *, monotonic: Callable[[], float] = time.monotonic) -> None:
        """Take the time in seconds, of a clock that nobody sets back."""
        self._monotonic = monotonic
        self._windows: dict[RateLimitItem, _Window] = {}

    async def take(self, key: str, limit: RateLimitItem) -> float | None:
        """Count an attempt if there is room; else give the seconds until the window closes."""
        now = self._monotonic()
        window = self._windows.get(limit)
        if window is None or window.closes <= now:
            # The windows of all subjects of a limit close at the same moment.
            window = self._windows[limit] = _Window(now + limit.get_expiry())
        cells = _cells(key)
        if window.count(cells) >= limit.amount:
            return window.closes - now
        window.add(cells, 1)
        return None

    async def give_back(self, key: str, limit: RateLimitItem) -> None:
        """Take one attempt off the count, if there is any in this window."""
        window, cells = self._windows.get(limit), _cells(key)
        if window is not None and window.count(cells) > 0:
            window.add(cells, -1)

    async def close(self) -> None:
        """Do nothing: memory needs no farewell."""


@dataclass(slots=True)
class _Window:
    closes: float
    _counts: "array[int]" = field(default_factory=lambda: array("I", bytes(4 * ROWS * WIDTH)))

    def count(self, cells: Sequence[int]) -> int:
        return min(self._counts[cell] for cell in cells)

    def add(self, cells: Sequence[int], amount: int) -> None:
        for cell in cells:
            self._counts[cell] += amount


def _cells(key: str) -> Sequence[int]:
    # The keys are derived with a secret: nobody can choose subjects that share their cells.
    digest = memoryview(hashlib.blake2b(key.encode(), digest_size=4 * ROWS).digest()).cast("I")
    return [row * WIDTH + hashed % WIDTH for row, hashed in enumerate(digest)]

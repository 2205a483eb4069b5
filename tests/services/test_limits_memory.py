"""Counts in memory: they take a fixed amount of it, and nobody can make it forget."""

import pytest
from limits import parse

from services.limits_memory import ROWS, WIDTH, MemoryCounters
from tests.support.clock import FakeMonotonic

THREE = parse("3/minute")


@pytest.fixture
def monotonic() -> FakeMonotonic:
    """Give a time that stands still."""
    return FakeMonotonic()


@pytest.fixture
def counters(monotonic: FakeMonotonic) -> MemoryCounters:
    """Give counters that live in this time."""
    return MemoryCounters(monotonic=monotonic)


async def test_a_window_closes_when_its_time_is_over(
    counters: MemoryCounters, monotonic: FakeMonotonic
) -> None:
    """Attempts that are refused do not put it off, and the next window counts from nothing."""
    assert [await counters.take("ada", THREE) for _ in range(4)] == [None, None, None, 60.0]
    monotonic.advance(59)
    assert await counters.take("ada", THREE) == 1.0
    monotonic.advance(1)
    assert [await counters.take("ada", THREE) for _ in range(4)] == [None, None, None, 60.0]


async def test_each_limit_has_windows_of_its_own(counters: MemoryCounters, monotonic: FakeMonotonic) -> None:
    """A short one that closes takes nothing of a long one with it."""
    long = parse("1/hour")
    assert await counters.take("ada", long) is None
    monotonic.advance(61)
    assert await counters.take("ada", THREE) is None
    assert await counters.take("ada", long) == 3539.0


async def test_nothing_is_given_back_to_a_window_that_never_had_it(
    counters: MemoryCounters, monotonic: FakeMonotonic
) -> None:
    """A success that began in the last window opens no place in this one to somebody without a failure."""
    await counters.take("ada", THREE)
    monotonic.advance(60)
    await counters.take("bob", THREE)
    await counters.give_back("ada", THREE)
    assert [await counters.take("bob", THREE) for _ in range(3)] == [None, None, 60.0]
    assert [await counters.take("ada", THREE) for _ in range(4)] == [None, None, None, 60.0]


async def test_a_flood_of_subjects_frees_nobody_and_locks_nobody_out(counters: MemoryCounters) -> None:
    """After a hundred thousand strangers a full window is still full, and a newcomer still has tries."""
    for _ in range(3):
        await counters.take("victim", THREE)
    for number in range(100_000):
        await counters.take(f"stranger {number}", THREE)
    assert await counters.take("victim", THREE) is not None
    newcomers = [await counters.take(f"newcomer {number}", THREE) for number in range(1000)]
    assert newcomers.count(None) == 1000


async def test_memory_does_not_grow_with_the_subjects(counters: MemoryCounters) -> None:
    """What is kept is one table of one size for a limit."""
    for number in range(10_000):
        await counters.take(f"stranger {number}", THREE)
    (window,) = counters._windows.values()
    assert len(window._counts) * window._counts.itemsize == 4 * ROWS * WIDTH == 2 * 1024 * 1024


async def test_a_count_is_never_too_low(counters: MemoryCounters) -> None:
    """However others fill and empty the cells, what is left in them is all that a subject has done."""
    await counters.take("ada", THREE)
    await counters.take("ada", THREE)
    for number in range(20_000):
        await counters.take(f"stranger {number}", THREE)
    for number in range(20_000):
        await counters.give_back(f"stranger {number}", THREE)
    assert [await counters.take("ada", THREE) for _ in range(2)] == [None, 60.0]

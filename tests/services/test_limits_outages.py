"""While the shared store of limits is lost, nobody is locked out and nobody has tries without end."""

import asyncio
import logging
from typing import Any

import pytest
from limits import RateLimitItem, parse

from services import Services
from services.limits_memory import MemoryCounters
from services.limits_outages import PAUSE, GuardedCounters
from services.limits_shared import StoreLost
from tests.services import tables
from tests.services.faults import Faults
from tests.support.clock import FakeMonotonic

THREE = parse("3/hour")
LOST = {"kind": "LIMITS_UNAVAILABLE", "outcome": "FAILURE"}


class Store(MemoryCounters):
    """A shared store that is lost and found on cue, and counts how often it is asked."""

    def __init__(self) -> None:
        super().__init__()
        self.is_lost, self.asked = False, 0
        self.may_answer = asyncio.Event()
        self.may_answer.set()

    async def take(self, key: str, limit: RateLimitItem) -> float | None:
        """Count, after it was let, or be lost."""
        self.asked += 1
        await self.may_answer.wait()
        if self.is_lost:
            raise StoreLost("TimeoutError")
        return await super().take(key, limit)


@pytest.fixture
def store() -> Store:
    """Give a store that answers."""
    return Store()


@pytest.fixture
def monotonic() -> FakeMonotonic:
    """Give a time that stands still."""
    return FakeMonotonic()


@pytest.fixture
def counters(services: Services, store: Store, monotonic: FakeMonotonic) -> GuardedCounters:
    """Give what guards this store, in this time."""
    return GuardedCounters(
        shared=store, database=services.database, clock=services.clock, monotonic=monotonic
    )


async def events(services: Services) -> list[dict[str, Any]]:
    """Give what the audit trail holds, without ids and times."""
    skipped = ("id", "occurred_at")
    return [
        {name: value for name, value in row.items() if name not in skipped and value is not None}
        for row in await tables.rows(services, "audit_events")
    ]


async def test_a_lost_store_is_told_once_and_tried_again_after_a_pause(
    services: Services,
    store: Store,
    counters: GuardedCounters,
    monotonic: FakeMonotonic,
    caplog: pytest.LogCaptureFixture,
) -> None:
    """One event, one warning; until it is back only one attempt in three seconds waits for it."""
    caplog.set_level(logging.INFO, "services.limits_outages")
    assert await counters.take("ada", THREE) is None
    store.is_lost = True
    assert [await counters.take("ada", THREE) is None for _ in range(5)] == [True] * 3 + [False] * 2
    assert store.asked == 2
    for _ in range(2):
        monotonic.advance(PAUSE)
        assert await counters.take("ada", THREE) is not None
        assert await counters.take("bob", THREE) is None
    assert store.asked == 4
    assert await events(services) == [LOST]

    store.is_lost = False
    monotonic.advance(PAUSE)
    # The store knows of one attempt from before: two places are left in it.
    assert [await counters.take("ada", THREE) is None for _ in range(3)] == [True, True, False]
    assert [record.levelname for record in caplog.records] == ["WARNING", "INFO"]
    assert caplog.messages[0].endswith(": TimeoutError")

    store.is_lost = True
    assert await counters.take("ada", THREE) is not None
    assert await events(services) == [LOST, LOST]


async def test_many_who_notice_it_at_once_tell_it_once(
    services: Services, store: Store, counters: GuardedCounters, monotonic: FakeMonotonic
) -> None:
    """Fifty wait for the store together; afterwards this process counts each of them."""
    store.is_lost = True
    store.may_answer.clear()
    asking = [asyncio.create_task(counters.take("ada", THREE)) for _ in range(50)]
    await asyncio.sleep(0)
    assert store.asked == 50
    store.may_answer.set()
    assert (await asyncio.gather(*asking)).count(None) == 3
    assert await events(services) == [LOST]

    store.may_answer.clear()
    monotonic.advance(PAUSE)
    trying = asyncio.create_task(counters.take("bob", THREE))
    await asyncio.sleep(0)
    assert store.asked == 51
    # Whoever comes while one tries is not kept waiting.
    assert await counters.take("carol", THREE) is None
    assert store.asked == 51
    store.may_answer.set()
    assert await trying is None
    assert await events(services) == [LOST]


async def test_an_answer_that_was_under_way_does_not_end_an_outage(
    services: Services, store: Store, counters: GuardedCounters
) -> None:
    """Some get through at the edge of it: only who asks after the pause tells that the store is back."""
    store.may_answer.clear()
    under_way = asyncio.create_task(counters.take("ada", THREE))
    await asyncio.sleep(0)
    assert store.asked == 1
    await counters._lose(StoreLost("TimeoutError"))
    store.may_answer.set()
    assert await under_way is None
    assert await counters.take("ada", THREE) is None
    assert store.asked == 1


async def test_an_outage_of_the_database_as_well_refuses_nobody(
    services: Services,
    store: Store,
    counters: GuardedCounters,
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
) -> None:
    """That the event could not be written is a line of the log."""
    store.is_lost = True
    Faults(monkeypatch).strike_at(1)
    assert await counters.take("ada", THREE) is None
    assert await events(services) == []
    assert [record.levelname for record in caplog.records] == ["WARNING", "ERROR"]

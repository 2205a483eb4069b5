"""What gathers for the thread of SQLite: all that the loop has for it, but for no longer than a while."""

import asyncio
import sqlite3
from collections.abc import Sequence

import pytest

from services import Services
from services.database_together import TURNS, Asked, Together

pytestmark = pytest.mark.parametrize("backend", ["sqlite"])


class Thread:
    """Answers each number with its double, and notes which came together."""

    def __init__(self, services: Services) -> None:
        self.hops: list[list[int]] = []
        self.together = Together(services.database._opened._client, self._run)

    def _run(self, _: sqlite3.Connection, together: Sequence[Asked[int]]) -> Sequence[int]:
        self.hops.append([asked.call for asked in together])
        return [2 * asked.call for asked in together]

    async def one_to_a_turn(self, calls: int) -> Sequence[int]:
        """Have so many made, one in each turn of the loop."""
        made = []
        for call in range(calls):
            made.append(asyncio.create_task(self.together.call(call)))
            await asyncio.sleep(0)
        return await asyncio.gather(*made)


async def test_what_comes_turn_by_turn_goes_together(services: Services) -> None:
    """Eight sign-ins whose passwords were verified, told one by one, are one transaction."""
    thread = Thread(services)
    assert await thread.one_to_a_turn(8) == [0, 2, 4, 6, 8, 10, 12, 14]
    assert thread.hops == [[0, 1, 2, 3, 4, 5, 6, 7]]


async def test_who_is_alone_waits_for_nobody(services: Services) -> None:
    """One turn in which nothing comes is enough: the other is the start of the task."""
    thread, turns = Thread(services), 0
    made = thread.together.enqueue(1)
    while thread.together._waiting:
        await asyncio.sleep(0)
        turns += 1
    assert turns == 2
    assert await made == 2


async def test_the_first_does_not_wait_for_ever(services: Services) -> None:
    """However long the stream of others is."""
    thread = Thread(services)
    assert len(await thread.one_to_a_turn(10 * TURNS)) == 10 * TURNS
    assert TURNS <= len(thread.hops[0]) <= TURNS + 2
    assert [call for hop in thread.hops for call in hop] == list(range(10 * TURNS))

"""What comes of hashes goes back to the loop: together, in time, and to whoever still waits for it."""

import asyncio
import itertools
import threading

import pytest

from security.passwords import CHEAPEST, Hasher
from services import passwords
from services.passwords import Passwords


class Gate:
    """Stops a thread before certain hashes, and tells the loop that it stands there."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch, *stops: int) -> None:
        self.hashed: list[str] = []
        self._stops, self._loop = stops, asyncio.get_running_loop()
        self._reached, self._opened = asyncio.Semaphore(0), threading.Semaphore(0)
        monkeypatch.setattr(Hasher, "hash", lambda _, password: self._hash(password))

    async def is_reached(self) -> None:
        """Wait until the thread stands at the next stop."""
        await self._reached.acquire()

    def open(self) -> None:
        """Let the thread go on from this stop."""
        self._opened.release()

    def _hash(self, password: str) -> str:
        if len(self.hashed) in self._stops:
            self._loop.call_soon_threadsafe(self._reached.release)
            self._opened.acquire(timeout=30)
        self.hashed.append(password)
        return password


async def turns_of_the_loop() -> None:
    """Let everything go on that can."""
    for _ in range(20):
        await asyncio.sleep(0)


async def done_at(stop: int, *, of: int, gate: Gate, pool: Passwords) -> list[asyncio.Task[str]]:
    """Ask for so many hashes, of which the thread makes some and stands before the next."""
    asked = [asyncio.create_task(pool.hash(str(number))) for number in range(of)]
    await gate.is_reached()
    gate.open()
    await gate.is_reached()
    await turns_of_the_loop()
    assert len(gate.hashed) == stop
    return asked


async def test_results_go_back_together_while_others_wait(
    one_thread: Passwords, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Seven are held for the eighth, though there are more."""
    gate, together = Gate(monkeypatch, 0, 7, 8), passwords.TOGETHER_PER_THREAD
    async with asyncio.timeout(20):
        asked = await done_at(7, of=12, gate=gate, pool=one_thread)
        assert [task.done() for task in asked] == [False] * 12
        gate.open()
        assert await asyncio.gather(*asked[:together]) == gate.hashed
        assert [task.done() for task in asked[together:]] == [False] * 4
        gate.open()
        assert await asyncio.gather(*asked) == gate.hashed


async def test_nothing_is_held_until_the_thread_would_idle(
    one_thread: Passwords, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Results go back, however few, when one hash is left, and come with the last if there is none."""
    gate = Gate(monkeypatch, 0, 2, 3)
    async with asyncio.timeout(20):
        asked = await done_at(2, of=4, gate=gate, pool=one_thread)
        assert [task.done() for task in asked] == [False] * 4
        gate.open()
        assert await asyncio.gather(*asked[:3]) == gate.hashed
        assert not asked[3].done()
        gate.open()
        assert await asked[3] == "3"


async def test_sixteen_are_enough_for_any_number_of_threads(monkeypatch: pytest.MonkeyPatch) -> None:
    """The loop has to do with all of them, however many threads have made them."""
    enough, begun = passwords.TOGETHER_AT_MOST, itertools.count()
    pool, all_wait, go_on = Passwords(Hasher(CHEAPEST), threads=3), threading.Event(), threading.Event()

    def hash_(_: Hasher, password: str) -> str:
        (all_wait if next(begun) < enough else go_on).wait(timeout=30)
        return password

    monkeypatch.setattr(Hasher, "hash", hash_)
    asked = [asyncio.create_task(pool.hash(str(number))) for number in range(enough + 9)]
    await turns_of_the_loop()
    all_wait.set()
    async with asyncio.timeout(20):
        told = {await one for one in itertools.islice(asyncio.as_completed(asked), enough)}
        go_on.set()
        assert told < set(await asyncio.gather(*asked))
    assert len(told) == enough
    pool.close()


@pytest.mark.parametrize(("made", "told"), [(3, 0), (4, 4)])
async def test_some_results_go_on_when_the_loop_has_answered_somebody(
    one_thread: Passwords, monkeypatch: pytest.MonkeyPatch, made: int, told: int
) -> None:
    """They do not wait for more then, unless they are few."""
    gate = Gate(monkeypatch, 0, made)
    async with asyncio.timeout(20):
        asked = await done_at(made, of=12, gate=gate, pool=one_thread)
        one_thread.at_leisure()
        await turns_of_the_loop()
        assert [task.done() for task in asked] == [True] * told + [False] * (12 - told)
        gate.open()
        assert await asyncio.gather(*asked) == gate.hashed


async def test_others_have_their_turn_between_two_results(
    one_thread: Passwords, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Whoever comes in while results are given waits for one of them, not for all."""
    gate, turns = Gate(monkeypatch, 0), []

    async def note(number: int) -> None:
        await one_thread.hash(str(number))
        turns.append("told")

    asked = [asyncio.create_task(note(number)) for number in range(passwords.TOGETHER_PER_THREAD)]
    async with asyncio.timeout(20):
        await gate.is_reached()
        gate.open()
        while not all(task.done() for task in asked):
            turns.append("another")
            await asyncio.sleep(0)
    told = "".join(turn[0] for turn in turns).strip("a")
    assert (told.count("t"), "tt" in told) == (passwords.TOGETHER_PER_THREAD, False)


async def test_who_has_left_is_not_hashed_for(one_thread: Passwords, monkeypatch: pytest.MonkeyPatch) -> None:
    """Nor do those who stay wait for them."""
    gate = Gate(monkeypatch, 0)
    asked = [asyncio.create_task(one_thread.hash(str(number))) for number in range(5)]
    async with asyncio.timeout(20):
        await gate.is_reached()
        for task in asked[2:]:
            task.cancel()
        await turns_of_the_loop()
        gate.open()
        assert await asyncio.gather(*asked[:2]) == ["0", "1"]
        assert await one_thread.hash("5") == "5"
    assert gate.hashed == ["0", "1", "5"]
    assert one_thread.waiting == 0


async def test_the_end_of_the_pool_is_told_to_who_waits(
    one_thread: Passwords, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What is being hashed is finished and given, and what was queued behind it is cancelled."""
    gate = Gate(monkeypatch, 0)
    asked = [asyncio.create_task(one_thread.hash(str(number))) for number in range(3)]
    async with asyncio.timeout(20):
        await gate.is_reached()
        one_thread.close()
        gate.open()
        done, *dropped = await asyncio.gather(*asked, return_exceptions=True)
    assert (done, [type(each) for each in dropped]) == ("0", [asyncio.CancelledError] * 2)
    assert (gate.hashed, one_thread.waiting) == (["0"], 0)

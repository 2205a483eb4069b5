"""Hashing off the event loop: bounded, and never forgetting that a thread is free again."""

import asyncio
import os
import sys
import threading
from collections.abc import Iterator
from uuid import UUID

import pytest

from security.passwords import CHEAPEST, Hasher
from services import Services, passwords
from services.errors import ServiceUnavailable
from services.passwords import Passwords
from tests.services import tables
from tests.support.browser import EMAIL, LOGIN, PASSWORD, Browser


@pytest.fixture
def one_thread() -> Iterator[Passwords]:
    """Give a pool of one thread."""
    pool = Passwords(Hasher(CHEAPEST), threads=1)
    yield pool
    pool.close()


async def test_what_was_hashed_is_verified(one_thread: Passwords) -> None:
    """The right password, a wrong one, and none stored."""
    stored = await one_thread.hash("a password")
    assert await one_thread.verify("a password", against=stored) is True
    assert await one_thread.verify("a passwore", against=stored) is False
    assert await one_thread.verify("a password", against=None) is False
    assert one_thread.is_outdated(stored) is False


async def test_the_event_loop_hashes_nothing(one_thread: Passwords, monkeypatch: pytest.MonkeyPatch) -> None:
    """The work is done in a thread of the pool."""
    threads: list[str] = []
    verify = Hasher.verify

    def noting(hasher: Hasher, password: str, *, against: str | None) -> bool:
        threads.append(threading.current_thread().name)
        return verify(hasher, password, against=against)

    monkeypatch.setattr(Hasher, "verify", noting)
    await one_thread.verify("a password", against=None)
    assert threads == ["argon2_0"]


async def test_the_threads_give_way_to_the_loop(
    one_thread: Passwords, monkeypatch: pytest.MonkeyPatch
) -> None:
    """On Linux, hashing has a lower priority than answering; and nobody else's priority is touched."""

    def niceness(*_: object) -> str:
        return str(os.getpriority(os.PRIO_PROCESS, threading.get_native_id()))

    before = niceness()
    monkeypatch.setattr(Hasher, "hash", niceness)
    lowered = "10" if sys.platform == "linux" else before
    assert await one_thread.hash("a password") == lowered
    assert niceness() == before


async def test_the_queue_is_bounded_and_empties(
    one_thread: Passwords, monkeypatch: pytest.MonkeyPatch
) -> None:
    """As many as fit wait for the one thread, one more is refused, and afterwards there is room again."""
    may_go_on = threading.Event()
    hash_ = Hasher.hash

    def waiting(hasher: Hasher, password: str) -> str:
        may_go_on.wait(timeout=30)
        return hash_(hasher, password)

    monkeypatch.setattr(Hasher, "hash", waiting)
    fitting = [asyncio.create_task(one_thread.hash("a password")) for _ in range(passwords.QUEUE_PER_THREAD)]
    await asyncio.sleep(0)
    with pytest.raises(ServiceUnavailable):
        await one_thread.hash("a password")
    may_go_on.set()
    assert len(set(await asyncio.gather(*fitting))) == passwords.QUEUE_PER_THREAD
    await one_thread.hash("a password")


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


async def test_results_go_back_together_while_others_wait(
    one_thread: Passwords, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Three are held for the fourth, though there are more; what then remains comes with the last."""
    gate = Gate(monkeypatch, 0, passwords.TOGETHER_PER_THREAD - 1)
    asked = [asyncio.create_task(one_thread.hash(str(number))) for number in range(6)]
    async with asyncio.timeout(20):
        await gate.is_reached()
        gate.open()
        await gate.is_reached()
        await turns_of_the_loop()
        assert (len(gate.hashed), [task.done() for task in asked]) == (3, [False] * 6)
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


async def test_a_full_queue_asks_to_come_back(
    browser: Browser, services: Services, user_id: UUID, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A sign-in is refused with how long to wait, before it has changed anything, and served afterwards."""
    before = await tables.dump(services)
    with monkeypatch.context() as full:
        full.setattr(passwords, "QUEUE_PER_THREAD", 0)
        answer = await browser.ask(
            LOGIN, {"email": EMAIL, "password": PASSWORD, "rememberMe": False, "delivery": "COOKIE"}
        )
    (error,) = answer["errors"]
    assert (error["extensions"]["code"], error["extensions"]["retryAfter"]) == ("SERVICE_UNAVAILABLE", 1)
    assert await tables.dump(services) == before
    assert (await browser.login())["success"] is True


async def test_a_failure_leaves_its_place_in_the_queue(
    one_thread: Passwords, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Hashes that raise do not fill the queue for good."""

    def failing(hasher: Hasher, password: str) -> str:
        raise MemoryError

    with monkeypatch.context() as broken:
        broken.setattr(Hasher, "hash", failing)
        for _ in range(passwords.QUEUE_PER_THREAD + 1):
            with pytest.raises(MemoryError):
                await one_thread.hash("a password")
    assert await one_thread.verify("a password", against=await one_thread.hash("a password"))

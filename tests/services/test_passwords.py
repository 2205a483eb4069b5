"""Hashing off the event loop: bounded, and never forgetting that a thread is free again."""

import asyncio
import os
import sys
import threading
from uuid import UUID

import pytest

from security.passwords import Hasher
from services import Services, passwords
from services.errors import ServiceUnavailable
from services.passwords import Passwords
from tests.services import tables
from tests.support.browser import EMAIL, LOGIN, PASSWORD, Browser


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

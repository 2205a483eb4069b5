"""Argon2 in threads of its own: bounded in number, in priority and in the queue before them."""

import asyncio
import os
import sys
import threading
from collections import deque
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from functools import partial
from operator import methodcaller
from typing import Any, ParamSpec, TypeVar

from security.passwords import Hasher
from services import steps
from services.errors import ServiceUnavailable

QUEUE_PER_THREAD = 32
"""How many hashes may wait for each thread: about a second of work."""
TOGETHER_PER_THREAD, TOGETHER_AT_MOST = 8, 16
"""How many results go back to the loop together; half as many when it has just answered somebody."""
LEFT_PER_THREAD = 2
"""With how few hashes left for each thread results go back in any case: more come before it idles."""

P = ParamSpec("P")
T = TypeVar("T")
_Settle = Callable[[asyncio.Future[Any]], object]
_Done = tuple[asyncio.Future[Any], _Settle]


class Passwords:
    """Hashes off the event loop, one thread to a core, and refuses rather than queue without end."""

    def __init__(self, hasher: Hasher, *, threads: int | None = None) -> None:
        """Start with as many threads as this process may use cores, unless told otherwise."""
        self._hasher = hasher
        self._threads = threads or _cores()
        self._together = min(self._threads * TOGETHER_PER_THREAD, TOGETHER_AT_MOST)
        self._pool = ThreadPoolExecutor(
            self._threads, thread_name_prefix="argon2", initializer=_yield_to_the_loop
        )
        self._pending = 0
        self._submitted, self._begun = 0, 0
        self._lock = threading.Lock()
        # Filled by the threads and emptied by the loop, neither of which waits for the other.
        self._done = deque[_Done]()
        self._telling = False

    async def hash(self, password: str) -> str:
        """Hash a password.

        Raises:
            ServiceUnavailable: too many others are waiting already.
        """
        return await self._run(self._hasher.hash, password)

    async def verify(self, password: str, *, against: str | None) -> bool:
        """Tell whether the password matches the stored hash; without one it is no, and takes as long.

        Raises:
            ServiceUnavailable: too many others are waiting already.
        """
        return await self._run(partial(self._hasher.verify, against=against), password)

    def is_outdated(self, stored: str) -> bool:
        """Tell whether a hash should be made anew at today's cost."""
        return self._hasher.is_outdated(stored)

    def at_leisure(self) -> None:
        """Go on with those whose hash is made, if they are some: the loop has just answered somebody.

        Who asks next then finds them gone, rather than just begun with.
        """
        if len(self._done) >= self._together // 2:
            self._tell()

    @property
    def threads(self) -> int:
        """How many hashes are made at the same time, at the most."""
        return self._threads

    @property
    def waiting(self) -> int:
        """How many hashes wait for a thread."""
        return max(0, self._submitted - self._begun)

    def close(self) -> None:
        """Let the threads end; what is still queued is dropped, and cancelled for whoever waits for it."""
        self._pool.shutdown(wait=False, cancel_futures=True)

    async def _run(self, work: Callable[P, T], *args: P.args, **kwargs: P.kwargs) -> T:
        if self._pending >= self._threads * QUEUE_PER_THREAD:
            raise ServiceUnavailable
        self._pending += 1
        try:
            with steps.work(steps.ARGON2):
                result: asyncio.Future[T] = asyncio.get_running_loop().create_future()
                job = self._pool.submit(self._do, result, partial(work, *args, **kwargs))
                self._submitted += 1
                job.add_done_callback(partial(self._drop, result))
                return await result
        finally:
            self._pending -= 1

    def _do(self, result: asyncio.Future[T], work: Callable[[], T]) -> None:
        # In a thread. Nothing is held back for long: there are jobs that have not begun, and whoever has done
        # one of them looks again (decision 0074). Nothing is done for who has left.
        with self._lock:
            self._begun += 1
        settle = methodcaller("cancel") if result.done() else _attempt(work)
        self._done.append((result, settle))
        is_enough = len(self._done) >= self._together
        if is_enough or self.waiting < self._threads * LEFT_PER_THREAD:
            result.get_loop().call_soon_threadsafe(self._tell)

    def _tell(self) -> None:
        if not self._telling:
            self._telling = True
            self._tell_next()

    def _tell_next(self) -> None:
        # One to a turn of the loop, so that others have theirs in between.
        if not self._done:
            self._telling = False
            return
        result, settle = self._done.popleft()
        if not result.done():
            settle(result)
        result.get_loop().call_soon(self._tell_next)

    def _drop(self, result: asyncio.Future[T], job: Future[None]) -> None:
        # On the loop, if it is the end of the pool that dropped the job; whoever waits for it is told.
        if job.cancelled():
            self._submitted -= 1
            result.cancel()


def _attempt(work: Callable[[], object]) -> _Settle:
    # It knows of no future: the traceback of an error keeps what is known here.
    try:
        return methodcaller("set_result", work())
    except BaseException as error:
        return methodcaller("set_exception", error)


def _cores() -> int:
    # A process that is kept on one core of many gains nothing by a second thread, and its loop loses by it.
    return len(os.sched_getaffinity(0)) if sys.platform == "linux" else os.cpu_count() or 1


def _yield_to_the_loop() -> None:
    # Linux schedules each thread by its own niceness: with these threads at 10, a storm of sign-ins slows
    # sign-ins, and the loop that answers everybody else keeps its core. Elsewhere the call is about processes
    # only: the id of a thread is none, or somebody else's.
    if sys.platform == "linux":
        os.setpriority(os.PRIO_PROCESS, threading.get_native_id(), 10)

"""Traffic: people who sign in, refresh, ask and sign out, and try again whatever an outage refused them."""

import time
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import suppress
from dataclasses import dataclass, field
from functools import partial
from threading import Event
from typing import Self, TypeVar

import requests

from tests.acceptance.client import BLACKLISTED, LOGIN_BODY, PATIENCE, Client, refusal
from tests.acceptance.visitors import Visitor

PEOPLE, REFRESHES = 6, 5
ANSWER_WITHIN = 5.0
PAUSE = 0.05
T = TypeVar("T")


class _Unavailable(Exception):
    """The server said that something it stands on is out of service."""


@dataclass(frozen=True, slots=True)
class Try:
    """A request: when it was sent, how long it took, and whether it was refused."""

    sent_at: float
    took: float
    refused: bool


@dataclass
class Traffic:
    """Runs while its block does. Every answer has to be the right one, or say that there is an outage."""

    url: str
    visitors: list[Visitor] = field(default_factory=list)
    tries: list[Try] = field(default_factory=list)
    _stop: Event = field(default_factory=Event)

    def __enter__(self) -> Self:
        self._threads = ThreadPoolExecutor(PEOPLE)
        self._lives: list[Future[None]] = [self._threads.submit(self._live) for _ in range(PEOPLE)]
        return self

    def __exit__(self, *_: object) -> None:
        self._stop.set()
        self._threads.shutdown()
        for life in self._lives:
            life.result()

    def flow(self, tries: int) -> None:
        """Wait until so many more requests were answered."""
        self._wait_for(lambda: sum(not each.refused for each in list(self.tries)), tries)

    def suffer(self, tries: int) -> None:
        """Wait until so many more requests were refused."""
        self._wait_for(lambda: sum(each.refused for each in list(self.tries)), tries)

    def refused_after(self, moment: float) -> int:
        """Count the requests that were sent after a moment and refused."""
        return sum(each.refused and each.sent_at > moment for each in self.tries)

    @property
    def longest(self) -> float:
        """How long the longest request took, in seconds."""
        return max(each.took for each in self.tries)

    def _wait_for(self, count: Callable[[], int], more: int) -> None:
        enough, deadline = count() + more, time.monotonic() + PATIENCE
        while count() < enough:
            assert time.monotonic() < deadline
            # Whoever has died of a wrong answer would otherwise be waited for in vain.
            for life in self._lives:
                assert not life.done(), life.result()
            time.sleep(0.01)

    def _live(self) -> None:
        while not self._stop.is_set():
            client = Client(self.url)
            payload = self._insist(partial(client.ask, LOGIN_BODY))["data"]["auth"]["login"]
            visitor = Visitor(client, payload["accessToken"], payload["refreshToken"])
            self.visitors.append(visitor)
            self._visit(visitor)

    def _visit(self, visitor: Visitor) -> None:
        for _ in range(REFRESHES):
            if self._stop.is_set():
                return
            assert "errors" not in self._insist(visitor.refresh)
            assert self._insist(visitor.me)["data"]["me"]["isSignIn"] is True
        assert "errors" not in self._insist(visitor.leave)
        assert refusal(self._insist(visitor.me)) == BLACKLISTED
        assert refusal(self._insist(visitor.refresh)) == BLACKLISTED

    def _insist(self, step: Callable[[], T]) -> T:
        deadline = time.monotonic() + PATIENCE
        while time.monotonic() < deadline:
            sent_at, answer = time.monotonic(), None
            with suppress(requests.ConnectionError, requests.exceptions.ChunkedEncodingError, _Unavailable):
                answer = _available(step())
            self.tries.append(Try(sent_at, time.monotonic() - sent_at, refused=answer is None))
            if answer is not None:
                return answer
            time.sleep(PAUSE)
        raise AssertionError("the outage has no end")


def _available(answer: T) -> T:
    if isinstance(answer, dict) and "errors" in answer:
        (error,) = answer["errors"]
        if error["extensions"]["code"] == "SERVICE_UNAVAILABLE":
            raise _Unavailable
    return answer

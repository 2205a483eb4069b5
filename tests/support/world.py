"""A server for tests that live outside of a loop: it has one of its own, and can be restarted."""

import asyncio
from collections.abc import Coroutine
from contextlib import ExitStack
from typing import Any, TypeVar

from models import Role
from security.passwords import CHEAPEST
from security.tokens import Claims
from server import create_app
from services import Services
from settings import Settings
from tests.support.browser import PASSWORD, Browser
from tests.support.clock import FakeClock
from tests.support.model import Person

STEPS_BACK = 60
"""How many seconds the clock may go back, in all: a server may not refuse its own tokens for that."""

T = TypeVar("T")


class World:
    """A server on a database of its own, with the loop that it runs on; it can be restarted."""

    def __init__(self, settings: Settings, owned: ExitStack) -> None:
        """Start a server; `owned` is closed with it."""
        self.clock, self._settings, self._owned = FakeClock(), settings, owned
        self._runner = owned.enter_context(asyncio.Runner())
        self._latest = self.clock()
        self.browsers: list[Browser] = []
        self._start()

    def run(self, work: Coroutine[Any, Any, T]) -> T:
        """Run something on the loop of this world."""
        return self._runner.run(work)

    def gather(self, *work: Coroutine[Any, Any, Any]) -> list[Any]:
        """Run some things at the same time and give their results in this order."""

        async def together() -> list[Any]:
            return list(await asyncio.gather(*work))

        return self.run(together())

    def open_browsers(self, count: int) -> None:
        """Open some browsers that have no cookies."""
        self.browsers = [Browser(self._app) for _ in range(count)]

    def create(self, email: str) -> Person:
        """Create a user."""
        user_id = self.run(
            self.services.users.create(
                email=email, password=PASSWORD, role=Role.USER, first_name="A", last_name="User"
            )
        )
        return Person(email, user_id)

    def sign(self, claims: Claims) -> str:
        """Sign claims with the server's own key, as only the server can."""
        issuer = self.services.sessions.issuer
        return issuer.tokens.sign(claims, kid=issuer.kid)

    def wait(self, seconds: float) -> None:
        """Let time pass."""
        self.clock.advance(seconds)
        self._latest = max(self._latest, self.clock())

    def set_clock_back(self, seconds: float) -> None:
        """Correct a clock that was ahead: never further than by `STEPS_BACK` from the latest time it told."""
        behind = (self._latest - self.clock()).total_seconds()
        self.clock.advance(-min(seconds, STEPS_BACK - behind))

    def restart(self) -> None:
        """Stop the server and start another on the same database; the browsers keep their cookies."""
        held = [browser.cookies for browser in self.browsers]
        self._stop()
        self._start()
        self.browsers = [Browser(self._app).take_cookies(cookies) for cookies in held]

    def close(self) -> None:
        """Stop the server and remove what it stood on."""
        with self._owned:
            self._stop()

    def _start(self) -> None:
        # Made outside the loop, as it reads its key from a file.
        self._app = create_app(self._settings, clock=self.clock, profile=CHEAPEST, background=())
        self.services: Services = self._app.extensions["services"]
        self._running = self._app.test_app()
        self.run(self._running.startup())

    def _stop(self) -> None:
        for browser in self.browsers:
            self.run(browser.http.aclose())
        self.run(self._running.shutdown())

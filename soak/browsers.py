"""A browser, and whose it is."""

import asyncio
from collections import deque
from collections.abc import Sequence
from dataclasses import dataclass, field
from random import Random

from bench.operations import LOGIN, body
from soak.lines import Line
from soak.people import PASSWORD
from soak.truth import OK, Outcome, Session, granted
from soak.witness import Witness
from tests.acceptance.client import session_of

ME = body("{ me { email } }")

Graveyard = deque[tuple[Session, str]]
"""Cookies of sessions that have ended, for anybody to try."""


@dataclass(slots=True, eq=False)
class Account:
    """Somebody with several browsers, who knows all sessions that these have opened."""

    email: str
    sessions: list[Session] = field(default_factory=list)
    lock: asyncio.Lock = field(default_factory=asyncio.Lock)
    """Held by who opens a session or ends those of others: it is known which ones were to be ended."""

    def others(self, session: Session) -> Sequence[Session]:
        """Give the sessions of the other browsers."""
        return [other for other in self.sessions if other is not session and not other.ended]


@dataclass(slots=True, eq=False)
class Browser:
    """One of an account's browsers, and the session it is signed in to."""

    account: Account
    line: Line
    graveyard: Graveyard
    session: Session | None = None

    @property
    def witness(self) -> Witness:
        """Who sees everything."""
        return self.line.witness

    @property
    def random(self) -> Random:
        """What chance decides by here."""
        return self.line.random

    async def sign_in(self) -> None:
        """Open a session."""
        async with self.account.lock:
            nobody = Session("to be opened", self.account.email, cookie="")
            request = body(LOGIN, input={"email": self.account.email, "password": PASSWORD})
            outcome = await self.line.until_answered(request, nobody, rule=granted)
            if not outcome.cookie:
                return
            token = outcome.cookie.partition("auth-token=")[2]
            self.session = Session(session_of(token), self.account.email, outcome.cookie)
            self.account.sessions.append(self.session)
            self.witness.counts["sessions opened"] += 1

    async def use(self, session: Session) -> None:
        """Ask who one is."""
        self.check(session, await self.line.until_answered(ME, session))

    def check(self, session: Session, outcome: Outcome) -> None:
        """Count a use, which has to name the owner of the session."""
        if outcome.code != OK:
            return
        self.witness.counts["uses"] += 1
        if outcome.data["email"] != session.email:
            self.witness.accuse(f"session {session.id} is answered as somebody else's")

    def bury(self, session: Session) -> None:
        """Leave what a session had to whoever finds it, the newest last, and forget the session."""
        self.graveyard += [(session, used.cookie) for used in session.used[-2:]]
        self.graveyard.append((session, session.cookie))
        session.used.clear()
        self.session = None

"""What has to be true of a session, whatever happens around it: the clients know, as they did it all."""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from soak.cluster import LEEWAY

OK = "OK"
SILENCE = "NO_ANSWER"
"""Instead of a code: the connection ended, or patience did."""
UNAVAILABLE = "SERVICE_UNAVAILABLE"
NO_VERDICT = (SILENCE, UNAVAILABLE, "INTERNAL_SERVER_ERROR")
"""After these nobody knows whether it was done, and asks again; the last of them is a violation besides."""
BLACKLISTED = "TOKEN_BLACKLISTED"
REUSED = "TOKEN_REUSED"

PATIENCE = 15.0
"""After how many seconds without an answer a client hangs up."""


@dataclass(frozen=True, slots=True)
class Outcome:
    """How a request came out: which attempt it was, and how long after the first of them it was answered."""

    code: str
    data: Any = None
    cookie: str = ""
    attempt: int = 1
    waited: float = 0.0


@dataclass(frozen=True, slots=True)
class Used:
    """The cookies of a refresh token that was used up between when it was sent and when that was answered."""

    cookie: str
    sent: float
    answered: float


@dataclass(slots=True, eq=False)
class Session:
    """A session, as those know it who opened it and may end it."""

    id: str
    email: str
    cookie: str
    used: list[Used] = field(default_factory=list)
    endings: int = 0
    """How many requests that end it were sent: before their answers it may have ended, or not."""
    ended: bool = False
    """Whether it was answered, or once was seen, that it has ended. There is no way back."""

    @property
    def is_live(self) -> bool:
        """Whether it has to be accepted, as nobody has even begun to end it."""
        return not self.ended and self.endings == 0

    def succeed(self, cookie: str, *, sent: float, answered: float) -> None:
        """Take the cookies of a refresh."""
        self.used.append(Used(self.cookie, sent, answered))
        self.cookie = cookie


Rule = Callable[[Session, Outcome, bool], str | None]
"""Judges an answer to something of a session, which may have ended before it was asked; gives what is wrong.

The session is as it is when the answer comes, and is told what is learned of it. All clients run in one
thread, so that none of its changes is missed."""


def newest(session: Session, outcome: Outcome, had_ended: bool) -> str | None:
    """Judge an answer to the newest tokens of a session: good until it is ended, and never again."""
    if outcome.code == OK:
        return "a revoked token was accepted" if had_ended else None
    if outcome.code not in (BLACKLISTED, REUSED):
        return f"newest token of a session: {outcome.code}"
    was_live, session.ended = session.is_live, True
    if outcome.code == BLACKLISTED:
        return "a session is gone that nobody ended" if was_live else None
    # Who has tried again for so long is a thief to any server.
    return None if outcome.waited > LEEWAY - PATIENCE else "newest token of a session: taken for a used one"


def superseded(_: Session, outcome: Outcome, __: bool) -> str | None:
    """Judge an answer to a token, within its leeway, whose successor is used up as well."""
    return None if outcome.code == BLACKLISTED else f"superseded token: {outcome.code}"


def stolen(session: Session, outcome: Outcome, _: bool) -> str | None:
    """Judge an answer to a used token past its leeway, which ends the session; one ending is its own."""
    session.ended |= outcome.code in (BLACKLISTED, REUSED)
    if outcome.code == BLACKLISTED and (outcome.attempt > 1 or session.endings > 1):
        return None
    return None if outcome.code == REUSED else f"used token past its leeway: {outcome.code}"


def granted(_: Session, outcome: Outcome, __: bool) -> str | None:
    """Judge an answer to what is never refused, like a sign-out."""
    return None if outcome.code == OK else f"never to be refused: {outcome.code}"

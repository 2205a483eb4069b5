"""The contract of sessions as a pure model: what a test expects of the server, in memory and step by step."""

from collections import Counter
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from uuid import UUID

from security import fingerprints
from tests.support.clock import FakeClock

ACCESS, LEEWAY = timedelta(minutes=15), timedelta(seconds=10)
LIFETIME = {False: timedelta(days=1), True: timedelta(days=30)}
LONGEST = timedelta(days=31)
"""How long a session goes on in all: less than by default, so that a machine gets there by one refresh."""
ROTATED, REPLAYED = "rotated", "replayed"
UNKNOWN = UUID(int=0)


@dataclass(eq=False)
class Person:
    """A user, as the model knows it."""

    email: str
    id: UUID
    disabled: bool = False


@dataclass(eq=False)
class Pair:
    """A refresh token, the access token that came with it, and what has become of them."""

    access_expires_at: datetime
    expires_at: datetime
    access: str = ""
    refresh: str = ""
    jti: UUID = UNKNOWN
    used_at: datetime | None = None


@dataclass(eq=False)
class Login:
    """A session, as the model knows it. Its pairs are all that it was ever given; the last one is current."""

    person: Person
    remember: bool
    client_fp: str | None
    pairs: list[Pair]
    began_at: datetime
    id: UUID = UNKNOWN
    ended: str | None = None

    @property
    def is_bound(self) -> bool:
        """Whether its tokens are in cookies, bound to a browser."""
        return self.client_fp is not None

    @property
    def expires_at(self) -> datetime:
        """When it is over, unless it is refreshed."""
        return self.pairs[-1].expires_at

    def pair(self, age: int) -> Pair:
        """Give the pair that is so many rotations old, or the first one."""
        return self.pairs[max(0, len(self.pairs) - 1 - age)]

    def cookies(self, pair: Pair) -> dict[str, str]:
        """Give what a browser holds that was given this pair: nothing for a BODY client."""
        if self.client_fp is None:
            return {}
        return {
            "auth-token": pair.access,
            "refresh_token": pair.refresh,
            "client_fp": self.client_fp,
            "fp_hash": fingerprints.digest(self.client_fp),
        }


@dataclass
class Model:
    """The contract's sections 3 and 6 for sessions, in memory and one step at a time."""

    clock: FakeClock
    people: list[Person] = field(default_factory=list)
    logins: list[Login] = field(default_factory=list)
    events: Counter[tuple[str, str, str | None, UUID | None, UUID | None]] = field(default_factory=Counter)

    def record(self, kind: str, person: Person, login: Login | None = None, *, failure: str = "") -> None:
        """Expect one more event; a failure comes with its reason."""
        reason = failure or ("LOGOUT" if kind == "LOGOUT" else None)
        outcome = "FAILURE" if failure else "SUCCESS"
        self.events[kind, outcome, reason, person.id, login.id if login else None] += 1

    def issue(self, *, remember: bool) -> Pair:
        """Predict the times of a pair that is issued now; they are in whole seconds."""
        issued_at = self.clock().replace(microsecond=0)
        return Pair(issued_at + ACCESS, issued_at + LIFETIME[remember])

    def is_live(self, login: Login) -> bool:
        """Tell whether the session can be used."""
        return login.ended is None and self.clock() < login.expires_at

    def can_go_on(self, login: Login) -> bool:
        """Tell whether the session can be refreshed; otherwise its last access token is the last of all."""
        return self.is_live(login) and self.clock() < login.began_at + LONGEST

    @property
    def live(self) -> list[Login]:
        """The sessions that can be used now."""
        return [login for login in self.logins if self.is_live(login)]

    def me(self, login: Login, pair: Pair) -> str | None:
        """Tell with what code its access token is refused, or None when it is accepted."""
        if self.clock() >= pair.access_expires_at:
            return "TOKEN_EXPIRED"
        return None if self.is_live(login) else "TOKEN_BLACKLISTED"

    def refresh(self, login: Login, pair: Pair) -> str:
        """Present the refresh token of a pair: a code, or `ROTATED` or `REPLAYED`."""
        now = self.clock()
        if now >= pair.expires_at:
            return "TOKEN_EXPIRED"
        if login.ended is not None:
            return "TOKEN_BLACKLISTED"
        if now >= login.expires_at:
            return "TOKEN_EXPIRED"
        if pair.used_at is None:
            if not self.can_go_on(login):
                return "TOKEN_EXPIRED"
            pair.used_at = now
            login.pairs.append(self.issue(remember=login.remember))
            self.record("REFRESH", login.person, login)
            return ROTATED
        if now - pair.used_at > LEEWAY:
            login.ended = "REUSED"
            self.record("REUSE_DETECTED", login.person, login, failure="REUSED")
            return "TOKEN_REUSED"
        return REPLAYED if pair is login.pairs[-2] else "TOKEN_BLACKLISTED"

    def logout(self, login: Login, pair: Pair, scope: str) -> int:
        """Sign out with a pair: with its refresh token from cookies, with its access token otherwise."""
        now = self.clock()
        if login.ended is not None or (not login.is_bound and now >= pair.access_expires_at):
            return 0
        reaches_others = now < pair.expires_at and self.is_live(login)
        theirs = [each for each in self.logins if each.person is login.person and each.ended is None]
        others = [each for each in theirs if each is not login and reaches_others]
        scopes = {"THIS_SESSION": [login], "OTHER_SESSIONS": others, "ALL_SESSIONS": [login, *others]}
        for each in scopes[scope]:
            each.ended = "LOGOUT"
            self.record("LOGOUT", each.person, each)
        return len(scopes[scope])

    def disable(self, person: Person) -> int:
        """Disable an account and end its sessions."""
        theirs = [each for each in self.logins if each.person is person and each.ended is None]
        for each in theirs:
            each.ended = "ACCOUNT_DISABLED"
        person.disabled = True
        self.record("ACCOUNT_DISABLED", person)
        return len(theirs)

    def enable(self, person: Person) -> None:
        """Enable an account again."""
        person.disabled = False
        self.record("ACCOUNT_ENABLED", person)

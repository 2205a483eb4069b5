"""What the state machine stands on: clients of a server, and the model that every answer is held to."""

from collections import Counter
from collections.abc import Callable, Sequence
from datetime import datetime
from typing import Any, ClassVar
from uuid import UUID

import jwt
from hypothesis.stateful import RuleBasedStateMachine, invariant

from security.fingerprints import UNBOUND
from security.tokens import AccessClaims, RefreshClaims
from tests.support.browser import Browser, code
from tests.support.model import LEEWAY, REPLAYED, ROTATED, UNKNOWN, Login, Model, Pair
from tests.support.world import World

CLIENTS = 3
GOOD = (ROTATED, REPLAYED)

SESSIONS = "SELECT id, user_id, current_jti, expires_at, revoked_reason FROM sessions"
TOKENS = """
SELECT o.jti, o.session_id, o.user_id, o.expires_at, b.reason
FROM outstanding_tokens o LEFT JOIN blacklisted_tokens b ON b.token_id = o.jti
"""
SIGNED_IN = """
SELECT DISTINCT u.id FROM users u JOIN sessions s ON s.user_id = u.id
WHERE u.disabled_at IS NULL AND s.revoked_at IS NULL AND s.expires_at > $1
"""
TWO_LIVE_TOKENS = """
SELECT o.session_id FROM outstanding_tokens o LEFT JOIN blacklisted_tokens b ON b.token_id = o.jti
WHERE b.id IS NULL AND o.expires_at > $1 GROUP BY o.session_id HAVING COUNT(*) > 1
"""
EVENTS = "SELECT kind, outcome, reason, user_id, session_id FROM audit_events"


class Play(RuleBasedStateMachine):
    """Two people, some clients of theirs, two more browsers for copied cookies, and the model of it all."""

    make_world: ClassVar[Callable[[], World]]
    """Starts a server on an empty database; the test says which."""

    def start(self) -> None:
        """Start a server on an empty database."""
        self.world = type(self).make_world()
        self.model = Model(self.world.clock)
        self.model.people = [self.world.create(f"{name}@example.com") for name in ("ada", "grace")]
        self.world.open_browsers(CLIENTS + 2)
        self.held: list[tuple[Login, Pair] | None] = [None] * CLIENTS
        self.turn = 0

    def teardown(self) -> None:
        """Stop the server."""
        if hasattr(self, "world"):
            self.world.close()

    def sign_in(self, client: int, person: int, *, bound: bool, remember: bool = False) -> Login | None:
        """Sign in on a client, unless the account is disabled: then nothing changes but the trail."""
        browser, whose = self.world.browsers[client], self.model.people[person]
        if not bound:
            browser.take_cookies({})
            self.held[client] = None
        before, delivery = browser.cookies, "COOKIE" if bound else "BODY"
        done = self.world.run(browser.login(email=whose.email, remember_me=remember, delivery=delivery))
        if whose.disabled:
            assert [problem["code"] for problem in done["problems"]] == ["ACCOUNT_DISABLED"]
            assert browser.cookies == before
            self.model.record("LOGIN", whose, failure="ACCOUNT_DISABLED")
            return None
        assert (done["success"], done["user"]["isSignIn"]) == (True, True)
        fingerprint = browser.cookies["client_fp"] if bound else None
        login = Login(whose, remember, fingerprint, [], self.world.clock())
        login.pairs.append(self.model.issue(remember=remember))
        self.take(login, login.pairs[0], done, browser)
        self.model.logins.append(login)
        self.model.record("LOGIN", whose, login)
        self.held[client] = (login, login.pairs[0])
        return login

    def copy(self, login: Login, pair: Pair, which: int = 0) -> Browser:
        """Give another browser with copies of these cookies; `which` tells two of them apart."""
        return self.world.browsers[CLIENTS + which].take_cookies(login.cookies(pair))

    async def send_refresh(self, browser: Browser, login: Login, pair: Pair) -> Any:
        """Refresh as the delivery of this session wants it: with the cookie or with the token in the body."""
        return await browser.refresh(None if login.is_bound else pair.refresh)

    async def send_logout(self, browser: Browser, login: Login, pair: Pair, scope: str) -> Any:
        """Sign out as the delivery of this session wants it: with the cookies or with a bearer token."""
        return await browser.logout(scope, bearer=None if login.is_bound else pair.access)

    async def send_me(self, browser: Browser, login: Login, pair: Pair) -> Any:
        """Ask who it is as the delivery of this session wants it: with the cookies or with a bearer token."""
        return await browser.me(bearer=None if login.is_bound else pair.access)

    def present(self, login: Login, pair: Pair, browsers: Sequence[Browser]) -> str:
        """Refresh with this pair in all of these browsers at the same time, and give the first outcome."""
        bodies = self.world.gather(*(self.send_refresh(browser, login, pair) for browser in browsers))
        return self.judge(login, pair, bodies, browsers)

    def judge(self, login: Login, pair: Pair, bodies: Sequence[Any], browsers: Sequence[Browser]) -> str:
        """Hold the answers to what the model says, and every browser to the answer that it got."""
        expected = [self.model.refresh(login, pair) for _ in bodies]
        got = sorted(code(body) if "errors" in body else "" for body in bodies)
        assert got == sorted("" if outcome in GOOD else outcome for outcome in expected), (got, expected)
        for body, browser in zip(bodies, browsers, strict=True):
            if "errors" in body:
                assert browser.cookies == login.cookies(pair)
            else:
                successor = login.pairs[login.pairs.index(pair) + 1]
                self.take(login, successor, body["data"]["auth"]["refreshToken"], browser)
        return expected[0]

    def take(self, login: Login, pair: Pair, payload: Any, browser: Browser) -> None:
        """Note the tokens of a new pair and check their claims; a known pair has to come byte for byte."""
        refresh = browser.cookies["refresh_token"] if login.is_bound else payload["refreshToken"]
        if not pair.refresh:
            pair.access, pair.refresh = payload["accessToken"], refresh
            access_claims, claims = _claims(pair.access), _claims(pair.refresh)
            pair.jti, login.id = UUID(claims["jti"]), UUID(claims["sid"]) if login.id == UNKNOWN else login.id
            assert (claims["sub"], claims["sid"]) == (str(login.person.id), str(login.id))
            assert (access_claims["sub"], access_claims["sid"]) == (claims["sub"], claims["sid"])
            assert claims["exp"] == pair.expires_at.timestamp()
            assert access_claims["exp"] == pair.access_expires_at.timestamp()
        assert (payload["accessToken"], refresh) == (pair.access, pair.refresh)
        assert datetime.fromisoformat(payload["accessTokenExpiresAt"]) == pair.access_expires_at
        assert browser.cookies == login.cookies(pair)

    def refuse(self, login: Login, pair: Pair) -> None:
        """See a pair of a session that is over refused: access by bearer and by cookie, and refresh."""
        browser, access = self.copy(login, pair), self.model.me(login, pair)
        asked = [browser.me(bearer=pair.access), *([browser.me()] if login.is_bound else [])]
        assert {code(body) for body in self.world.gather(*asked)} == {access}
        assert self.present(login, pair, [browser]) in ("TOKEN_BLACKLISTED", "TOKEN_EXPIRED")

    def refuse_grafted_claims(self, login: Login, other: Login) -> None:
        """Forge, with our own key, a session with a `jti` of another one or with another `sub`."""
        browser, now = self.world.browsers[CLIENTS].take_cookies({}), self.world.clock()
        stranger = next(person for person in self.model.people if person is not login.person)
        refresh = RefreshClaims(
            sub=login.person.id, sid=login.id, jti=other.pairs[-1].jti, iat=now, exp=now + LEEWAY, fph=UNBOUND
        )
        access = AccessClaims(
            sub=stranger.id, sid=login.id, jti=login.id, iat=now, exp=now + LEEWAY, fph=UNBOUND, role="USER"
        )
        assert code(self.world.run(browser.refresh(self.world.sign(refresh)))) == "TOKEN_INVALID"
        assert code(self.world.run(browser.me(bearer=self.world.sign(access)))) == "TOKEN_BLACKLISTED"

    def refuse_grafted_cookies(self, login: Login, other: Login) -> None:
        """Bring the tokens of one session into the browser of another."""
        pair, now = login.pairs[-1], self.world.clock()
        cookies = {**login.cookies(pair), "client_fp": other.client_fp or ""}
        browser = self.world.browsers[CLIENTS].take_cookies(cookies)
        for answer, over in (
            (self.world.run(browser.refresh()), now >= pair.expires_at),
            (self.world.run(browser.me()), now >= pair.access_expires_at),
        ):
            assert code(answer) == ("TOKEN_EXPIRED" if over else "FINGERPRINT_MISMATCH")

    def sign_out(self, browser: Browser, login: Login, pair: Pair, scope: str) -> None:
        """Sign out with this pair, and see what it ended and which cookies it left."""
        ended = self.world.run(self.send_logout(browser, login, pair, scope))["data"]["auth"]["logout"]
        assert ended["success"] is True
        assert ended["revokedSessions"] == self.model.logout(login, pair, scope)
        assert browser.cookies == (login.cookies(pair) if scope == "OTHER_SESSIONS" else {})

    @invariant()
    def the_database_agrees(self) -> None:
        """The rows are what the model says: sessions, one live token each at most, blacklist, audit trail."""
        now, database, logins = self.world.clock(), self.world.services.database, self.model.logins
        sessions, tokens, signed_in, doubled, events = [
            self.world.run(database.fetch(sql, *values))
            for sql, *values in ((SESSIONS,), (TOKENS,), (SIGNED_IN, now), (TWO_LIVE_TOKENS, now), (EVENTS,))
        ]
        _hold(
            {tuple(row.values()) for row in sessions},
            {(each.id, each.person.id, each.pairs[-1].jti, each.expires_at, each.ended) for each in logins},
        )
        _hold(
            {tuple(row.values()) for row in tokens},
            {
                (
                    pair.jti,
                    each.id,
                    each.person.id,
                    pair.expires_at,
                    "ROTATED" if pair.used_at else each.ended,
                )
                for each in logins
                for pair in each.pairs
            },
        )
        _hold({row["session_id"] for row in doubled}, set())
        _hold({row["id"] for row in signed_in}, {each.person.id for each in self.model.live})
        _hold(set(Counter(tuple(row.values()) for row in events).items()), set(self.model.events.items()))


def _hold(found: set[Any], expected: set[Any]) -> None:
    """Compare, and name what there is too much or too little of."""
    assert found == expected, {"too much": found - expected, "missing": expected - found}


def _claims(token: str) -> dict[str, Any]:
    """Read a token without believing it: the server is asked for that."""
    claims: dict[str, Any] = jwt.decode(token, options={"verify_signature": False})
    return claims

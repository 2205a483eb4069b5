"""Sessions against a model: whatever people, clients, thieves, operators and clocks do, in any order."""

from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import hypothesis
import hypothesis.strategies as st
import pytest
from hypothesis.stateful import (
    Bundle,
    initialize,
    invariant,
    multiple,
    precondition,
    rule,
    run_state_machine_as_test,
)
from pydantic import SecretStr

from services.users import AccountUnchanged
from settings import Settings
from tests.support import databases
from tests.support.browser import PASSWORD, code
from tests.support.machine import CLIENTS, GOOD, Play
from tests.support.model import LONGEST, Login
from tests.support.world import World

EXAMPLES = {"sqlite": 25, "postgres": 8}
GAPS = [0, 3, 10, 10.5, 11]
"""Seconds inside and past the leeway."""
LIVES = [3, 11, 60, 899, 900, 901, 43_200, 86_400, 30 * 86_400]
"""Seconds around the life of an access token, and of a session without and with rememberMe."""

clients, people = st.integers(0, CLIENTS - 1), st.integers(0, 1)
ages = st.integers(0, 3)
scopes = st.sampled_from(["THIS_SESSION", "OTHER_SESSIONS", "ALL_SESSIONS"])


class Sessions(Play):
    """What can happen, and what has to be true after each of it."""

    logins = Bundle("logins")

    @initialize(target=logins)
    def begin(self) -> Any:
        """Start a server, and let its people sign in on every client: most of what can happen needs that."""
        self.start()
        return multiple(
            self.sign_in(0, 0, bound=True), self.sign_in(1, 0, bound=False), self.sign_in(2, 1, bound=True)
        )

    @rule(target=logins, client=clients, person=people, remember=st.booleans(), bound=st.booleans())
    def login(self, client: int, person: int, remember: bool, bound: bool) -> Any:
        """Sign in; a stale cookie does not matter, and an earlier session goes on without its client."""
        login = self.sign_in(client, person, remember=remember, bound=bound)
        return login or multiple()

    @rule(client=clients, person=people)
    def mistype_password(self, client: int, person: int) -> None:
        """Fail to sign in."""
        whose = self.model.people[person]
        done = self.world.run(self.world.browsers[client].login(email=whose.email, password=PASSWORD + "?"))
        assert [problem["code"] for problem in done["problems"]] == ["INVALID_CREDENTIALS"]
        self.model.record("LOGIN", whose, failure="INVALID_CREDENTIALS")

    @rule(client=clients, raced=st.booleans())
    def refresh(self, client: int, raced: bool) -> None:
        """Refresh what a client holds, perhaps at the same time as a copy of it."""
        if held := self.held[client]:
            browsers = [self.world.browsers[client], *([self.copy(*held)] if raced else [])]
            if self.present(*held, browsers) in GOOD:
                self.held[client] = (held[0], held[0].pairs[-1])

    @precondition(lambda self: self.model.live)
    @rule(which=st.integers(0, 9), seconds=st.sampled_from(GAPS), raced=st.booleans(), restart=st.booleans())
    def use_twice(self, which: int, seconds: float, raced: bool, restart: bool) -> None:
        """Use a refresh token, and present it again some time later: a lost answer, or a thief."""
        login = self.model.live[which % len(self.model.live)]
        pair = login.pairs[-1]
        self.present(login, pair, [self.copy(login, pair)])
        self.world.wait(seconds)
        if restart:
            self.world.restart()
        self.present(login, pair, [self.copy(login, pair, each) for each in range(1 + raced)])

    @precondition(lambda self: self.model.live)
    @rule(which=st.integers(0, 9), scope=scopes)
    def logout_with_an_expired_copy(self, which: int, scope: str) -> None:
        """Sign out with a refresh token that is over while its session goes on: it reaches no other one."""
        login = self.model.live[which % len(self.model.live)]
        pair = login.pairs[-1]
        self.world.wait((pair.expires_at - self.world.clock()).total_seconds() - 1)
        self.present(login, pair, [self.copy(login, pair)])
        self.world.wait(1)
        self.sign_out(self.copy(login, pair), login, pair, scope)

    @rule(login=logins, age=ages, raced=st.booleans())
    def replay(self, login: Login, age: int, raced: bool) -> None:
        """Present a copied refresh token: of age 0 it is the current one, whose owner misses the answer."""
        pair = login.pair(age)
        self.present(login, pair, [self.copy(login, pair, each) for each in range(1 + raced)])

    @rule(client=clients, scope=scopes)
    def logout(self, client: int, scope: str) -> None:
        """Sign out, with a session or without one to end."""
        browser, held = self.world.browsers[client], self.held[client]
        if held is not None:
            self.sign_out(browser, *held, scope)
        else:
            ended = self.world.run(browser.logout(scope))["data"]["auth"]["logout"]
            assert (ended["success"], ended["revokedSessions"]) == (True, 0)
        if scope != "OTHER_SESSIONS":
            self.held[client] = None

    @rule(login=logins, age=ages, scope=scopes)
    def logout_with_a_copy(self, login: Login, age: int, scope: str) -> None:
        """Sign out with tokens that may have been rotated away."""
        pair = login.pair(age)
        self.sign_out(self.copy(login, pair), login, pair, scope)

    @rule(login=logins, age=ages)
    def refresh_during_logout(self, login: Login, age: int) -> None:
        """Refresh and sign out at the same time: either may be first, and nothing is alive afterwards."""
        pair = login.pair(age)
        first, second = self.copy(login, pair, 0), self.copy(login, pair, 1)
        refreshed, ended = self.world.gather(
            self.send_refresh(first, login, pair), self.send_logout(second, login, pair, "THIS_SESSION")
        )
        count = ended["data"]["auth"]["logout"]["revokedSessions"]
        if "errors" in refreshed and code(refreshed) != "TOKEN_REUSED":
            assert count == self.model.logout(login, pair, "THIS_SESSION")
            assert self.judge(login, pair, [refreshed], [first]) not in GOOD
        else:
            self.judge(login, pair, [refreshed], [first])
            assert count == self.model.logout(login, pair, "THIS_SESSION")

    @rule(login=logins, other=logins)
    def graft(self, login: Login, other: Login) -> None:
        """Mix two sessions: the tokens of one with the browser, the user or the `sid` of the other."""
        if login is not other:
            self.refuse_grafted_claims(login, other)
            if login.is_bound:
                self.refuse_grafted_cookies(login, other)

    @rule(person=people)
    def switch(self, person: int) -> None:
        """Disable an account, or enable it again; what was ended stays ended. Doing it twice is refused."""
        whose, users = self.model.people[person], self.world.services.users
        if whose.disabled:
            self.world.run(users.enable(whose.id))
            self.model.enable(whose)
        else:
            assert self.world.run(users.disable(whose.id)) == self.model.disable(whose)
        with pytest.raises(AccountUnchanged):
            self.world.run((users.disable if whose.disabled else users.enable)(whose.id))

    @rule()
    def restart(self) -> None:
        """Stop the server and start another on the same database."""
        self.world.restart()

    @rule(seconds=st.sampled_from(LIVES))
    def wait(self, seconds: float) -> None:
        """Let time pass."""
        self.world.wait(seconds)

    @rule(seconds=st.integers(1, 60))
    def set_clock_back(self, seconds: int) -> None:
        """Correct a clock that was ahead."""
        self.world.set_clock_back(seconds)

    @rule()
    def reckon(self) -> None:
        """Present all that was ever issued: live sessions refresh in their lifetime, ended ones never."""
        for login in self.model.logins:
            if self.model.is_live(login):
                goes_on, pair = self.model.can_go_on(login), login.pairs[-1]
                assert (self.present(login, pair, [self.copy(login, pair)]) in GOOD) is goes_on
            else:
                for pair in login.pairs:
                    self.refuse(login, pair)

    @invariant()
    def the_clients_agree(self) -> None:
        """`me` answers exactly the clients with a live session, as the right person who `isSignIn`."""
        for browser, held in zip(self.world.browsers, self.held, strict=False):
            if held is None:
                assert self.world.run(browser.me())["data"] == {"me": None}
                continue
            body = self.world.run(self.send_me(browser, *held))
            if expected := self.model.me(*held):
                assert code(body) == expected
            else:
                me = body["data"]["me"]
                assert (me["id"], me["isSignIn"]) == (str(held[0].person.id), True)

    @invariant()
    def what_ended_stays_ended(self) -> None:
        """A session that was revoked is refused, whatever happened since; each is asked in its turn."""
        if ended := [login for login in self.model.logins if login.ended]:
            self.turn += 1
            self.refuse(ended[self.turn % len(ended)], ended[self.turn % len(ended)].pairs[-1])


@pytest.fixture
def new_world(
    backend: str, request: pytest.FixtureRequest, settings: Settings, tmp_path: Path
) -> Iterator[Callable[[], World]]:
    """Give a function that starts a server on a fresh database, which goes when the server is closed."""
    with ExitStack() as worlds:

        def start() -> World:
            owned = worlds.enter_context(ExitStack())
            if backend == "sqlite":
                folder = Path(owned.enter_context(TemporaryDirectory(dir=tmp_path)))
                url = databases.copy_sqlite(request.getfixturevalue("sqlite_template"), folder)
            else:
                server = request.getfixturevalue("postgres")
                template = request.getfixturevalue("postgres_template")
                url = owned.enter_context(databases.postgres_database(server, template))
            changed = {"database_url": SecretStr(url), "session_lifetime": int(LONGEST.total_seconds())}
            return World(settings.model_copy(update=changed), owned)

        yield start


def test_sessions_are_what_the_model_says(backend: str, new_world: Callable[[], World]) -> None:
    """Whatever happens in whatever order, the server and its database agree with the model."""

    class Server(Sessions):
        make_world = staticmethod(new_world)

    run_state_machine_as_test(
        Server,
        settings=hypothesis.settings(
            max_examples=EXAMPLES[backend],
            stateful_step_count=30,
            deadline=None,
            database=None,
            print_blob=True,
        ),
    )

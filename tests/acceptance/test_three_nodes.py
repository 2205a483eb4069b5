"""Three nodes on one PostgreSQL and one Valkey: a session is refreshed, ended and used on them at once.

That they count limits together is proved where it is built (tests/services/test_limits_shared.py) and through
servers (tests/acceptance/test_workers.py). Unlike those workers, nodes share no listener, no memory and no
parent. They speak over the loopback interface: namespaces of their own would only move the same packets
elsewhere, and need root.
"""

import asyncio
from collections import Counter
from collections.abc import Sequence
from contextlib import closing
from itertools import cycle, islice, permutations

import orjson
import pytest

from bench.connections import Answer, Connection, post
from bench.operations import EMAIL, LOGOUT, REFRESH, body, require_cookies
from bench.processes import run_module
from tests.acceptance.client import BLACKLISTED
from tests.acceptance.site import Site
from tests.support.valkey import Valkey

pytestmark = pytest.mark.acceptance

SESSIONS, EVERY = 180, 6
STAYERS = SESSIONS // EVERY
"""How many are not ended: every sixth."""
LEAVERS = SESSIONS - STAYERS
AT_ONCE = 6
RACERS = 4
DONE = ("OK", "")

ME_REQUEST = body("{ me { email } }")
SIGN_OUT = body(LOGOUT)
RENEW = body(REFRESH)


class Nodes:
    """The three of them, as one client sees them; it counts how its requests were answered."""

    def __init__(self, ports: Sequence[int]) -> None:
        self._ports = ports
        self.counts = Counter[tuple[str, str]]()

    async def ask(self, node: int, request: bytes, cookie: str) -> tuple[tuple[str, str], Answer]:
        """Ask on a connection of its own, and give code and message of the answer, and all of it."""
        with closing(Connection(self._ports[node])) as connection:
            answer = await connection.ask(post(request, cookie=cookie))
        decoded = orjson.loads(answer.body)
        outcome = DONE
        if errors := decoded.get("errors"):
            outcome = (errors[0]["extensions"]["code"], errors[0]["message"])
        elif request == ME_REQUEST:
            assert decoded == {"data": {"me": {"email": EMAIL}}}
        self.counts[outcome] += 1
        return outcome, answer

    async def leave(self, cookie: str, order: Sequence[int]) -> None:
        """Race to refresh and use a session on two nodes while the third ends it: then all of it is dead."""
        first, second, third = order
        successors = {cookie}

        async def refresh(node: int) -> None:
            outcome, answer = await self.ask(node, RENEW, cookie)
            assert outcome in (DONE, BLACKLISTED)
            if outcome == DONE:
                successors.add(require_cookies(answer))

        async def use(node: int) -> None:
            outcome, _ = await self.ask(node, ME_REQUEST, cookie)
            assert outcome in (DONE, BLACKLISTED)

        async def end() -> None:
            outcome, _ = await self.ask(second, SIGN_OUT, cookie)
            assert outcome == DONE
            # The others may still be at it: what is sent from here on is sent after the answer.
            for held in tuple(successors):
                await self.require_dead(held, order)

        await asyncio.gather(refresh(first), end(), use(third), refresh(third), use(first))
        assert len(successors) <= 2
        for held in successors:
            await self.require_dead(held, order)

    async def require_dead(self, cookie: str, order: Sequence[int]) -> None:
        """Present a session on every node, to be refused by all."""
        asked = [self.ask(node, request, cookie) for node in order for request in (ME_REQUEST, RENEW)]
        assert [outcome for outcome, _ in await asyncio.gather(*asked)] == [BLACKLISTED] * len(asked)

    async def stay(self, cookie: str, order: Sequence[int]) -> None:
        """Refresh a session by racing tabs, again and again: all get one successor, good everywhere."""
        for _ in range(5):
            racing = [self.ask(node, RENEW, cookie) for node in islice(cycle(order), RACERS)]
            answers = await asyncio.gather(*racing)
            assert [outcome for outcome, _ in answers] == [DONE] * RACERS
            (successor,) = {require_cookies(answer) for _, answer in answers}
            assert successor != cookie
            cookie = successor
            used = await asyncio.gather(*(self.ask(node, ME_REQUEST, cookie) for node in order))
            assert [outcome for outcome, _ in used] == [DONE] * 3


async def live(nodes: Nodes, cookies: Sequence[str]) -> None:
    """Let some sessions at a time live their lives, each with another node in each part."""
    orders, places = cycle(permutations(range(3))), asyncio.Semaphore(AT_ONCE)

    async def one(number: int, cookie: str, order: Sequence[int]) -> None:
        async with places:
            await (nodes.leave if number % EVERY else nodes.stay)(cookie, order)

    lives = enumerate(zip(cookies, orders, strict=False))
    await asyncio.gather(*(one(number, cookie, order) for number, (cookie, order) in lives))


@pytest.mark.parametrize("backend", ["postgres"], indirect=True)
def test_what_one_node_ends_is_dead_on_all_of_them(site: Site, valkey: Valkey) -> None:
    """In thousands of operations nothing revoked is ever accepted, and nothing else is ever refused."""
    _, *cookies = run_module("bench.people", str(SESSIONS), workdir=site.workdir, settings=site.settings)
    nodes = Nodes([site.start(LATCHKEY_VALKEY_URL=valkey.url).port for _ in range(3)])

    asyncio.run(live(nodes, cookies))

    assert nodes.counts.total() > 2500
    assert nodes.counts.keys() == {DONE, BLACKLISTED}
    # Each of those who stayed refreshed five times, those who left perhaps once.
    rotated = site.number("SELECT count(*) FROM audit_events WHERE kind = 'REFRESH'")
    assert 5 * STAYERS <= rotated <= 5 * STAYERS + LEAVERS
    assert site.number("SELECT count(*) FROM blacklisted_tokens WHERE reason = 'ROTATED'") == rotated
    assert site.number("SELECT count(*) FROM outstanding_tokens") == SESSIONS + rotated
    assert site.number("SELECT count(*) FROM blacklisted_tokens WHERE reason = 'LOGOUT'") == LEAVERS
    assert site.number("SELECT count(*) FROM audit_events WHERE kind = 'LOGOUT'") == LEAVERS
    assert site.number("SELECT count(*) FROM sessions WHERE revoked_at IS NULL") == STAYERS
    assert site.number("SELECT count(*) FROM audit_events WHERE kind = 'REUSE_DETECTED'") == 0
    # The refreshes of a session are counted in one place, whichever nodes they went to.
    assert valkey.ask("DBSIZE") >= STAYERS

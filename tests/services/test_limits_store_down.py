"""Sign-ins with a real store of limits: counted in it, without it when it is down, and in it again."""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from typing import Any

import pytest
from pydantic import SecretStr
from quart import Quart

from services import limits_shared
from services.limits_outages import PAUSE, GuardedCounters
from settings import Settings
from tests.services import servers, tables
from tests.services.attempts import attempt, outcome
from tests.services.servers import Server
from tests.support.browser import PASSWORD
from tests.support.clock import FakeMonotonic
from tests.support.valkey import Valkey

MakeApp = Callable[[Settings], Quart]


@asynccontextmanager
async def serving(
    valkey: Valkey, make_app: MakeApp, settings: Settings
) -> AsyncIterator[tuple[Server, FakeMonotonic]]:
    """Run a server with this store, and give the time that its pauses are measured in."""
    shared = {"valkey_url": SecretStr(valkey.url), "limit_login": "3/hour"}
    async with servers.running(make_app, settings, **shared) as server:
        await server.add_user()
        counters = server.services.limits.counters
        assert isinstance(counters, GuardedCounters)
        counters.monotonic = monotonic = FakeMonotonic()
        yield server, monotonic


async def failures(server: Server, count: int) -> list[str]:
    """Try a wrong password so many times and tell what came of each."""
    return [outcome(await attempt(server, "")) for _ in range(count)]


async def counts(valkey: Valkey) -> list[str]:
    """Give the counts that are in the store."""
    keys = await asyncio.to_thread(valkey.ask, "KEYS", "*")
    return [str(await asyncio.to_thread(valkey.ask, "GET", key)) for key in keys]


@pytest.fixture
def _patience(monkeypatch: pytest.MonkeyPatch) -> None:
    """Do not take a busy machine for an outage."""
    monkeypatch.setattr(limits_shared, "WITHIN", 20.0)


@pytest.mark.usefixtures("_patience")
async def test_what_a_sign_in_takes_is_in_the_store(
    valkey: Valkey, make_app: MakeApp, settings: Settings
) -> None:
    """It is counted for the address and for the account, and a success leaves the failures there."""
    async with serving(valkey, make_app, settings) as (server, _):
        assert await failures(server, 1) == ["INVALID_CREDENTIALS"]
        assert await counts(valkey) == ["1", "1"]
        assert outcome(await attempt(server, "", password=PASSWORD)) == "SUCCESS"
        assert await counts(valkey) == ["1", "1"]
        assert await failures(server, 3) == ["INVALID_CREDENTIALS"] * 2 + ["RATE_LIMITED"]
        assert await counts(valkey) == ["3", "3"]


@pytest.mark.usefixtures("_patience")
async def test_sign_ins_go_on_without_the_store_and_with_it_again(
    valkey: Valkey, make_app: MakeApp, settings: Settings
) -> None:
    """Down, this process allows three tries of its own; back, it is the store that counts."""
    async with serving(valkey, make_app, settings) as (server, monotonic):
        assert await failures(server, 1) == ["INVALID_CREDENTIALS"]
        valkey.stop()
        assert await failures(server, 4) == ["INVALID_CREDENTIALS"] * 3 + ["RATE_LIMITED"]
        kinds = [row["kind"] for row in await tables.rows(server.services, "audit_events")]
        assert sorted(kinds) == ["LIMITS_UNAVAILABLE"] + ["LOGIN"] * 4

        await asyncio.to_thread(valkey.start)
        assert await failures(server, 1) == ["RATE_LIMITED"]
        assert await counts(valkey) == []
        monotonic.advance(PAUSE)
        assert outcome(await attempt(server, "", password=PASSWORD)) == "SUCCESS"
        assert await failures(server, 4) == ["INVALID_CREDENTIALS"] * 3 + ["RATE_LIMITED"]
        assert await counts(valkey) == ["3", "3"]


async def test_a_store_that_hangs_costs_one_wait(
    valkey: Valkey, make_app: MakeApp, settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The right password signs in all the same, and a later one does not ask the store at all."""
    asked = 0
    run = limits_shared.SharedCounters._run

    async def counting(counters: limits_shared.SharedCounters, *arguments: Any) -> Any:
        nonlocal asked
        asked += 1
        return await run(counters, *arguments)

    monkeypatch.setattr(limits_shared.SharedCounters, "_run", counting)
    async with serving(valkey, make_app, settings) as (server, _):
        valkey.freeze()
        for _ in range(3):
            assert outcome(await attempt(server, "", password=PASSWORD)) == "SUCCESS"
        assert asked == 1
        valkey.thaw()

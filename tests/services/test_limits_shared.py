"""Counts in a real Valkey or Redis: shared by all that use it, and never without an expiry."""

import asyncio
import re
import time
from collections import Counter
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import AsyncExitStack
from pathlib import Path

import pytest
import pytest_asyncio
from limits import parse

from security.derivation import Secret
from services import limits_shared
from services.errors import RateLimited
from services.limits import Attempt, Limits
from services.limits_shared import CONNECTIONS, SharedCounters, StoreLost
from tests.support.certificates import Certificate, certificate_for
from tests.support.valkey import Valkey, running_valkey

THREE = parse("3/hour")
SECRET = Secret(b"the secret that all nodes of an installation have")


@pytest.fixture(autouse=True)
def _patience(monkeypatch: pytest.MonkeyPatch) -> None:
    """Do not take a busy machine for an outage."""
    monkeypatch.setattr(limits_shared, "WITHIN", 20.0)


@pytest_asyncio.fixture
async def connect() -> AsyncIterator[Callable[[str], Limits]]:
    """Give a function that makes the limits of one more process, with connections of its own."""
    async with AsyncExitStack() as stack:

        def open_limits(url: str) -> Limits:
            limits = Limits(SharedCounters(url), SECRET)
            stack.push_async_callback(limits.close)
            return limits

        yield open_limits


@pytest.fixture
def nodes(valkey: Valkey, connect: Callable[[str], Limits]) -> tuple[Limits, Limits]:
    """Give the limits of two processes that use one store."""
    return connect(valkey.url), connect(valkey.url)


async def _keys(valkey: Valkey) -> list[str]:
    found = await asyncio.to_thread(valkey.ask, "KEYS", "*")
    return [str(key) for key in found]


async def _connections(valkey: Valkey) -> int:
    """Count those of others than ourselves."""
    listed = await asyncio.to_thread(valkey.ask, "CLIENT", "LIST", "TYPE", "NORMAL")
    return len(str(listed).splitlines()) - 1


async def test_two_processes_count_together(nodes: tuple[Limits, Limits]) -> None:
    """What one has counted, the other refuses, and what one gives back, the other may take."""
    here, there = nodes
    await here.take(THREE, "ada")
    attempt = await there.take(THREE, "ada")
    await here.take(THREE, "ada")
    for limits in nodes:
        with pytest.raises(RateLimited):
            await limits.take(THREE, "ada")
    await attempt.give_back()
    await here.take(THREE, "ada")


async def test_a_hundred_at_once_over_many_connections(valkey: Valkey, nodes: tuple[Limits, Limits]) -> None:
    """The store counts one after the other: three places are three, whoever asks."""
    both = [limits.take(THREE, "ada") for limits in nodes for _ in range(50)]
    outcomes = await asyncio.gather(*both, return_exceptions=True)
    assert Counter(type(outcome) for outcome in outcomes) == {Attempt: 3, RateLimited: 97}
    assert 2 < await _connections(valkey) <= 2 * CONNECTIONS


async def test_every_key_expires_and_tells_nothing(valkey: Valkey, nodes: tuple[Limits, Limits]) -> None:
    """Its time is that of the window from the first attempt on, and the last one given back removes it."""
    here, _ = nodes
    attempt = await here.take(THREE, "login account", "ada@example.com")
    for _ in range(2):
        await attempt.give_back()
    assert await _keys(valkey) == []
    await here.take(THREE, "login account", "ada@example.com")
    (key,) = await _keys(valkey)
    assert re.fullmatch(r"latchkey:LIMITER/[0-9a-f]{64}/3/1/hour", key)
    await asyncio.to_thread(valkey.ask, "PEXPIRE", key, 60_000)
    await here.take(THREE, "login account", "ada@example.com")
    await attempt.give_back()
    left = int(await asyncio.to_thread(valkey.ask, "PTTL", key))
    assert 50_000 < left <= 60_000
    await attempt.give_back()
    assert await _keys(valkey) == []


async def test_a_window_closes_when_its_key_expires(valkey: Valkey, nodes: tuple[Limits, Limits]) -> None:
    """The refusal says how many whole seconds are left, and the next window is as long as the first."""
    here, there = nodes
    for _ in range(3):
        await here.take(THREE, "ada")
    (key,) = await _keys(valkey)
    await asyncio.to_thread(valkey.ask, "PEXPIRE", key, 40_500)
    with pytest.raises(RateLimited) as refused:
        await there.take(THREE, "ada")
    assert refused.value.retry_after in (40, 41)
    await asyncio.to_thread(valkey.ask, "PEXPIRE", key, 0)
    await there.take(THREE, "ada")
    assert 3_590_000 < int(await asyncio.to_thread(valkey.ask, "PTTL", key)) <= 3_600_000


async def test_the_number_of_a_database_is_heeded(valkey: Valkey, connect: Callable[[str], Limits]) -> None:
    """Another program's keys are in another database, and Redis is another name of the same protocol."""
    limits = connect(f"{valkey.url.replace('valkey', 'redis')}/3")
    await limits.take(THREE, "ada")
    assert await _keys(valkey) == []
    keyspace = await asyncio.to_thread(valkey.ask, "INFO", "keyspace")
    assert {name: (counts["keys"], counts["expires"]) for name, counts in keyspace.items()} == {"db3": (1, 1)}


async def test_a_wrong_password_is_a_loss_and_no_secret_is_told(
    valkey: Valkey, connect: Callable[[str], Limits]
) -> None:
    """The kind of the failure is all that is said."""
    limits = connect(valkey.url.replace(valkey.password, "not-the-password"))
    with pytest.raises(StoreLost, match="AuthenticationError"):
        await limits.take(THREE, "ada")


async def test_a_store_that_is_not_there_is_a_loss_at_once(
    valkey: Valkey, connect: Callable[[str], Limits]
) -> None:
    """A refused connection is not tried again and again."""
    limits = connect(valkey.url)
    valkey.stop()
    began = time.monotonic()
    with pytest.raises(StoreLost, match="ConnectionError"):
        await limits.take(THREE, "ada")
    assert time.monotonic() - began < limits_shared.WITHIN


async def _take_in_the_end(limits: Limits) -> None:
    # With the patience of production, on a machine that is busy with other tests.
    async with asyncio.timeout(20):
        while True:
            try:
                await limits.take(parse("1000/hour"), "ada")
            except StoreLost:
                continue
            return


async def test_a_store_that_hangs_is_waited_for_no_longer_than_said(
    valkey: Valkey, connect: Callable[[str], Limits], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Neither on an open connection, nor while connecting, nor in the queue for a free one.

    Who is given a connection in the moment in which their time is over may miss that it is. Then the limit of
    the connection itself ends it, which is as long.
    """
    monkeypatch.undo()
    limits = connect(valkey.url)
    await _take_in_the_end(limits)
    valkey.freeze()
    began = time.monotonic()
    asked = (limits.take(THREE, "ada") for _ in range(3 * CONNECTIONS))
    outcomes = await asyncio.gather(*asked, return_exceptions=True)
    waited = time.monotonic() - began
    assert {repr(outcome) for outcome in outcomes} == {"StoreLost('TimeoutError')"}
    assert limits_shared.WITHIN <= waited < 3 * limits_shared.WITHIN
    assert limits_shared.WITHIN == 0.5


async def test_a_server_that_became_a_replica_is_let_go(
    valkey: Valkey, connect: Callable[[str], Limits]
) -> None:
    """After a failover the address leads elsewhere: a connection to the old primary would say no for ever."""
    limits = connect(valkey.url)
    await limits.take(THREE, "ada")
    await asyncio.to_thread(valkey.ask, "REPLICAOF", "127.0.0.1", 1)
    with pytest.raises(StoreLost, match="ReadOnlyError"):
        await limits.take(THREE, "ada")
    assert await _connections(valkey) == 0


@pytest.fixture
def certificate() -> Certificate:
    """Make a certificate that no system trusts."""
    return certificate_for("127.0.0.1")


@pytest.fixture
def tls_valkey(certificate: Certificate) -> Iterator[Valkey]:
    """Run a store that speaks TLS only."""
    with running_valkey(certificate=certificate) as server:
        yield server


@pytest.mark.parametrize("scheme", ["valkeys", "rediss"])
async def test_tls_with_a_store_that_is_trusted(
    tls_valkey: Valkey,
    connect: Callable[[str], Limits],
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    certificate: Certificate,
    scheme: str,
) -> None:
    """The authorities are those of the system, or of the file that OpenSSL's own variable names."""
    root = tmp_path / "root.pem"
    await asyncio.to_thread(root.write_text, certificate.certificate)
    monkeypatch.setenv("SSL_CERT_FILE", str(root))
    limits = await asyncio.to_thread(connect, tls_valkey.url.replace("valkeys", scheme))
    await limits.take(THREE, "ada")
    assert len(await _keys(tls_valkey)) == 1


async def test_tls_with_a_store_that_nobody_vouches_for(
    tls_valkey: Valkey, connect: Callable[[str], Limits]
) -> None:
    """Somebody on the way gets neither the password nor the keys."""
    limits = await asyncio.to_thread(connect, tls_valkey.url)
    with pytest.raises(StoreLost, match="ConnectionError"):
        await limits.take(THREE, "ada")
    assert await _keys(tls_valkey) == []

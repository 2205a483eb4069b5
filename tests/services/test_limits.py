"""Counting attempts, alike in memory and in Valkey: in windows, by limit and subject."""

import asyncio
from collections import Counter
from collections.abc import AsyncIterator

import pytest
import pytest_asyncio
from limits import parse

from security.derivation import Secret
from services.clients import Client
from services.errors import RateLimited
from services.limits import Attempt, Counters, Limits, network
from services.limits_memory import MemoryCounters
from services.limits_shared import SharedCounters

THREE = parse("3/hour")


@pytest.fixture(params=["memory", "valkey"])
def counters(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> Counters:
    """Give each of the stores; that of Valkey does not take a busy machine for an outage."""
    monkeypatch.setattr("services.limits_shared.WITHIN", 20.0)
    if request.param == "memory":
        return MemoryCounters()
    return SharedCounters(request.getfixturevalue("valkey").url)


@pytest_asyncio.fixture
async def limits(counters: Counters) -> AsyncIterator[Limits]:
    """Give limits over each of the stores."""
    limits = Limits(counters)
    yield limits
    await limits.close()


async def places_left(limits: Limits, *subject: str) -> int:
    """Take all that is left of three places, and tell how many they were."""
    for taken in range(4):
        try:
            await limits.take(THREE, *subject)
        except RateLimited:
            return taken
    raise AssertionError("the limit does not hold")


async def test_as_many_as_the_limit_says(limits: Limits) -> None:
    """Three are counted, the fourth is told when to come back, and another subject is not concerned."""
    for _ in range(3):
        await limits.take(THREE, "login", "ada")
    with pytest.raises(RateLimited) as refused:
        await limits.take(THREE, "login", "ada")
    assert refused.value.retry_after is not None
    assert 3595 <= refused.value.retry_after <= 3600
    await limits.take(THREE, "login", "bob")
    await limits.take(THREE, "otp", "ada")


async def test_of_many_at_once_no_more_than_the_limit(limits: Limits) -> None:
    """A hundred concurrent attempts, three places."""
    outcomes = await asyncio.gather(
        *(limits.take(THREE, "login", "ada") for _ in range(100)), return_exceptions=True
    )
    assert Counter(type(outcome) for outcome in outcomes) == {Attempt: 3, RateLimited: 97}


async def test_an_attempt_given_back_can_be_made_again(limits: Limits) -> None:
    """One taken off the count is one place, and never more than there were."""
    attempts = [await limits.take(THREE, "ada") for _ in range(3)]
    await attempts[0].give_back()
    assert await places_left(limits, "ada") == 1
    for attempt in 9 * attempts:
        await attempt.give_back()
    assert await places_left(limits, "ada") == 3


async def test_what_is_refused_is_not_counted(limits: Limits) -> None:
    """Whoever goes on knocking takes nothing from an attempt that is still being answered."""
    attempts = [await limits.take(THREE, "ada") for _ in range(3)]
    for _ in range(9):
        with pytest.raises(RateLimited):
            await limits.take(THREE, "ada")
    await attempts[0].give_back()
    await limits.take(THREE, "ada")


async def test_the_parts_of_a_subject_cannot_run_into_each_other(limits: Limits) -> None:
    """Somebody who chooses their name cannot use up the count of another."""
    for _ in range(3):
        await limits.take(THREE, "a", "bc")
    await limits.take(THREE, "ab", "c")


async def test_an_attempt_counts_for_its_network_and_for_its_account(limits: Limits) -> None:
    """Neither another address nor another account is a way around the limit of the other."""
    for number in range(3):
        client = Client(ip_address=f"198.51.100.{number}")
        await limits.take_both(THREE, "login", client=client, account="ada")
    with pytest.raises(RateLimited):
        await limits.take_both(THREE, "login", client=Client(ip_address="198.51.100.9"), account="ada")
    assert await places_left(limits, "login address", "198.51.100.9") == 2
    assert await places_left(limits, "login account", "ada") == 0


async def test_who_is_refused_by_address_locks_no_account(limits: Limits) -> None:
    """After three guesses at others, the fourth does not reach Ada's count."""
    mallory = Client(ip_address="198.51.100.1")
    for number in range(3):
        await limits.take_both(THREE, "login", client=mallory, account=f"victim {number}")
    with pytest.raises(RateLimited):
        await limits.take_both(THREE, "login", client=mallory, account="ada")
    assert await places_left(limits, "login account", "ada") == 3


async def test_a_success_gives_back_its_own_attempt_and_no_other(limits: Limits) -> None:
    """The failures before it still count, for the address as for the account."""
    client = Client(ip_address="198.51.100.1")
    await limits.take_both(THREE, "login", client=client, account="ada")
    attempt = await limits.take_both(THREE, "login", client=client, account="ada")
    await attempt.give_back()
    assert await places_left(limits, "login address", "198.51.100.1") == 2
    assert await places_left(limits, "login account", "ada") == 2


@pytest.mark.parametrize(
    ("address", "counted"),
    [
        (None, ""),
        ("198.51.100.7", "198.51.100.7"),
        ("2001:db8:1:2:3:4:5:6", "2001:db8:1:2::/64"),
        ("2001:db8:1:2:ffff::", "2001:db8:1:2::/64"),
        ("2001:db8:1:3::1", "2001:db8:1:3::/64"),
    ],
)
def test_what_counts_of_an_address(address: str | None, counted: str) -> None:
    """A home has a whole /64 of IPv6, and would otherwise have as many tries as addresses in it."""
    assert network(address) == counted


class Recording(MemoryCounters):
    """Remembers the keys that it is given."""

    def __init__(self) -> None:
        super().__init__()
        self.keys: list[str] = []

    async def take(self, key: str, limit: object) -> float | None:
        """Remember the key, and count nothing."""
        self.keys.append(key)
        return None


async def test_the_store_does_not_learn_who_it_counts() -> None:
    """An address is not to be read from a store that many programs may share, nor guessed by hashing."""
    store, other = Recording(), Recording()
    for counters, secret in ((store, b"s" * 32), (store, b"s" * 32), (other, b"o" * 32)):
        await Limits(counters, Secret(secret)).take(THREE, "login account", "ada@example.com")
    (first, second), (third,) = store.keys, other.keys
    assert first == second != third
    for key in (first, third):
        assert "example" not in key
        assert len(key) < 110

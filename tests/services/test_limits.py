"""Counting attempts: in windows, by limit and subject, with nothing of the subject in the store."""

import asyncio

import pytest
from limits import parse
from limits.aio.storage import MemoryStorage

from services.errors import RateLimited
from services.limits import Limits

THREE = parse("3/hour")


async def test_as_many_as_the_limit_says() -> None:
    """Three are counted, the fourth is told when to come back, and another subject is not concerned."""
    limits = Limits()
    for _ in range(3):
        await limits.take(THREE, "login", "ada")
    with pytest.raises(RateLimited) as refused:
        await limits.take(THREE, "login", "ada")
    assert refused.value.retry_after is not None
    assert 3595 <= refused.value.retry_after <= 3600
    await limits.take(THREE, "login", "bob")
    await limits.take(THREE, "otp", "ada")


async def test_of_many_at_once_no_more_than_the_limit() -> None:
    """Fifty concurrent attempts, three places."""
    limits = Limits()
    outcomes = await asyncio.gather(
        *(limits.take(THREE, "login", "ada") for _ in range(50)), return_exceptions=True
    )
    assert outcomes.count(None) == 3


async def test_an_attempt_given_back_can_be_made_again() -> None:
    """One taken off the count is one place, and never more than there were."""
    limits = Limits()
    await limits.give_back(THREE, "ada")
    for _ in range(3):
        await limits.take(THREE, "ada")
    await limits.give_back(THREE, "ada")
    await limits.take(THREE, "ada")
    with pytest.raises(RateLimited):
        await limits.take(THREE, "ada")


async def test_a_subject_can_be_forgotten() -> None:
    """All its places are free again."""
    limits = Limits()
    for _ in range(3):
        await limits.take(THREE, "ada")
    await limits.forget(THREE, "ada")
    for _ in range(3):
        await limits.take(THREE, "ada")


async def test_the_parts_of_a_subject_cannot_run_into_each_other() -> None:
    """Somebody who chooses their name cannot use up the count of another."""
    limits = Limits()
    for _ in range(3):
        await limits.take(THREE, "a", "bc")
    await limits.take(THREE, "ab", "c")


async def test_the_store_does_not_learn_who_it_counts() -> None:
    """An address is not to be read from a store that many programs may share."""
    storage = MemoryStorage()
    await Limits(storage).take(THREE, "login account", "ada@example.com")
    (key,) = storage.storage
    assert "ada" not in key
    assert len(key) < 100

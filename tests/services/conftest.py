"""Fixtures of the rules."""

from collections.abc import Iterator

import pytest

from security.passwords import CHEAPEST, Hasher
from services.passwords import Passwords


@pytest.fixture
def one_thread() -> Iterator[Passwords]:
    """Give a pool of one thread."""
    pool = Passwords(Hasher(CHEAPEST), threads=1)
    yield pool
    pool.close()

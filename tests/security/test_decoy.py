"""A sign-in for an unknown address takes as long as one with a wrong password: proved by medians.

What is measured is the time of the processor that the thread has used, as a clock on the wall also counts
what the machine does for others, and the two kinds take turns, as a processor gets slower when it gets warm.
"""

import time
from statistics import median

import pytest

from security.passwords import CHEAPEST, OWASP, Hasher, Profile

SAMPLES = 15
ALIKE = (0.8, 1.25)
"""How far the medians may be apart: what is left of 30 milliseconds is less than a network adds or takes."""


def share_of_unknown(hasher: Hasher) -> float:
    """Give how long a sign-in without an account takes, as a share of one with a wrong password."""
    stored = hasher.hash("correct horse")
    known, unknown = [], []
    for _ in range(SAMPLES):
        known.append(time_of(hasher, stored))
        unknown.append(time_of(hasher, None))
    return median(unknown) / median(known)


def time_of(hasher: Hasher, against: str | None) -> float:
    """Give how many seconds of the processor one verification takes."""
    start = time.thread_time()
    assert hasher.verify("a wrong password", against=against) is False
    return time.thread_time() - start


def test_an_unknown_address_takes_as_long_as_a_wrong_password() -> None:
    """At the cost of production, where the hashing is nearly all of what a sign-in takes."""
    low, high = ALIKE
    assert low < share_of_unknown(Hasher(OWASP)) < high


@pytest.mark.parametrize(
    "cost",
    [CHEAPEST, Profile(memory_kib=OWASP.memory_kib, passes=1, lanes=1), Profile(12 * 1024, 2, 1)],
    ids=["the cheapest", "half the passes", "two thirds of the memory"],
)
def test_a_cheaper_decoy_would_be_found_out(cost: Profile) -> None:
    """The measurement has teeth: it sees much less than what would tell who has an account."""
    hasher = Hasher(OWASP)
    object.__setattr__(hasher, "_decoy", Hasher(cost).hash("nobody's"))
    assert share_of_unknown(hasher) < ALIKE[0]

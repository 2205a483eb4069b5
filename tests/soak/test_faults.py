"""The plan of the faults, and what they excuse."""

import time
from itertools import islice
from random import Random

from soak.faults import HARM_TO_NODES, HARM_TO_STORES, Fault, plan
from soak.trouble import SETTLING, Trouble


def planned(seed: str) -> list[Fault]:
    """Give the first faults of a plan."""
    return list(islice(plan(HARM_TO_STORES, nodes=3, random=Random(seed)), 20))


def test_the_same_seed_plans_the_same_faults() -> None:
    """A run can be repeated, and another seed gives another run."""
    assert planned("1 stores") == planned("1 stores")
    assert planned("1 stores") != planned("2 stores")


def test_no_kind_is_left_out() -> None:
    """Each happens once before any happens again."""
    kinds = [fault.kind for fault in planned("1 stores")]
    for first in range(0, 20, len(HARM_TO_STORES)):
        assert set(kinds[first : first + len(HARM_TO_STORES)]) == set(HARM_TO_STORES)
    assert not set(HARM_TO_STORES) & set(HARM_TO_NODES)


def test_a_trouble_excuses_what_it_met_and_nothing_else() -> None:
    """What was sent before it began, during it or just after its end; not what came before or long after."""
    trouble, before = Trouble(), time.monotonic()
    assert not trouble.since(before)
    with trouble.lasting():
        assert trouble.since(before)
        assert trouble.since(time.monotonic() + 3600)
    assert trouble.since(before)
    assert trouble.since(time.monotonic())
    assert not trouble.since(time.monotonic() + SETTLING)

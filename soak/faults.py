"""Faults: what can happen to nodes and to what they stand on, and when it does."""

from collections.abc import Callable, Iterator, Mapping
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass
from random import Random
from threading import Event

from soak.cluster import DATABASE, Cluster
from soak.nodes import Node
from tests.support.postgres import Stop

_CUT = f"SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = '{DATABASE}'"

Harm = Callable[[Cluster, Node], AbstractContextManager[None]]
"""A fault, which lasts as long as its block; what is hurt works again at the end of it."""


@contextmanager
def killed(_: Cluster, node: Node) -> Iterator[None]:
    """End a node by SIGKILL, and put another process in its place."""
    with node.trouble.lasting():
        node.kill()
        yield
        node.start()


@contextmanager
def frozen(cluster: Cluster, node: Node) -> Iterator[None]:
    """Let a node stand still, with whatever it holds: requests, connections, locks."""
    with node.trouble.lasting(), cluster.locks.lasting():
        node.freeze()
        try:
            yield
        finally:
            node.thaw()


@contextmanager
def database_down(cluster: Cluster, how: Stop) -> Iterator[None]:
    """Stop PostgreSQL in this way, and start it again."""
    with cluster.database.lasting():
        cluster.postgres.stop(how)
        yield
        cluster.postgres.start()


@contextmanager
def database_cut(cluster: Cluster, _: Node) -> Iterator[None]:
    """End every connection to the database, in whatever transaction it is."""
    with cluster.database.lasting():
        cluster.postgres.execute(_CUT)
    yield


@contextmanager
def limits_down(cluster: Cluster, _: Node) -> Iterator[None]:
    """Stop the store of limits, and start it again, empty. No client may notice, so that it is no trouble."""
    cluster.valkey.stop()
    yield
    cluster.valkey.start()


HARM_TO_NODES: Mapping[str, Harm] = {"node killed": killed, "node frozen": frozen}
HARM_TO_STORES: Mapping[str, Harm] = {
    "PostgreSQL restarted": lambda cluster, _: database_down(cluster, Stop.FAST),
    "PostgreSQL crashed": lambda cluster, _: database_down(cluster, Stop.IMMEDIATE),
    "connections to PostgreSQL cut": database_cut,
    "Redis down": limits_down,
}


@dataclass(frozen=True, slots=True)
class Fault:
    """What happens, to which node if to one, after how many seconds of peace, and how long it lasts."""

    kind: str
    node: int
    after: float
    lasts: float


def plan(kinds: Mapping[str, Harm], *, nodes: int, random: Random) -> Iterator[Fault]:
    """Plan faults without end: the same for the same seed, so that a run can be repeated."""
    while True:
        # Of each kind one, in random order, so that also a short soak has most of them.
        for kind in random.sample(sorted(kinds), len(kinds)):
            node, after, lasts = random.randrange(nodes), random.uniform(0.5, 4), random.uniform(0.2, 3)
            yield Fault(kind, node, after, lasts)


def inject(
    cluster: Cluster,
    faults: Iterator[Fault],
    *,
    kinds: Mapping[str, Harm],
    over: Event,
    tell: Callable[[Fault], None],
) -> None:
    """Let faults happen one after the other until it is over; the last one is undone by then."""
    for fault in faults:
        if over.wait(fault.after):
            return
        tell(fault)
        with kinds[fault.kind](cluster, cluster.nodes[fault.node]):
            over.wait(fault.lasts)

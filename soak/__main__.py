"""Let three nodes live through random faults: `make soak MINUTES=10`, or `python -m soak --minutes 10`."""

import argparse
import random
from collections.abc import Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from pathlib import Path
from random import Random
from threading import Event, Timer

import uvloop

from soak.cluster import DATABASE, NODES, Cluster, running_cluster
from soak.faults import HARM_TO_NODES, HARM_TO_STORES, Fault, Harm, inject, plan
from soak.lives import STEPS, Step, crowd, live, sessions
from soak.tables import mistakes
from soak.witness import Witness
from tests.support import ROOT

LOGS = ROOT / "build" / "soak"


def soak(
    cluster: Cluster,
    *,
    emails: Sequence[str],
    witness: Witness,
    steps: Mapping[Step, float],
    seconds: float,
    seed: str,
) -> None:
    """Let clients and faults go on together for some seconds; the witness has it all.

    Faults of the stores are in this thread and those of the nodes in another, so that they meet, and all
    clients are in a third, in one loop. PostgreSQL and Redis end with the thread that has started them.
    """
    browsers = crowd(cluster, emails, witness=witness, seed=seed)
    over, peace = Event(), Event()
    with ThreadPoolExecutor(2) as threads:
        traffic = threads.submit(uvloop.run, live(browsers, steps=steps, over=peace))
        clock = Timer(seconds, over.set)
        clock.start()
        try:
            harm = partial(disturb, cluster, witness=witness, over=over)
            nodes = threads.submit(harm, HARM_TO_NODES, seed=f"{seed} nodes")
            harm(HARM_TO_STORES, seed=f"{seed} stores")
            nodes.result()
        finally:
            clock.cancel()
            over.set()
            peace.set()
        traffic.result()
    for mistake in mistakes(partial(cluster.postgres.fetch, database=DATABASE), sessions(browsers)):
        witness.accuse(f"in the database: {mistake}")


def disturb(cluster: Cluster, kinds: Mapping[str, Harm], *, witness: Witness, seed: str, over: Event) -> None:
    """Let faults of these kinds happen until it is over."""

    def tell(fault: Fault) -> None:
        witness.faults[fault.kind] += 1
        where = f" {cluster.nodes[fault.node].number}" if kinds is HARM_TO_NODES else ""
        witness.say(f"{fault.kind}{where} for {fault.lasts:.1f} s")

    faults = plan(kinds, nodes=NODES, random=Random(seed))
    inject(cluster, faults, kinds=kinds, over=over, tell=tell)


def memory(cluster: Cluster) -> str:
    """Lay out the memory of each node, when its process was ready and now."""
    return "\n".join(
        f"node {node.number}: {node.memory_at_start:6.1f} MiB when it began, {node.memory:6.1f} at the end,"
        f" replaced {node.replaced} times"
        for node in cluster.nodes
    )


def main(argv: Sequence[str] | None = None, *, steps: Mapping[Step, float] = STEPS) -> int:
    """Soak, print what was seen, and fail if anything was seen that may never be."""
    parser = argparse.ArgumentParser(prog="soak", description=__doc__)
    parser.add_argument("--minutes", type=float, default=10.0, help="how long; 10 without")
    parser.add_argument(
        "--seed", default=f"{random.randrange(10**6)}", help="what chance goes by; any without"
    )
    parser.add_argument(
        "--accounts", type=int, default=16, help="how many, of three browsers each; 16 without"
    )
    parser.add_argument("--within", type=float, default=5.0, help="seconds an answer may take; 5 without")
    parser.add_argument(
        "--logs", type=Path, default=LOGS, help="folder of the nodes' logs; build/soak without"
    )
    arguments = parser.parse_args(argv)
    print(f"Soaking for {arguments.minutes:g} minutes with the seed {arguments.seed}", flush=True)
    with running_cluster(accounts=arguments.accounts, logs=arguments.logs) as (cluster, emails):
        witness = Witness(arguments.within)
        soak(
            cluster,
            emails=emails,
            witness=witness,
            steps=steps,
            seconds=60 * arguments.minutes,
            seed=arguments.seed,
        )
        print(f"\n{witness.report()}\n{memory(cluster)}")
    return 1 if witness.violations else 0


if __name__ == "__main__":
    raise SystemExit(main())

"""What becomes of the server's memory after a million requests: `python -m bench.memory`."""

import argparse
import os
import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path

import uvloop

from bench.connections import WrongAnswer
from bench.loads import Step, closed
from bench.measuring import CONNECTIONS
from bench.processes import memory_mib, on_cores
from bench.targets import Target, running_target

ROUND = 5.0
"""How long one load goes on before the next, in seconds."""


async def ask(target: Target, loads: Sequence[Sequence[Step]]) -> int:
    """Ask everything in turn, and tell how many requests that were."""
    answered = 0
    for load in loads:
        sample = await closed(target.port, load, seconds=ROUND)
        answered += len(sample.latencies)
    return answered


def main(argv: Sequence[str] | None = None) -> int:
    """Print the memory of the server as its requests add up: `me`, refreshes and hostile documents."""
    parser = argparse.ArgumentParser(prog="bench.memory", description=__doc__)
    parser.add_argument(
        "--requests", type=int, default=1_000_000, help="how many at the least; a million without"
    )
    wanted = parser.parse_args(argv).requests
    cores, answered, shown = sorted(os.sched_getaffinity(0)), 0, 0
    with on_cores(cores[-1]), tempfile.TemporaryDirectory(prefix="latchkey-bench-") as folder:
        url, sessions = f"sqlite://{folder}/latchkey.db", 2 * CONNECTIONS
        with running_target(url, Path(folder), cores=cores[:1], sessions=sessions) as target:
            asked = target.operations
            me = [asked.me() for _ in range(CONNECTIONS)]
            loads = (me, [asked.refresh() for _ in range(CONNECTIONS)], [asked.hostile()] * 8, me)
            try:
                while answered < wanted:
                    answered += uvloop.run(ask(target, loads))
                    if answered >= shown:
                        print(f"{answered:10,} requests {memory_mib(target.pid):7.1f} MiB", flush=True)
                        shown += wanted // 10
            except WrongAnswer as wrong:
                print(f"bench: a wrong answer: {wrong}", file=sys.stderr)
                return 1
    return 0


if __name__ == "__main__":
    raise SystemExit(main())

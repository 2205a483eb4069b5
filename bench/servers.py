"""The same application under other ASGI servers, beside ours: `python -m bench.servers`."""

import argparse
import os
import sys
import tempfile
from collections import defaultdict
from collections.abc import Sequence
from contextlib import ExitStack
from pathlib import Path
from statistics import median

import uvloop

from bench.connections import WrongAnswer
from bench.loads import closed
from bench.measuring import CONNECTIONS
from bench.processes import on_cores
from bench.targets import Target, running_target

_ADDRESS = ("--host", "127.0.0.1", "--port", "{port}")
_UVICORN = ("uvicorn", "asgi:application", "--loop", "uvloop", "--no-access-log", *_ADDRESS)
SERVERS = {
    "Hypercorn": ("cli", "serve"),
    "Uvicorn, h11": (*_UVICORN, "--http", "h11"),
    "Uvicorn, httptools": (*_UVICORN, "--http", "httptools"),
    "Granian": ("granian", "--interface", "asgi", "--loop", "uvloop", "asgi:application", *_ADDRESS),
}
"""A module and its arguments, by name; ours is the first."""


async def measure(target: Target, *, seconds: float) -> dict[str, float]:
    """Tell how many requests a second are answered, each of them rightly."""
    asked = target.operations
    loads = {
        "me": [asked.me() for _ in range(CONNECTIONS)],
        "refresh": [asked.refresh() for _ in range(CONNECTIONS)],
    }
    found = {}
    for name, steps in loads.items():
        await closed(target.port, steps, seconds=seconds / 4)  # Nothing of it counts.
        sample = await closed(target.port, steps, seconds=seconds)
        found[name] = len(sample.latencies) / sample.elapsed
    return found


def compare(*, runs: int, seconds: float) -> dict[str, dict[str, float]]:
    """Run all servers, on SQLite, and measure them in turn; give the median rates of each."""
    cores = sorted(os.sched_getaffinity(0))
    rates: dict[str, dict[str, list[float]]] = {name: defaultdict(list) for name in SERVERS}
    with on_cores(cores[-1]), ExitStack() as owned:
        root = Path(owned.enter_context(tempfile.TemporaryDirectory(prefix="latchkey-bench-")))
        targets = {}
        for number, (name, command) in enumerate(SERVERS.items()):
            (workdir := root / str(number)).mkdir()
            running = running_target(
                f"sqlite://{workdir}/latchkey.db",
                workdir,
                cores=cores[:1],
                sessions=2 * CONNECTIONS * runs,
                command=command,
            )
            targets[name] = owned.enter_context(running)
        for _ in range(runs):
            for name, target in targets.items():
                for operation, rate in uvloop.run(measure(target, seconds=seconds)).items():
                    rates[name][operation].append(rate)
    return {name: {each: median(found) for each, found in own.items()} for name, own in rates.items()}


def main(argv: Sequence[str] | None = None) -> int:
    """Print the rates, and their ratios to ours."""
    parser = argparse.ArgumentParser(prog="bench.servers", description=__doc__)
    parser.add_argument("--runs", type=int, default=5, help="of how many runs the medians are; 5 without")
    parser.add_argument("--seconds", type=float, default=3.0, help="how long each load goes on; 3 without")
    arguments = parser.parse_args(argv)
    try:
        rates = compare(runs=arguments.runs, seconds=arguments.seconds)
    except WrongAnswer as wrong:
        print(f"bench: a wrong answer: {wrong}", file=sys.stderr)
        return 1
    ours = rates["Hypercorn"]
    for name, own in rates.items():
        print(f"{name:22}", *(f"{each} {rate:7.0f}/s {rate / ours[each]:6.2f}" for each, rate in own.items()))
    return 0


if __name__ == "__main__":
    raise SystemExit(main())

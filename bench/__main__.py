"""Measure the server beside its floors: `make bench`, or `python -m bench --runs 5 --seconds 4`."""

import argparse
import json
import os
import platform
import sys
import tempfile
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from pathlib import Path
from statistics import median

import uvloop

from bench.bounds import argon2_per_second, postgres_per_second, sqlite_per_second
from bench.connections import WrongAnswer
from bench.floors import FLOORS
from bench.measuring import measure_floor, measure_target, sessions_for
from bench.processes import on_core, running_floor
from bench.results import Ratio, Result, medians, ratio_table, ratios, table
from bench.targets import Target, running_target
from tests.support.postgres import running_postgres

RESULTS = Path(__file__).parent / "results"


@dataclass(frozen=True, slots=True)
class Field:
    """Everything that runs while it is measured."""

    core: int
    floors: Mapping[str, tuple[int, int]]
    """Process and port, by name."""
    targets: Mapping[str, Target]
    sqlite_file: Path
    postgres_url: str


@contextmanager
def prepared(*, core: int, sessions: int) -> Iterator[Field]:
    """Start the databases, the servers and the floors, and end and remove them all afterwards."""
    with ExitStack() as owned:
        root = Path(owned.enter_context(tempfile.TemporaryDirectory(prefix="latchkey-bench-")))
        postgres = owned.enter_context(running_postgres({}))
        postgres.execute("CREATE DATABASE bench")
        urls = {"SQLite": f"sqlite://{root}/latchkey.db", "PostgreSQL": postgres.url("bench")}
        targets = {}
        for name, url in urls.items():
            (workdir := root / name).mkdir()
            targets[name] = owned.enter_context(running_target(url, workdir, core=core, sessions=sessions))
        floors = {name: owned.enter_context(running_floor(name, root, core=core)) for name in FLOORS}
        yield Field(core, floors, targets, root / "latchkey.db", urls["PostgreSQL"])


def bounds(field: Field, *, seconds: float) -> dict[str, float]:
    """Measure what no server could exceed, on the core where the servers are."""
    with on_core(field.core):
        return {
            "argon2 verifications": argon2_per_second(seconds),
            "INSERT + UPDATE, SQLite": sqlite_per_second(field.sqlite_file, seconds),
            "INSERT + UPDATE, PostgreSQL": postgres_per_second(field.postgres_url, seconds),
        }


def measure(field: Field, *, runs: int, seconds: float) -> tuple[dict[str, Result], dict[str, float]]:
    """Give the medians of all results and bounds. Runs alternate, so that a slow minute slows all alike."""
    results, limits = defaultdict[str, list[Result]](list), defaultdict[str, list[float]](list)
    cookie = next(next(iter(field.targets.values())).operations.sessions)
    for _ in range(runs):
        for name, (pid, port) in field.floors.items():
            results[name].append(uvloop.run(measure_floor(pid, port, cookie=cookie, seconds=seconds)))
        for name, value in bounds(field, seconds=seconds).items():
            limits[name].append(value)
        for database, target in field.targets.items():
            for name, result in uvloop.run(measure_target(target, seconds=seconds)).items():
                results[f"{database}: {name}"].append(result)
    return (
        {name: medians(several) for name, several in results.items()},
        {name: median(several) for name, several in limits.items()},
    )


def compared(results: Mapping[str, Result], limits: Mapping[str, float]) -> Iterator[Ratio]:
    """Give the ratios of every database."""
    for database in ("SQLite", "PostgreSQL"):
        mark = f"{database}: "
        own = {name.removeprefix(mark): one for name, one in results.items() if name.startswith(mark)}
        yield from ratios(database, own, results, limits)


def machine() -> dict[str, object]:
    """Say where it was measured, and how busy that was with other things."""
    return {
        "machine": platform.machine(),
        "cores": len(os.sched_getaffinity(0)),
        "python": platform.python_version(),
        "load": os.getloadavg(),
        "at": datetime.now(UTC).isoformat(timespec="seconds"),
    }


def main(argv: Sequence[str] | None = None) -> int:
    """Measure, print the tables and write them as JSON to bench/results/. Only a wrong answer fails."""
    parser = argparse.ArgumentParser(prog="bench", description=__doc__)
    parser.add_argument("--runs", type=int, default=5, help="of how many runs the medians are; 5 without")
    parser.add_argument("--seconds", type=float, default=4.0, help="how long each load goes on; 4 without")
    arguments = parser.parse_args(argv)
    runs, seconds, where = arguments.runs, arguments.seconds, machine()
    cores = sorted(os.sched_getaffinity(0))
    sessions = runs * sessions_for(seconds)
    try:
        # The servers have the first core. Everything else, the clients and PostgreSQL, has the last.
        with on_core(cores[-1]), prepared(core=cores[0], sessions=sessions) as field:
            results, limits = measure(field, runs=runs, seconds=seconds)
    except WrongAnswer as wrong:
        print(f"bench: a wrong answer: {wrong}", file=sys.stderr)
        return 1
    found = list(compared(results, limits))
    print(f"Medians of {runs} runs of {seconds} s each\n\n{table(results)}\n")
    print("\n".join(f"{name:32}{value:9.0f}" for name, value in limits.items()))
    print(f"\n{ratio_table(found)}")
    _keep({**where, "runs": runs, "seconds": seconds}, results, limits, found)
    return 0


def _keep(
    about: Mapping[str, object],
    results: Mapping[str, Result],
    limits: Mapping[str, float],
    found: Sequence[Ratio],
) -> None:
    RESULTS.mkdir(exist_ok=True)
    text = {
        "about": about,
        "results": {name: asdict(one) for name, one in results.items()},
        "bounds": limits,
        "ratios": [asdict(one) for one in found],
    }
    file = RESULTS / f"{datetime.now(UTC):%Y%m%dT%H%M%SZ}.json"
    file.write_text(json.dumps(text, indent=2) + "\n")
    print(f"\nWritten to {file.relative_to(Path(__file__).parents[1])}")


if __name__ == "__main__":
    raise SystemExit(main())

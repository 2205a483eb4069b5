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
from dataclasses import asdict, dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from statistics import median

import uvloop

from bench.bounds import argon2_per_second, postgres_per_second, sqlite_per_second
from bench.connections import WrongAnswer
from bench.floors import FLOORS
from bench.measuring import CONNECTIONS, measure_floor, measure_logins, measure_target, sessions_for
from bench.processes import on_cores, running_floor
from bench.results import Ratio, Result, median_ratios, medians, ratio_table, ratios, table
from bench.targets import Target, running_target
from tests.support.postgres import running_postgres

RESULTS = Path(__file__).parent / "results"

_HIGHEST = list(FLOORS)[-1]
_TWO_CORES = "SQLite: login, two cores"


@dataclass(frozen=True, slots=True)
class Field:
    """Everything that runs while it is measured."""

    cores: Sequence[int]
    """The core of the servers, and the one that a server has beside it that has two."""
    floors: Mapping[str, tuple[int, int]]
    """Process and port, by name."""
    targets: Mapping[str, Target]
    on_two_cores: Target
    sqlite_file: Path
    postgres_url: str


@dataclass(frozen=True, slots=True)
class Findings:
    """What was measured, run by run."""

    results: dict[str, list[Result]] = field(default_factory=lambda: defaultdict(list))
    bounds: dict[str, list[float]] = field(default_factory=lambda: defaultdict(list))
    ratios: list[list[Ratio]] = field(default_factory=list)


@contextmanager
def prepared(*, cores: Sequence[int], sessions: int) -> Iterator[Field]:
    """Start the databases, the servers and the floors, and end and remove them all afterwards."""
    with ExitStack() as owned:
        root = Path(owned.enter_context(tempfile.TemporaryDirectory(prefix="latchkey-bench-")))
        postgres = owned.enter_context(running_postgres({}))
        postgres.execute("CREATE DATABASE bench")
        urls = {"SQLite": f"sqlite://{root}/latchkey.db", "PostgreSQL": postgres.url("bench")}
        targets = {}
        for name, url in urls.items():
            (workdir := root / name).mkdir()
            running = running_target(url, workdir, cores=cores[:1], sessions=sessions)
            targets[name] = owned.enter_context(running)
        (workdir := root / "two").mkdir()
        on_two = running_target(f"sqlite://{workdir}/latchkey.db", workdir, cores=cores, sessions=1)
        yield Field(
            cores=cores,
            floors={name: owned.enter_context(running_floor(name, root, core=cores[0])) for name in FLOORS},
            targets=targets,
            on_two_cores=owned.enter_context(on_two),
            sqlite_file=root / "latchkey.db",
            postgres_url=urls["PostgreSQL"],
        )


def measure(made: Field, found: Findings, *, seconds: float) -> None:
    """Measure all of it in turn: one run."""
    cookie = next(next(iter(made.targets.values())).operations.sessions)

    async def floor(name: str = _HIGHEST) -> Result:
        measured = await measure_floor(*made.floors[name], cookie=cookie, seconds=seconds)
        found.results[name].append(measured)
        return measured

    for lower in list(FLOORS)[:-1]:
        uvloop.run(floor(lower))
    for database, target in made.targets.items():
        limits = _bounds(made, database, seconds=seconds)
        results, floors = uvloop.run(measure_target(target, floor, seconds=seconds))
        for name, result in results.items():
            found.results[f"{database}: {name}"].append(result)
        for name, limit in limits.items():
            found.bounds[name].append(limit)
        argon2, writes = limits.values()
        found.ratios.append(ratios(database, results, floors, argon2=argon2, writes=writes))
    found.ratios.append([_on_two_cores(made, found, seconds=seconds)])


def _bounds(made: Field, database: str, *, seconds: float) -> dict[str, float]:
    """Measure what no server could exceed, on the core where the servers are."""
    with on_cores(made.cores[0]):
        return {
            "argon2 verifications": argon2_per_second(seconds),
            f"INSERT + UPDATE, {database}": sqlite_per_second(made.sqlite_file, seconds)
            if database == "SQLite"
            else postgres_per_second(made.postgres_url, seconds),
        }


def _on_two_cores(made: Field, found: Findings, *, seconds: float) -> Ratio:
    """Measure sign-ins where two can be verified at once. The clients have what they need of the second."""

    def argon2() -> float:
        with on_cores(*made.cores):
            return argon2_per_second(seconds, threads=len(made.cores))

    before = argon2()
    result = uvloop.run(measure_logins(made.on_two_cores, clients=CONNECTIONS, seconds=seconds))
    limit = (before + argon2()) / 2
    found.bounds["argon2 verifications, two cores"].append(limit)
    found.results[_TWO_CORES].append(result)
    # What clients have of the server's cores, where there are no more, the server cannot have.
    shared = os.sched_getaffinity(0) <= set(made.cores)
    left = limit * (1 - result.client_share / len(made.cores)) if shared else limit
    return Ratio(f"{_TWO_CORES} / argon2 beside clients", result.per_second / left, "at least 0.95")


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
    cores, found = sorted(os.sched_getaffinity(0)), Findings()
    try:
        # The servers have the first core. Everything else, the clients and PostgreSQL, has the last.
        with on_cores(cores[-1]):
            for _ in range(runs):
                # A process that lies well in memory is a few percent faster for life: each run has others.
                with prepared(cores=cores[:2], sessions=sessions_for(seconds)) as made:
                    measure(made, found, seconds=seconds)
    except WrongAnswer as wrong:
        print(f"bench: a wrong answer: {wrong}", file=sys.stderr)
        return 1
    results = {name: medians(several) for name, several in found.results.items()}
    limits = {name: median(several) for name, several in found.bounds.items()}
    compared = median_ratios(found.ratios)
    print(f"Medians of {runs} runs of {seconds} s each\n\n{table(results)}\n")
    print("\n".join(f"{name:32}{value:9.0f}" for name, value in limits.items()))
    print(f"\n{ratio_table(compared)}")
    _keep({**where, "runs": runs, "seconds": seconds}, results, limits, compared)
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

"""Measure whether the server slows down as its database grows: `make bench-growth`."""

import argparse
import json
import os
import sys
import tempfile
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import asdict, dataclass, field
from datetime import UTC, datetime
from functools import partial
from pathlib import Path

from bench.__main__ import RESULTS, machine
from bench.connections import WrongAnswer
from bench.grown_databases import BUILD_FAST, counts, fill_postgres, fill_sqlite, tidy_postgres
from bench.grown_rows import Size
from bench.growth_costs import Costs, Side, compared, measure, sessions_for, table
from bench.processes import on_cores
from bench.results import Ratio, ratio_table
from bench.targets import running_target
from tests.support.databases import migrate
from tests.support.postgres import Postgres, running_postgres

TOKENS, OF_SQLITE = 10_000_000, 10
"""How many refresh tokens there are, and of how many of them SQLite has one."""


@dataclass(slots=True)
class Field:
    """The two servers of each database, the empty one first, and how the others were filled."""

    sides: dict[str, tuple[Side, Side]] = field(default_factory=dict)
    rows: Mapping[str, int] = field(default_factory=dict)
    filled_within: dict[str, float] = field(default_factory=dict)


@contextmanager
def prepared(*, core: int, tokens: int, sessions: int) -> Iterator[Field]:
    """Fill the databases, start the servers, and end and remove everything afterwards."""
    made = Field()
    with ExitStack() as owned:
        root = Path(owned.enter_context(tempfile.TemporaryDirectory(prefix="latchkey-bench-")))
        postgres = owned.enter_context(running_postgres(BUILD_FAST))
        for database, size in (("SQLite", Size(tokens // OF_SQLITE)), ("PostgreSQL", Size(tokens))):
            both = []
            for name in ("empty", "grown"):
                (workdir := root / f"{database}-{name}").mkdir()
                url = _migrated(database, name, workdir, postgres)
                if name == "grown":
                    began = time.perf_counter()
                    _fill(database, workdir, postgres, size)
                    made.filled_within[database] = round(time.perf_counter() - began, 1)
                target = running_target(url, workdir, cores=[core], sessions=sessions)
                backends = partial(_backends, database, name, postgres)
                both.append(Side(owned.enter_context(target), backends))
            made.sides[database] = (both[0], both[1])
        tidy_postgres(postgres, "empty", "grown")
        made.rows = counts(postgres, "grown")
        yield made


def main(argv: Sequence[str] | None = None) -> int:
    """Measure, print the ratios and write them as JSON to bench/results/. Only a wrong answer fails."""
    parser = argparse.ArgumentParser(prog="bench.growth", description=__doc__)
    parser.add_argument("--tokens", type=int, default=TOKENS, help=f"on PostgreSQL; {TOKENS:,} without")
    parser.add_argument("--runs", type=int, default=15, help="of how many runs the medians are; 15 without")
    parser.add_argument("--seconds", type=float, default=1.0, help="how long each load goes on; 1 without")
    asked = parser.parse_args(argv)
    about, cores = {**machine(), **vars(asked)}, sorted(os.sched_getaffinity(0))
    try:
        # The servers have the first core. Everything else, the clients and PostgreSQL, has the last.
        sessions = asked.runs * sessions_for(asked.seconds)
        with on_cores(cores[-1]), prepared(core=cores[0], tokens=asked.tokens, sessions=sessions) as made:
            costs = {
                name: measure(*sides, runs=asked.runs, seconds=asked.seconds)
                for name, sides in made.sides.items()
            }
    except WrongAnswer as wrong:
        print(f"bench: a wrong answer: {wrong}", file=sys.stderr)
        return 1
    found = [ratio for name, of_one in costs.items() for ratio in compared(name, of_one)]
    print("\n".join(f"{count:12,} {name}" for name, count in made.rows.items()))
    print(f"{'':12} on PostgreSQL; SQLite has one for every {OF_SQLITE} of them")
    print(
        "\n".join(f"{seconds:12.0f} s to fill {name}" for name, seconds in made.filled_within.items()), "\n"
    )
    print("\n\n".join([*(table(name, of_one) for name, of_one in costs.items()), ratio_table(found)]))
    _keep({**about, "rows": made.rows, "filled_within": made.filled_within}, costs, found)
    return 0


def _migrated(database: str, name: str, workdir: Path, postgres: Postgres) -> str:
    url = f"sqlite://{workdir}/latchkey.db"
    if database == "PostgreSQL":
        postgres.execute(f"CREATE DATABASE {name}")
        url = postgres.url(name)
    migrate(url, workdir=workdir)
    return url


def _fill(database: str, workdir: Path, postgres: Postgres, size: Size) -> None:
    print(f"Filling {database} with {size.tokens:,} tokens …", file=sys.stderr, flush=True)
    if database == "PostgreSQL":
        fill_postgres(postgres, "grown", size)
    else:
        fill_sqlite(workdir / "latchkey.db", size)


def _backends(database: str, name: str, postgres: Postgres) -> Sequence[int]:
    if database != "PostgreSQL":
        return ()
    # Those of the server: a worker of autovacuum would be there as well.
    asked = "SELECT datname, pid FROM pg_stat_activity WHERE backend_type = 'client backend'"
    return [row["pid"] for row in postgres.fetch(asked) if row["datname"] == name]


def _keep(about: Mapping[str, object], costs: Mapping[str, Costs], found: Sequence[Ratio]) -> None:
    RESULTS.mkdir(exist_ok=True)
    text = {
        "about": about,
        "costs": {
            f"{name}: {operation}": [
                {"empty": empty._asdict(), "grown": grown._asdict()} for empty, grown in pairs
            ]
            for name, of_one in costs.items()
            for operation, pairs in of_one.items()
        },
        "ratios": [asdict(one) for one in found],
    }
    file = RESULTS / f"growth-{datetime.now(UTC):%Y%m%dT%H%M%SZ}.json"
    file.write_text(json.dumps(text, indent=2) + "\n")
    print(f"\nWritten to {file.relative_to(Path(__file__).parents[1])}")


if __name__ == "__main__":
    raise SystemExit(main())

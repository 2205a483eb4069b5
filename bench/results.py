"""What the numbers say: medians of runs, percentiles, and ratios to the floors. Nothing here measures."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from statistics import median

from bench.loads import Sample


@dataclass(frozen=True, slots=True)
class Result:
    """Of one operation on one server, in one run or as the medians of several."""

    per_second: float
    p50_ms: float
    p99_ms: float
    cpu_ms: float
    """Processor time of the server for each request."""
    memory_mib: float
    """Resident memory of the server when the load was over."""
    client_share: float
    """How much of its own core the client used: near 1, the client is what was measured."""


@dataclass(frozen=True, slots=True)
class Ratio:
    """A measured value beside a floor, or beside a bound, of the same run."""

    name: str
    value: float
    reach: str
    """What it is to reach, in words; empty if it is shown for its own sake."""


def percentile(values: Iterable[float], percent: float) -> float:
    """Give the nearest-rank percentile: a value that was seen, and never one between two.

    Raises:
        ValueError: there are no values.
    """
    ordered = sorted(values)
    if not ordered:
        raise ValueError("nothing was measured")
    # Ceiling division: of a hundred values, the 99th percentile is the ninety-ninth.
    return ordered[max(0, -int(-len(ordered) * percent // 100) - 1)]


def of_sample(sample: Sample, *, cpu_seconds: float, memory_mib: float) -> Result:
    """Sum up one run.

    Raises:
        ValueError: nothing was answered in it.
    """
    count = len(sample.latencies)
    return Result(
        p50_ms=percentile(sample.latencies, 50) * 1000,
        p99_ms=percentile(sample.latencies, 99) * 1000,
        per_second=count / sample.elapsed,
        cpu_ms=cpu_seconds / count * 1000,
        memory_mib=memory_mib,
        client_share=sample.client_seconds / sample.elapsed,
    )


def medians(runs: Sequence[Result]) -> Result:
    """Give the median of each number, over the runs."""
    return Result(**{name: median(getattr(run, name) for run in runs) for name in Result.__slots__})


def median_ratios(runs: Iterable[Iterable[Ratio]]) -> list[Ratio]:
    """Give the median of each ratio, over the runs: a ratio is of things that were measured side by side."""
    found: dict[str, list[Ratio]] = {}
    for run in runs:
        for ratio in run:
            found.setdefault(ratio.name, []).append(ratio)
    return [replace(same[0], value=median(one.value for one in same)) for same in found.values()]


def ratios(
    database: str,
    results: Mapping[str, Result],
    floors: Mapping[str, Result],
    *,
    argon2: float,
    writes: float,
) -> list[Ratio]:
    """Compare what a run measured on a database with its bounds, and with the floor beside each operation."""
    rates = {name: result.per_second for name, result in results.items()}
    beside = {name: rates[name] / floor.per_second for name, floor in floors.items()}
    idle, busy = results["me, 50/s"].p99_ms, results["me, 50/s, 8 logins"].p99_ms
    return [
        Ratio(f"{database}: {name}", value, reach)
        for name, value, reach in (
            ("me / (Quart + Ariadne)", beside["me"], "at least 0.65"),
            ("CPU of (Quart + Ariadne) / CPU of me", floors["me"].cpu_ms / results["me"].cpu_ms, ""),
            ("refresh / (Quart + Ariadne)", beside["refresh"], "at least 0.40"),
            ("logout / (Quart + Ariadne)", beside["logout"], "at least 0.40"),
            ("login / argon2, one core", rates["login"] / argon2, "at least 0.85"),
            ("p99 of me beside 8 logins, ms", busy, "under 15"),
            ("p99 of me beside 8 logins / alone", busy / idle, "at most 3"),
            ("refresh / (INSERT + UPDATE)", rates["refresh"] / writes, ""),
            ("me, uncached / me", rates["me, uncached"] / rates["me"], ""),
        )
    ]


def table(results: Mapping[str, Result]) -> str:
    """Lay results out, a line for each."""
    titles = f"{'':32}{'per s':>9}{'p50 ms':>9}{'p99 ms':>9}{'CPU ms':>9}{'MiB':>8}{'client':>8}"
    lines = (
        f"{name:32}{one.per_second:9.0f}{one.p50_ms:9.2f}{one.p99_ms:9.2f}{one.cpu_ms:9.3f}"
        f"{one.memory_mib:8.0f}{one.client_share:8.2f}"
        for name, one in results.items()
    )
    return "\n".join([titles, *lines])


def ratio_table(found: Iterable[Ratio]) -> str:
    """Lay ratios out, a line for each."""
    return "\n".join(f"{one.name:48}{one.value:8.2f}  {one.reach}".rstrip() for one in found)

"""The numbers of a benchmark: percentiles, medians, ratios and their tables."""

from dataclasses import replace

import pytest

from bench.loads import Sample
from bench.results import (
    Ratio,
    Result,
    median_ratios,
    medians,
    of_sample,
    percentile,
    ratio_table,
    ratios,
    table,
)

RESULT = Result(per_second=100.0, p50_ms=1.0, p99_ms=2.0, cpu_ms=0.5, memory_mib=64.0, client_share=0.1)


@pytest.mark.parametrize(
    ("values", "percent", "expected"),
    [
        (range(100, 0, -1), 50, 50),
        (range(1, 101), 99, 99),
        (range(1, 201), 99, 198),
        ([7.0], 99, 7.0),
        ([1.0, 2.0, 3.0], 50, 2.0),
        ([1.0, 2.0, 3.0], 99, 3.0),
    ],
)
def test_a_percentile_is_a_value_that_was_seen(values: list[float], percent: float, expected: float) -> None:
    """The nearest rank, whatever the order in which the values came."""
    assert percentile(values, percent) == expected


def test_nothing_measured_has_no_percentile() -> None:
    """A run without answers is a fault, and no result of zero."""
    with pytest.raises(ValueError, match="nothing was measured"):
        percentile([], 50)


def test_a_sample_is_summed_up() -> None:
    """Rates count per second of the load, and processor time per request."""
    sample = Sample(latencies=[0.004, 0.001, 0.002, 0.003], elapsed=2.0, client_seconds=0.5)
    assert of_sample(sample, cpu_seconds=0.02, memory_mib=80.0) == Result(
        per_second=2.0, p50_ms=2.0, p99_ms=4.0, cpu_ms=5.0, memory_mib=80.0, client_share=0.25
    )


def test_a_median_is_of_each_number_alone() -> None:
    """One slow run is not in the result, and nor is its memory."""
    runs = [
        replace(RESULT, per_second=90.0, memory_mib=70.0),
        replace(RESULT, per_second=10.0, memory_mib=60.0),
        replace(RESULT, per_second=95.0, memory_mib=80.0),
    ]
    assert medians(runs) == replace(RESULT, per_second=90.0, memory_mib=70.0)


def test_ratios_are_to_the_floors_beside_them() -> None:
    """Each operation beside what bounds it, and the tail of `me` beside its own when nobody signs in."""
    rates = {"me": 650.0, "me, uncached": 325.0, "refresh": 400.0, "logout": 500.0, "login": 17.0}
    results = {name: replace(RESULT, per_second=rate) for name, rate in rates.items()}
    results["me, 50/s"] = replace(RESULT, p99_ms=4.0)
    results["me, 50/s, 8 logins"] = replace(RESULT, p99_ms=10.0)
    rates_beside = {"me": 1000.0, "refresh": 800.0, "logout": 1250.0}
    floors = {name: replace(RESULT, per_second=rate, cpu_ms=0.25) for name, rate in rates_beside.items()}
    compared = ratios("SQLite", results, floors, argon2=20.0, writes=800.0)
    found = {one.name: (one.value, one.reach) for one in compared}
    assert found == {
        "SQLite: me / (Quart + Ariadne)": (0.65, "at least 0.65"),
        "SQLite: CPU of (Quart + Ariadne) / CPU of me": (0.5, ""),
        "SQLite: refresh / (Quart + Ariadne)": (0.5, "at least 0.40"),
        "SQLite: logout / (Quart + Ariadne)": (0.4, "at least 0.40"),
        "SQLite: login / argon2, one core": (0.85, "at least 0.85"),
        "SQLite: p99 of me beside 8 logins, ms": (10.0, "under 15"),
        "SQLite: p99 of me beside 8 logins / alone": (2.5, "at most 3"),
        "SQLite: refresh / (INSERT + UPDATE)": (0.5, ""),
        "SQLite: me, uncached / me": (0.5, ""),
    }


def test_a_ratio_is_the_median_of_those_of_the_runs() -> None:
    """Of things that were side by side, whatever the machine was like in another run."""
    runs = [[Ratio("a", value, "at least 0.5"), Ratio("b", 10 * value, "")] for value in (0.4, 0.9, 0.6)]
    assert median_ratios(runs) == [Ratio("a", 0.6, "at least 0.5"), Ratio("b", 6.0, "")]


def test_tables_have_a_line_for_each() -> None:
    """Columns stand below their titles, and a ratio that has nothing to reach says nothing more."""
    titles, line = table({"me": RESULT}).splitlines()
    assert titles.split() == ["per", "s", "p50", "ms", "p99", "ms", "CPU", "ms", "MiB", "client"]
    assert line.split() == ["me", "100", "1.00", "2.00", "0.500", "64", "0.10"]
    assert len(titles) == len(line)
    assert ratio_table([Ratio("a / b", 0.5, "at least 0.4"), Ratio("c / d", 12.347, "")]).splitlines() == [
        f"{'a / b':48}    0.50  at least 0.4",
        f"{'c / d':48}   12.35",
    ]

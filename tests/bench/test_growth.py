"""What the benchmark of growth says about its numbers."""

import os
import time

from bench.growth_costs import Cost, busy_seconds, compared, table
from bench.results import Ratio

COSTS = {
    "me": [
        (Cost(1.0, 1.0, 0.0), Cost(2.0, 1.0, 0.0)),
        (Cost(9.0, 2.0, 0.0), Cost(9.0, 2.5, 0.0)),
        (Cost(2.0, 4.0, 0.0), Cost(3.0, 6.0, 0.0)),
    ]
}


def test_a_ratio_is_of_one_run() -> None:
    """The median of the runs' own ratios: of a slow run both numbers are slow. What nobody spent has none."""
    assert list(compared("SQLite", COSTS)) == [
        Ratio("SQLite: me, median latency", 1.5, "at most 1.5"),
        Ratio("SQLite: me, CPU of the server", 1.25, "at most 1.5"),
    ]


def test_a_table_has_a_line_for_each_database() -> None:
    """With the medians, in milliseconds."""
    titles, empty, grown = table("SQLite", COSTS).splitlines()
    assert titles.split() == ["ms", "p50", "server", "database"]
    assert empty.split() == ["SQLite,", "empty:", "me", "2.000", "2.000", "0.000"]
    assert grown.split() == ["SQLite,", "grown:", "me", "3.000", "2.500", "0.000"]


def test_work_is_seen_in_the_time_of_a_process() -> None:
    """Also so little of it that the clock of its processor times would not have ticked."""
    before, began = busy_seconds(os.getpid()), time.thread_time()
    while time.thread_time() < began + 0.005:
        pass
    assert 0.004 < busy_seconds(os.getpid()) - before < 0.5

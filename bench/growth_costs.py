"""What an operation costs on an empty database and on one that has grown, asked in turn."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from statistics import median
from typing import NamedTuple

import uvloop

from bench.loads import Step, closed
from bench.operations import Operations
from bench.results import Ratio, percentile
from bench.targets import Target

CONNECTIONS = 8
"""How many clients ask at once."""

AT_MOST = 1.5
"""How many times as much an operation may cost on the database that has grown."""

_LOGOUTS_PER_SECOND = 600
"""For so many there are sessions; a server that is faster has ended them all before the time is over."""


class Cost(NamedTuple):
    """What a request costs, in milliseconds: the wait of its client, and the processor time that it takes."""

    p50: float
    server: float
    database: float
    """Of the processes of PostgreSQL; SQLite works in the server."""


@dataclass(frozen=True, slots=True)
class Side:
    """A server, and the processes of its database."""

    target: Target
    backends: Callable[[], Sequence[int]]

    def busy(self) -> tuple[float, float]:
        """Tell the processor time that the server and the database have had, in seconds."""
        return busy_seconds(self.target.pid), sum(map(busy_seconds, self.backends()))


Costs = Mapping[str, Sequence[tuple[Cost, Cost]]]
"""Of each operation, in each run, what it costs on the empty database and on the grown one."""


def sessions_for(seconds: float) -> int:
    """Tell how many sessions one run uses up."""
    return _logouts(seconds) + 2 * CONNECTIONS


def measure(empty: Side, grown: Side, *, runs: int, seconds: float) -> Costs:
    """Measure each operation on both, one right after the other, and the other way round in the next run."""
    costs: dict[str, list[tuple[Cost, Cost]]] = {}
    for run in range(runs):
        for operation, steps in _OPERATIONS.items():
            # What is slow for a while, as a machine is that has other work, is slow for both.
            found = {}
            for side in (empty, grown)[:: 1 if run % 2 == 0 else -1]:
                found[side] = uvloop.run(_cost(side, steps(side.target.operations, seconds), seconds))
            costs.setdefault(operation, []).append((found[empty], found[grown]))
    return costs


def compared(name: str, costs: Costs) -> Iterator[Ratio]:
    """Give the medians of the ratios of each run."""
    for operation, pairs in costs.items():
        for field in Cost._fields:
            values = [(getattr(empty, field), getattr(grown, field)) for empty, grown in pairs]
            if all(before for before, _ in values):
                ratio = median(after / before for before, after in values)
                yield Ratio(f"{name}: {operation}, {_TITLES[field]}", ratio, f"at most {AT_MOST}")


def table(name: str, costs: Costs) -> str:
    """Lay the medians of costs out, a line for each operation and database."""
    lines = [f"{'ms':32}{'p50':>9}{'server':>9}{'database':>9}"]
    for operation, pairs in costs.items():
        for side, title in enumerate(("empty", "grown")):
            medians = (median(pair[side][field] for pair in pairs) for field in range(len(Cost._fields)))
            numbers = "".join(f"{value:9.3f}" for value in medians)
            lines.append(f"{f'{name}, {title}: {operation}':32}{numbers}")
    return "\n".join(lines)


def busy_seconds(pid: int) -> float:
    """Tell the processor time that the threads of a process have had, to the nanosecond."""
    threads = Path(f"/proc/{pid}/task").glob("*/schedstat")
    return sum(int(thread.read_text().split()[0]) for thread in threads) / 1e9


async def _cost(side: Side, steps: Sequence[Step], seconds: float) -> Cost:
    port = side.target.port
    await closed(port, steps, seconds=seconds / 4)  # The caches fill, and nothing of it counts.
    before = side.busy()
    sample = await closed(port, steps, seconds=seconds)
    server, database = (after - earlier for earlier, after in zip(before, side.busy(), strict=True))
    each = 1000 / len(sample.latencies)
    return Cost(percentile(sample.latencies, 50) * 1000, server * each, database * each)


def _logouts(seconds: float) -> int:
    return int(1.25 * seconds * _LOGOUTS_PER_SECOND)


_OPERATIONS: Mapping[str, Callable[[Operations, float], Sequence[Step]]] = {
    "me": lambda asked, _: [asked.me() for _ in range(CONNECTIONS)],
    "refresh": lambda asked, _: [asked.refresh() for _ in range(CONNECTIONS)],
    "logout": lambda asked, seconds: [asked.logout(_logouts(seconds))] * CONNECTIONS,
}
_TITLES = {"p50": "median latency", "server": "CPU of the server", "database": "CPU of the database"}

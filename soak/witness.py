"""What was seen: counts, the slowest answers, and every violation of what has to hold."""

import time
from collections import Counter
from dataclasses import dataclass, field

SHOWN = 20
"""How many violations are told in full."""


@dataclass(slots=True)
class Witness:
    """Sees what all clients see, and what happens to the cluster."""

    within: float
    """How many seconds an answer may take."""
    began: float = field(default_factory=time.monotonic)
    counts: Counter[str] = field(default_factory=Counter)
    faults: Counter[str] = field(default_factory=Counter)
    violations: list[str] = field(default_factory=list)
    slowest: dict[str, float] = field(default_factory=dict)
    """The slowest answer, in seconds, by what was going on."""

    def accuse(self, what: str) -> None:
        """Note that something is so which never may be."""
        self.violations.append(f"{self.elapsed:7.1f} s  {what}")

    def time(self, circumstance: str, seconds: float) -> None:
        """Note how long an answer took."""
        self.slowest[circumstance] = max(self.slowest.get(circumstance, 0.0), seconds)

    def say(self, text: str) -> None:
        """Print a line with the time of the soak."""
        print(f"{self.elapsed:7.1f} s  {text}", flush=True)

    @property
    def elapsed(self) -> float:
        """For how many seconds it has gone on."""
        return time.monotonic() - self.began

    def progress(self) -> str:
        """Sum up in a line what has happened so far."""
        kinds = ("sessions opened", "refreshes", "logouts", "uses", "refused as expected")
        seen = ", ".join(f"{self.counts[kind]} {kind}" for kind in kinds)
        return f"{seen}; {self.faults.total()} faults, {len(self.violations)} violations"

    def report(self) -> str:
        """Lay out all that was seen, violations last."""
        lines = [f"{name:36}{count:9}" for name, count in sorted(self.counts.items())]
        lines += [f"fault: {name:29}{count:9}" for name, count in sorted(self.faults.items())]
        lines += [f"slowest answer {name:21}{took:9.2f} s" for name, took in sorted(self.slowest.items())]
        lines += [f"{'violations':36}{len(self.violations):9}", *self.violations[:SHOWN]]
        return "\n".join(lines)

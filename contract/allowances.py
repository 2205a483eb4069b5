"""Findings that may be, each with the reason why: a change that no client minds, a code that comes next."""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

from contract.findings import CannotCheck, Finding

FILE = "docs/schema.allowed"
"""Where they are kept from one release of the schema to the next, a line each."""

_ALLOWANCE = re.compile(r"([A-Z_]+|unsent-code) +([\w.@():]+) *= *(\S.*)")
"""`VALUE_ADDED_TO_ENUM Role.AUDITOR = a reason`. A rule of the house is kept and not allowed away."""


@dataclass(frozen=True, slots=True)
class Allowance:
    """What may be, why, and where that is said."""

    key: str
    reason: str
    file: str
    line: int


@dataclass(frozen=True, slots=True)
class Sifted:
    """The findings that stay, and those that are allowed."""

    findings: Sequence[Finding]
    allowed: Sequence[tuple[Finding, Allowance]]


def read(root: Path) -> list[Allowance]:
    """Read the file of allowances, which need not be there.

    Raises:
        CannotCheck: a line of it is none.
    """
    path = root / FILE
    lines = path.read_text("utf-8").splitlines() if path.exists() else []
    numbered = [(number, line) for number, line in enumerate(lines, 1) if line.strip() and line[0] != "#"]
    return [parse(line, file=FILE, line=number) for number, line in numbered]


def parse(text: str, *, file: str = "--allow", line: int = 1) -> Allowance:
    """Read one allowance.

    Raises:
        CannotCheck: it is none, or it has no reason.
    """
    read = _ALLOWANCE.fullmatch(text.strip())
    if read is None:
        raise CannotCheck(
            f"{file}:{line}: an allowance is CHANGE COORDINATE=reason, and not {text.strip()!r}"
        )
    return Allowance(f"{read[1]} {read[2]}", read[3], file, line)


def sift(findings: Iterable[Finding], allowances: Sequence[Allowance]) -> Sifted:
    """Take out the findings that are allowed; an allowance of what is not found is a finding itself."""
    by_key = {allowance.key: allowance for allowance in allowances}
    found = list(findings)
    stale = by_key.keys() - {finding.key for finding in found}
    message = "allows what is not there"
    return Sifted(
        [
            *(finding for finding in found if finding.key not in by_key),
            *(
                Finding(unused.file, unused.line, unused.key, message, "stale-allowance")
                for key, unused in by_key.items()
                if key in stale
            ),
        ],
        [(finding, by_key[finding.key]) for finding in found if finding.key in by_key],
    )

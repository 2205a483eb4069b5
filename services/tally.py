"""What this process has counted of its own use cases since it began; who reads it is not known here."""

from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field

from services.errors import ErrorCode, ServiceError

OK = "OK"
"""The outcome of a use case that did what it was asked for."""


class Outcomes(Counter[str]):
    """How often a use case came out how: `OK`, or an `ErrorCode`. Nothing else, so there are only so many."""

    @contextmanager
    def count(self) -> Iterator[None]:
        """Count how the block ends; one whose task is cancelled is not counted."""
        try:
            yield
        except ServiceError as refusal:
            self[refusal.code.value] += 1
            raise
        except Exception:
            self[ErrorCode.INTERNAL_SERVER_ERROR.value] += 1
            raise
        self[OK] += 1


@dataclass(frozen=True, slots=True)
class Tally:
    """The counts. A detected reuse is a refresh that came out as `TOKEN_REUSED`."""

    password_logins: Outcomes = field(default_factory=Outcomes)
    code_logins: Outcomes = field(default_factory=Outcomes)
    refreshes: Outcomes = field(default_factory=Outcomes)

"""What a check finds, and what keeps it from being made."""

from dataclasses import dataclass
from pathlib import Path


class CannotCheck(Exception):
    """The check cannot be made, or was asked for wrongly; the message is one line."""


@dataclass(frozen=True, slots=True, order=True)
class Finding:
    """One fault: its place, the name of what is faulty, and the rule that it breaks."""

    file: str
    line: int
    subject: str
    message: str
    rule: str

    def __str__(self) -> str:
        """Write it as compilers do, so that editors and CI systems find the place."""
        return f"{self.file}:{self.line}: {self.subject}: {self.message} [{self.rule}]"

    @property
    def key(self) -> str:
        """The name by which it can be allowed."""
        return f"{self.rule} {self.subject}"


def read_text(name: str, *, root: Path) -> str:
    """Read a file of the checkout, or of a client.

    Raises:
        CannotCheck: it cannot be read.
    """
    try:
        return (root / name).read_text("utf-8")
    except OSError as error:
        raise CannotCheck(f"{name} cannot be read: {error.strerror}") from None
    except UnicodeDecodeError:
        raise CannotCheck(f"{name} cannot be read: it is not UTF-8") from None

"""A copy of the repository that a test may break."""

import shutil
from dataclasses import dataclass
from pathlib import Path

import contract
from tests.support import ROOT

ROOMS = (
    "client",
    "contract",
    "docs",
    "migrations",
    "models",
    "resolvers",
    "schema",
    "security",
    "services",
    "web",
)
NOT_COPIED = shutil.ignore_patterns("__pycache__", "node_modules")


@dataclass(frozen=True)
class Checkout:
    """The rooms of the product and its pages, in a folder of the test's own."""

    root: Path

    @classmethod
    def copied(cls, root: Path) -> "Checkout":
        """Copy the repository into a folder."""
        for room in ROOMS:
            if (ROOT / room).exists():
                shutil.copytree(ROOT / room, root / room, ignore=NOT_COPIED)
        for path in (ROOT / "README.md", *ROOT.glob("*.py")):
            shutil.copy(path, root)
        return cls(root)

    def replace(self, file: str, old: str, new: str) -> int:
        """Put a text into the place of another, once, and give the line where it begins."""
        path = self.root / file
        before, found, after = path.read_text().partition(old)
        assert found, f"{file} has no {old!r}"
        path.write_text(f"{before}{new}{after}")
        return before.count("\n") + 1

    def line(self, file: str, text: str) -> int:
        """Give the line where a text begins."""
        return self.replace(file, text, text)

    def write(self, file: str, text: str) -> None:
        """Add a file."""
        path = self.root / file
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)

    def found(self) -> list[str]:
        """Check the copy, against the resolvers of this process, and give what was found."""
        return [str(finding) for finding in contract.check(self.root).findings]

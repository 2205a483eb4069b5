"""Building the playground is tried once, and no server has to wait for it twice or to do without it."""

import os
import shutil
import subprocess
from pathlib import Path

import pytest

from tests.support import ROOT

APP = Path("web/playground_app")
NPM = """#!/bin/bash
echo "$1" >> "$CALLS"
[ ! -e "$BROKEN" ] || { echo "no such registry" >&2; exit 1; }
case "$1" in
  ci) mkdir -p node_modules ;;
  run) mkdir -p build && touch build/index.html ;;
esac
"""


class Checkout:
    """A copy of what make looks at, with an npm that notes what it is asked for."""

    def __init__(self, folder: Path) -> None:
        self.folder, self.broken = folder, folder / "broken"
        self._calls = folder / "calls"
        shutil.copy(ROOT / "Makefile", folder)
        for source in (APP, APP.parent / "playground_assets"):
            shutil.copytree(ROOT / source, folder / source, ignore=lambda *_: {"node_modules", "build"})
        npm = folder / "bin" / "npm"
        npm.parent.mkdir()
        npm.write_text(NPM)
        npm.chmod(0o755)

    def make(self, target: str) -> str:
        """Make a target, which has to succeed, and give what was printed."""
        environment = {
            **os.environ,
            "PATH": f"{self.folder / 'bin'}:{os.environ['PATH']}",
            "CALLS": str(self._calls),
            "BROKEN": str(self.broken),
        }
        done = subprocess.run(
            ["/usr/bin/env", "make", "--no-print-directory", "--silent", target],
            cwd=self.folder,
            env=environment,
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            check=True,
        )
        return done.stdout + done.stderr

    def change(self, source: Path) -> None:
        """Change a source a minute later: the clock of a file system may be a coarse one."""
        for path in self.folder.rglob("*"):
            before = path.stat().st_mtime - 60
            os.utime(path, (before, before))
        (self.folder / source).touch()

    def calls(self) -> list[str]:
        """Give what npm has been asked for since the last time."""
        asked = self._calls.read_text().split() if self._calls.exists() else []
        self._calls.unlink(missing_ok=True)
        return asked


@pytest.fixture
def checkout(tmp_path: Path) -> Checkout:
    """Give a fresh clone."""
    return Checkout(tmp_path)


# What `make serve` makes before it serves, if npm is there.
TRIED = str(APP / "node_modules" / ".tried")


def test_it_is_built_once(checkout: Checkout) -> None:
    """The first server has it built; the second finds it."""
    assert checkout.make(TRIED) == "Building the playground …\n"
    assert (checkout.calls(), checkout.make(TRIED), checkout.calls()) == (["ci", "run"], "", [])


@pytest.mark.parametrize(
    ("changed", "calls"),
    [
        (APP / "main.js", ["run"]),
        (APP.parent / "playground_assets/server.js", ["run"]),
        (APP / "package-lock.json", ["ci", "run"]),
    ],
)
def test_a_change_is_built(checkout: Checkout, changed: Path, calls: list[str]) -> None:
    """By no more steps than it takes."""
    checkout.make(TRIED)
    checkout.calls()
    checkout.change(changed)
    checkout.make(TRIED)
    assert checkout.calls() == calls


def test_a_failure_is_one_line(checkout: Checkout) -> None:
    """It is not repeated until something changes, or until somebody asks for the playground itself."""
    checkout.broken.touch()
    assert len(checkout.make(TRIED).splitlines()) == 2
    assert "no such registry" in (checkout.folder / "var" / "playground.log").read_text()
    assert (checkout.calls(), checkout.make(TRIED), checkout.calls()) == (["ci"], "", [])
    checkout.broken.unlink()
    checkout.make("playground")
    assert checkout.calls() == ["ci", "run"]
    assert (checkout.folder / APP / "build" / "index.html").exists()

"""The npm packages that the client is tested with, and programs that run on them."""

import fcntl
import os
import subprocess
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from tests.support import ROOT

CLIENT = ROOT / "client"


@dataclass(frozen=True)
class Npm:
    """Runs Node and the programs of the packages."""

    packages: Path

    def run(self, *command: str, cwd: Path = CLIENT, **environment: str) -> str:
        """Run a program and give what it printed.

        Raises:
            AssertionError: it failed; the message is what it printed.
        """
        path = f"{self.packages / '.bin'}{os.pathsep}{os.environ['PATH']}"
        return _run(command, cwd=cwd, environment={"PATH": path, **environment})


def install() -> Npm:
    """Install the locked packages, unless they are there; who comes at the same time waits."""
    folder = os.open(CLIENT, os.O_RDONLY)
    try:
        fcntl.flock(folder, fcntl.LOCK_EX)
        _run(("make", "--no-print-directory", "client/node_modules/.installed"), cwd=ROOT, environment={})
    finally:
        os.close(folder)
    return Npm(CLIENT / "node_modules")


def _run(command: tuple[str, ...], *, cwd: Path, environment: Mapping[str, str]) -> str:
    done = subprocess.run(
        ["/usr/bin/env", *command],
        cwd=cwd,
        env={**os.environ, **environment},
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout
    return done.stdout

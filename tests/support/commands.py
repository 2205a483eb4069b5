"""The command line in a process of its own."""

import subprocess
import sys
from pathlib import Path

from tests.support.databases import environment


def latchkey(*arguments: str, workdir: Path, **settings: str) -> tuple[int, str, str]:
    """Run `python -m cli`, and give its status and its two outputs; one that does not end fails the test.

    A working directory that has rooms of its own, as a copy of the repository, runs those.
    """
    done = subprocess.run(
        [sys.executable, "-m", "cli", *arguments],
        cwd=workdir,
        env=environment({f"LATCHKEY_{name}": value for name, value in settings.items()}),
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    return done.returncode, done.stdout, done.stderr

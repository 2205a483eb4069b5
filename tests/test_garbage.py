"""Garbage: none is looked for while everything is loaded, and from then on it is."""

import subprocess
import sys
from pathlib import Path

import pytest

from tests.support.databases import environment

SAY = "import gc; print(gc.isenabled(), gc.get_freeze_count() > 10_000, gc.get_threshold()[0])"
LOADED, AT_WORK = "False False 700", "True True 5000"


def said(code: str, workdir: Path) -> list[str]:
    """Run Python in a process of its own, and give the lines that it prints."""
    settings = {"LATCHKEY_DATABASE_URL": f"sqlite://{workdir}/latchkey.db"}
    done = subprocess.run(
        [sys.executable, "-c", code],
        cwd=workdir,
        env=environment(settings),
        capture_output=True,
        text=True,
        check=True,
    )
    return done.stdout.splitlines()


@pytest.mark.parametrize("module", ["cli", "serving"])
def test_what_is_loaded_is_not_looked_through(tmp_path: Path, module: str) -> None:
    """Whichever is loaded first, it has turned the collector off before it loads the rest."""
    assert said(f"import {module}; {SAY}", tmp_path) == [LOADED]


def test_a_command_collects_garbage(tmp_path: Path) -> None:
    """Nobody is left without, whatever the command is."""
    lines = said(f"import cli; cli.main(['migrate']); {SAY}", tmp_path)
    assert lines[-1] == AT_WORK
    assert said(f"import asgi; {SAY}", tmp_path)[-1] == AT_WORK

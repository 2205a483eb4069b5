"""What the tests of `latchkey user …` start from: a migrated database, and two ways to it."""

from pathlib import Path

import pytest

from tests.support.command_line import Run, runner
from tests.support.migrations import Inspector


@pytest.fixture
def on_database(
    monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str], tmp_path: Path, database_url: str
) -> Run:
    """Give a function that runs a command on a migrated database."""
    run = runner(monkeypatch, capfd, tmp_path)
    return lambda *arguments, **more: run(*arguments, **{"DATABASE_URL": database_url, **more})


@pytest.fixture
def inspector(database_url: str, backend: str, request: pytest.FixtureRequest) -> Inspector:
    """Give a way to look into that database past the command."""
    return Inspector(database_url, None if backend == "sqlite" else request.getfixturevalue("postgres"))

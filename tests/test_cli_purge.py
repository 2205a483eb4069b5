"""`latchkey purge`: what it removes and says, and what it leaves to whoever is at it already."""

import json
from pathlib import Path

import pytest

from tests.support.command_line import Run, runner
from tests.support.migrations import ROWS, Inspector


@pytest.fixture
def inspector(database_url: str, backend: str, request: pytest.FixtureRequest) -> Inspector:
    """Give a way to look past the command into a database with rows that are long over."""
    inspector = Inspector(database_url, None if backend == "sqlite" else request.getfixturevalue("postgres"))
    for migration in ROWS:
        inspector.fill(migration)
    return inspector


@pytest.fixture
def run(
    monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str], tmp_path: Path, inspector: Inspector
) -> Run:
    """Give a function that runs a command on that database, with an audit trail of one day."""
    call = runner(monkeypatch, capfd, tmp_path)
    return lambda *arguments: call(*arguments, DATABASE_URL=inspector.url, AUDIT_RETENTION="86400")


def test_it_tells_people_how_much_was_removed(run: Run) -> None:
    """A kind to a line, in the order in which they went."""
    out = "tokens       2\nsessions     1\ncodes        1\nletters      0\nauditEvents  1\n"
    assert run("purge") == (0, out, "")


def test_it_tells_programs_how_much_was_removed(run: Run, inspector: Inspector) -> None:
    """The accounts and the letter that waits are left; the second time there is nothing to do."""
    removed = {"tokens": 2, "sessions": 1, "codes": 1, "letters": 0, "auditEvents": 1}
    status, out, err = run("purge", "--json")
    assert (status, json.loads(out), err) == (0, removed, "")
    left = {table: inspector.fetch(f"SELECT count(*) AS n FROM {table}")[0]["n"] for table in _TABLES}
    assert left == dict.fromkeys(_TABLES, 0) | {"users": 2, "profiles": 1, "outbox": 1}
    status, out, err = run("purge", "--json")
    assert (status, json.loads(out), err) == (0, dict.fromkeys(removed, 0), "")


def test_it_refuses_while_somebody_else_is_at_it(run: Run, inspector: Inspector) -> None:
    """One is enough, and nothing is removed twice over."""
    inspector.fetch("UPDATE leases SET expires_at = '2999-01-01 00:00:00+00:00'")
    line = "latchkey: a server is purging at this moment; it does the same\n"
    assert run("purge") == (2, "", line)
    assert inspector.fetch("SELECT count(*) AS n FROM outstanding_tokens") == [{"n": 2}]


_TABLES = (
    "users",
    "profiles",
    "sessions",
    "outstanding_tokens",
    "blacklisted_tokens",
    "one_time_codes",
    "outbox",
    "audit_events",
)

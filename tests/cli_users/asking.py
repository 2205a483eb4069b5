"""Asking `latchkey user …`, and seeing what it has left in the database."""

import json
from collections.abc import Mapping
from typing import Any

from tests.support.command_line import Run
from tests.support.migrations import Inspector

ADA = ("user", "create", "Ada@Example.com", "--first-name", "Ada", "--last-name", "Lovelace")
PASSWORD = b"correct horse battery\n"
NEW = b"quite another password\n"
INSTANT = r"20\d\d-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?Z"
ACCOUNT = ["id", "email", "role", "isVerified", "needsOnboarding", "disabledAt", "createdAt", "lastLoginAt"]
"""What an account is described by, in this order."""


def dump(inspector: Inspector) -> Mapping[str, list[tuple[Any, ...]]]:
    """Give every row of every table."""
    return {table: inspector.rows(table, list(inspector.columns(table))) for table in inspector.tables()}


def succeed(run: Run, *arguments: str, stdin: bytes = b"") -> str:
    """Run a command that has nothing to complain of, and give what it says."""
    status, out, err = run(*arguments, stdin=stdin)
    assert (status, err) == (0, "")
    return out


def ask(run: Run, *arguments: str, stdin: bytes = b"") -> Any:
    """Run a command that answers one line of JSON, and give what it says."""
    out = succeed(run, *arguments, "--json", stdin=stdin)
    assert out.isascii()
    assert out.count("\n") == 1
    return json.loads(out)

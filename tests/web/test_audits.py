"""The audits of GraphQL over HTTP that its working group keeps, run against a real server."""

import json
import subprocess
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from tests.support import ROOT, databases
from tests.support.processes import ServerProcess

pytestmark = pytest.mark.acceptance

AUDITS = ROOT / "tests" / "audits"

BY_GET = {
    "5A70": "MAY accept application/x-www-form-urlencoded formatted GET requests",
    "D6D5": "MAY allow URL-encoded JSON string {variables} parameter in GETs"
    " when accepting application/graphql-response+json",
    "6A70": "MAY allow URL-encoded JSON string {variables} parameter in GETs when accepting application/json",
}
"""What is not done: operations by GET would put variables into logs and histories (decision 0020)."""


@pytest.fixture(scope="module")
def audits() -> Path:
    """Install the locked packages, unless this very lock is installed already."""
    lock, stamp = AUDITS / "package-lock.json", AUDITS / "node_modules" / ".installed"
    if not stamp.exists() or stamp.read_bytes() != lock.read_bytes():
        _run("npm", "ci", "--ignore-scripts", "--no-audit", "--no-fund")
        stamp.write_bytes(lock.read_bytes())
    return AUDITS / "audit.mjs"


def test_no_audit_fails_that_is_not_about_get(
    audits: Path, start_server: Callable[..., ServerProcess], sqlite_template: Path, tmp_path: Path
) -> None:
    """No MUST and no SHOULD fails, and of the MAYs only those that ask for operations by GET."""
    server = start_server({"LATCHKEY_DATABASE_URL": databases.copy_sqlite(sqlite_template, tmp_path)})
    results: list[dict[str, Any]] = json.loads(_run("node", str(audits), f"{server.base_url}/graphql"))
    failed = {audit["id"]: audit["name"] for audit in results if audit["status"] != "ok"}
    assert failed == BY_GET
    assert {audit["status"] for audit in results} == {"ok", "notice"}
    assert sum(audit["name"].startswith(("MUST", "SHOULD")) for audit in results) >= 30


def _run(*command: str) -> str:
    done = subprocess.run(
        command,
        cwd=AUDITS,
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        timeout=300,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout

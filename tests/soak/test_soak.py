"""A soak of some seconds: it finds nothing where nothing is wrong, and what is wrong it finds."""

import re
from collections.abc import Mapping
from pathlib import Path

import pytest

from soak import trouble
from soak.__main__ import main
from soak.browsers import Browser
from soak.lives import STEPS, Step
from soak.truth import Session

pytestmark = pytest.mark.acceptance


@pytest.fixture(autouse=True)
def _patience(monkeypatch: pytest.MonkeyPatch) -> None:
    """Give nodes longer to find out what has happened, where a whole suite runs at once."""
    monkeypatch.setattr(trouble, "SETTLING", 10.0)


def soak(logs: Path, *, minutes: float, steps: Mapping[Step, float] = STEPS) -> int:
    """Soak for a moment; on a machine that runs a whole suite, a slow answer says nothing."""
    options = ("--minutes", str(minutes), "--seed", "1", "--accounts", "6", "--within", "60")
    return main([*options, "--logs", str(logs)], steps=steps)


def test_a_short_soak_finds_nothing(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Sessions live through faults of nodes and stores, and everything that is promised is printed."""
    status = soak(tmp_path, minutes=0.2)
    printed = capsys.readouterr().out
    assert status == 0, printed
    for line in (
        r"sessions opened +[1-9]\d*",
        r"refreshes +[1-9]\d*",
        r"logouts +\d+",
        r"uses +[1-9]\d*",
        r"fault: node (killed|frozen) +[1-9]",
        r"fault: (PostgreSQL|Redis|connections) .*[1-9]",
        r"slowest answer otherwise +\d+\.\d\d s",
        r"violations +0",
        r"node 3: +\d+\.\d MiB when it began, +\d+\.\d at the end, replaced \d times",
    ):
        assert re.search(f"^{line}$", printed, re.MULTILINE), f"{line}\n{printed}"


def test_a_violation_is_found_and_fails_the_soak(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """A client that believes a session to have ended, which goes on, tells of it, and of which it is."""
    planted: list[str] = []

    async def believe_dead(browser: Browser, session: Session) -> None:
        if session.is_live and not planted:
            planted.append(session.id)
            session.ended = True
            await browser.use(session)

    status = soak(tmp_path, minutes=0.1, steps={**STEPS, believe_dead: 20})
    printed = capsys.readouterr().out
    assert status == 1, printed
    assert f"a revoked token was accepted (session {planted[0]}, node " in printed

"""The units of systemd: what systemd says of them, and that they agree with the server that they run."""

import re
import subprocess
from collections.abc import Mapping, Sequence
from pathlib import Path

import pytest

import cli
import serving
import workers
from settings import PREFIX, Settings
from tests.support import ROOT

UNITS = ("latchkey.service", "latchkey-migrate.service")
INSTALLED = "/opt/latchkey/.venv/bin/latchkey"
SANDBOX = 2.0
"""How much the service may be exposed to, from 0 to 10, as `systemd-analyze security` counts it."""


def options(unit: str) -> Mapping[str, Sequence[str]]:
    """Give the values of every option of a unit, in their order."""
    found: dict[str, list[str]] = {}
    for line in (ROOT / "deploy" / unit).read_text().splitlines():
        if line and line[0] not in "#[":
            name, _, value = line.partition("=")
            found.setdefault(name, []).append(value)
    return found


@pytest.mark.parametrize("unit", UNITS)
def test_systemd_understands_it_and_finds_it_confined(unit: str, tmp_path: Path) -> None:
    """No option is misspelled, and no later one takes back what an earlier one has closed."""
    text = (ROOT / "deploy" / unit).read_text()
    assert INSTALLED in text
    # What it runs lies there only on the machine of an operator.
    (tmp_path / unit).write_text(text.replace(INSTALLED, "/bin/true"))
    verified = _analyze("verify", str(tmp_path / unit))
    assert (verified.returncode, verified.stdout + verified.stderr) == (0, "")
    judged = _analyze("security", "--offline=yes", "--no-pager", str(tmp_path / unit))
    (exposure,) = re.findall(r"exposure level for \S+: ([\d.]+)", judged.stdout)
    assert float(exposure) <= SANDBOX


def _analyze(*arguments: str) -> subprocess.CompletedProcess[str]:
    command = ["systemd-analyze", *arguments]
    return subprocess.run(command, capture_output=True, text=True, check=False)


def test_it_waits_for_as_long_as_the_server_may_take_to_stop() -> None:
    """The supervisor has its patience before systemd loses its own, and is told alone."""
    unit = options("latchkey.service")
    assert unit["KillMode"] == ["mixed"]
    assert int(unit["TimeoutStopSec"][0]) > workers.PATIENCE > serving.STOP_WITHIN


@pytest.mark.parametrize("unit", UNITS)
def test_what_it_runs_is_a_command(unit: str) -> None:
    """The command and its options are those of the command line."""
    (line,) = options(unit)["ExecStart"]
    assert cli._parser().parse_args(line.removeprefix(f"{INSTALLED} ").split()).run


def test_the_environment_is_one_that_production_starts_with(monkeypatch: pytest.MonkeyPatch) -> None:
    """Every variable is a setting, and nothing that production requires is missing."""
    lines = (ROOT / "deploy" / "latchkey.env").read_text().splitlines()
    variables = dict(line.split("=", 1) for line in lines if not line.startswith("#"))
    assert {name.removeprefix(PREFIX).lower() for name in variables} <= set(Settings.model_fields)
    for name, value in variables.items():
        # In single quotes it is the same to systemd and to a shell.
        assert re.fullmatch(r"'[^'\\]*'", value), name
        monkeypatch.setenv(name, value.strip("'"))
    assert Settings().is_production

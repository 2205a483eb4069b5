"""The README keeps its word: its curl lines, its settings and its commands are what the product has."""

import json
import re
import subprocess
from collections.abc import Iterator
from enum import Enum
from pathlib import Path
from typing import Any

import pytest
from pydantic import SecretStr

import cli
from settings import PREFIX, Settings
from tests.acceptance.client import PATIENCE
from tests.acceptance.site import Site
from tests.support import ROOT

README = (ROOT / "README.md").read_text()
PORT = "8000"
"""The port that the README shows."""

_STEP = re.compile(r"^```sh\n(curl .*?|TOKEN=.*?)^```\n\n^```json\n(.*?)^```$", re.MULTILINE | re.DOTALL)
_VARYING: dict[str, re.Pattern[str]] = {
    "an id": re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}"),
    "a token": re.compile(r"eyJ[\w-]+(…|\.[\w-]+\.[\w-]+)"),
    "a time": re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?Z"),
}


def masked(value: Any) -> Any:
    """Give an answer with a name in the place of all that differs each time."""
    if isinstance(value, dict):
        return {key: masked(inner) for key, inner in value.items()}
    if isinstance(value, list):
        return [masked(inner) for inner in value]
    if isinstance(value, str):
        return next((name for name, pattern in _VARYING.items() if pattern.fullmatch(value)), value)
    return value


def code_in_mail(site: Site, workdir: Path) -> str:
    """Wait for the one letter, and give the code that stands on a line of its own in it."""
    while not (letters := list(workdir.glob("var/outbox/*.eml"))):
        assert site.number("SELECT count(*) FROM outbox WHERE state IN ('PENDING', 'SENT')") == 1
    (code,) = re.findall(r"^ +(\d{6})\s*$", letters[0].read_text(), re.MULTILINE)
    return str(code)


@pytest.mark.acceptance
def test_the_curl_lines_give_the_answers_that_are_shown(site: Site, tmp_path: Path) -> None:
    """Every block of curl, run by bash in the order of the page, is answered as the block after it says."""
    steps = _STEP.findall(README)
    assert len(steps) == len(re.findall(r"^```json$", README, re.MULTILINE)) == 9
    server = site.start()
    for block, shown in steps:
        script = block.replace(f"localhost:{PORT}", f"127.0.0.1:{server.port}")
        assert script != block
        if "123456" in script:
            script = script.replace("123456", code_in_mail(site, tmp_path))
        done = subprocess.run(
            ["/bin/bash", "-euo", "pipefail", "-c", script],
            cwd=tmp_path,
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            check=False,
            timeout=PATIENCE,
        )
        assert done.returncode == 0, done.stderr
        assert masked(json.loads(done.stdout)) == masked(json.loads(shown)), block


def _table(heading: str) -> list[list[str]]:
    section = README.partition(f"\n## {heading}\n")[2].partition("\n## ")[0]
    rows = [line.strip("|").split(" | ") for line in section.splitlines() if line.startswith("| `")]
    assert rows, heading
    return [[cell.strip() for cell in row] for row in rows]


def _shown(default: Any) -> str:
    if isinstance(default, SecretStr):
        default = default.get_secret_value()
    if isinstance(default, Enum):
        default = default.value
    return "none" if default in (None, "", frozenset()) else f"`{default}`"


def test_the_table_of_settings_is_the_settings() -> None:
    """Every variable is there, in the order of the code, with the default that it has."""
    shown = [(name, default) for name, default, _ in _table("Settings")]
    assert shown == [
        (f"`{PREFIX}{name.upper()}`", _shown(field.default)) for name, field in Settings.model_fields.items()
    ]


@pytest.mark.parametrize("command", [row[0].strip("`") for row in _table("Commands")])
def test_a_command_of_the_table_exists(command: str, capsys: pytest.CaptureFixture[str]) -> None:
    """Each answers to --help under its own name."""
    with pytest.raises(SystemExit) as ended:
        cli.main([*command.split()[1:], "--help"])
    assert ended.value.code == 0
    assert capsys.readouterr().out.startswith(f"usage: {command} ")


def _links() -> Iterator[str]:
    for page in (ROOT / "README.md", *sorted((ROOT / "docs").rglob("*.md"))):
        for target in re.findall(r"\]\(([^)#:]+)\)", page.read_text()):
            yield str((page.parent / target).relative_to(ROOT))


@pytest.mark.parametrize("path", sorted(set(_links())))
def test_a_link_of_the_pages_leads_somewhere(path: str) -> None:
    """What the pages link to within the repository is there."""
    assert (ROOT / path).exists()

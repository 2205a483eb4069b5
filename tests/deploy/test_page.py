"""docs/DEPLOY.md keeps its word: what it names is there, and what it has operators type is understood."""

import re
import shlex

import pytest

import cli
from models import AuditKind
from settings import PREFIX, Settings
from tests.support import ROOT

PAGE = (ROOT / "docs" / "DEPLOY.md").read_text()
WATCHING = PAGE.partition("\n## Watching\n")[2]
_WORD = r"[\w./:=@-]+"


def commands() -> set[str]:
    """Give every command of ours on the page, in blocks and in the text."""
    blocks = re.findall(r"^```sh\n(.*?)^```$", PAGE, re.MULTILINE | re.DOTALL)
    lines = [line for block in blocks for line in block.splitlines() if re.match(r"latchkey [a-z]", line)]
    return {*lines, *re.findall(rf"`(latchkey(?: {_WORD})+)`", PAGE)}


def test_every_variable_is_a_setting() -> None:
    """A misspelled one would keep a node from starting."""
    named = {name.lower() for name in re.findall(rf"{PREFIX}([A-Z_]+)", PAGE)}
    assert len(named) > 5
    assert named <= set(Settings.model_fields)


@pytest.mark.parametrize("command", sorted(commands()))
def test_every_command_is_understood(command: str) -> None:
    """What stands for a person or a key may be anything."""
    words = shlex.split(command)[1:]
    complete = {"backup": ["a-file"], "user disable": ["somebody"], "user reset-password": ["somebody"]}
    assert cli._parser().parse_args([*words, *complete.get(" ".join(words), [])]).run


def test_every_file_of_the_folder_is_explained() -> None:
    """What lies there and is on no page would be nobody's."""
    files = [path.name for path in (ROOT / "deploy").iterdir()]
    assert len(files) >= 6
    assert [name for name in files if f"deploy/{name}" not in PAGE] == []


def test_every_metric_and_event_exists() -> None:
    """An alarm or a query by another name would never find anything."""
    metrics = (ROOT / "web" / "metrics.py").read_text()
    named = {name.removesuffix("_total") for name in re.findall(r"`latchkey_([a-z_]+)`", WATCHING)}
    assert {name for name in named if f"latchkey_{name}" not in metrics} == set()
    (kinds,) = re.findall(r"kind IN \((.*?)\)", PAGE, re.DOTALL)
    assert {kind.strip(" '") for kind in kinds.split(",")} <= set(AuditKind)

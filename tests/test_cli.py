"""The command line: what it makes, what it says, and that a refusal is one line and exit status 2."""

import io
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

import cli
from tests.test_settings import PRODUCTION, SECRET

Run = Callable[..., tuple[int, str, str]]
ADA = ("user", "create", "Ada@Example.com", "--first-name", "Ada", "--last-name", "Lovelace")


@pytest.fixture
def run(monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str], tmp_path: Path) -> Run:
    """Give a function that runs a command in an empty folder, and gives its status and its two outputs."""
    monkeypatch.chdir(tmp_path)

    def call(*arguments: str, stdin: bytes = b"", **variables: str) -> tuple[int, str, str]:
        with monkeypatch.context() as patch:
            patch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(stdin)))
            for name, value in variables.items():
                patch.setenv(f"LATCHKEY_{name}", value)
            status = cli.main(arguments)
        printed = capfd.readouterr()
        return status, printed.out, printed.err

    return call


@pytest.fixture
def on_database(run: Run, database_url: str) -> Run:
    """Give the same, on a migrated database."""
    return lambda *arguments, **more: run(*arguments, **{"DATABASE_URL": database_url, **more})


def in_production(**changes: str) -> dict[str, str]:
    """Give the variables of a production server, with these changes."""
    return {name.removeprefix("LATCHKEY_"): value for name, value in PRODUCTION.items()} | changes


# Guards


@pytest.mark.parametrize("name", sorted(PRODUCTION.keys() - {"LATCHKEY_ENV"}))
def test_serve_refuses_to_start_in_production_without(run: Run, name: str) -> None:
    """The server does not begin, and says in one line what it lacks."""
    variables = in_production()
    del variables[name.removeprefix("LATCHKEY_")]
    assert run("serve", **variables) == (2, "", f"latchkey: {name} has to be set in production\n")


def test_production_makes_no_keys_of_its_own(run: Run, tmp_path: Path) -> None:
    """Keys that a server made by itself would be lost with its disk, and differ from node to node."""
    path = tmp_path / "keys.json"
    status, out, err = run("serve", **in_production(SIGNING_KEYS_FILE=str(path)))
    assert (status, out) == (2, "")
    line = f"latchkey: LATCHKEY_SIGNING_KEYS_FILE: {path} cannot be used: No such file or directory\n"
    assert err == line
    assert list(tmp_path.iterdir()) == []


def test_a_bad_value_and_an_unknown_variable_are_one_line(run: Run) -> None:
    """Whatever the command, the settings come first."""
    assert run("keys", "list", ENV=SECRET) == (
        2,
        "",
        "latchkey: LATCHKEY_ENV: Input should be 'development' or 'production'\n",
    )
    line = "latchkey: LATCHKEY_BNID is not a setting; is it LATCHKEY_BIND?\n"
    assert run("keys", "list", BNID=SECRET) == (2, "", line)

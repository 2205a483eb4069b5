"""Running commands in the process of the test: what they print is what a terminal would show."""

import io
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

import cli
from tests.support.production import PRODUCTION

Run = Callable[..., tuple[int, str, str]]
"""Runs a command with this standard input and these settings; gives its status and its two outputs."""


def runner(monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str], workdir: Path) -> Run:
    """Give a function that runs commands in a folder."""
    monkeypatch.chdir(workdir)

    def call(*arguments: str, stdin: bytes = b"", **variables: str) -> tuple[int, str, str]:
        with monkeypatch.context() as patch:
            patch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(stdin)))
            for name, value in variables.items():
                patch.setenv(f"LATCHKEY_{name}", value)
            status = cli.main(arguments)
        printed = capfd.readouterr()
        return status, printed.out, printed.err

    return call


def in_production(**changes: str) -> dict[str, str]:
    """Give the variables of a production server, with these changes."""
    return {name.removeprefix("LATCHKEY_"): value for name, value in PRODUCTION.items()} | changes

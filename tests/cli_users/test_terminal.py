"""A password at a real terminal: typed twice, and never seen."""

import os
import pty
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from tests.support.databases import copy_sqlite, environment

FIRST, AGAIN = b"Password: ", b"Password, once more: "


class Terminal:
    """What a person sees of a command, and how they type."""

    def __init__(self, screen: int, process: subprocess.Popen[bytes]) -> None:
        self._screen, self._process, self.seen = screen, process, b""

    def answer(self, prompt: bytes, typed: bytes) -> None:
        """Wait for a prompt, which comes when the echo is off, and type."""
        while not self.seen.endswith(prompt):
            self.seen += os.read(self._screen, 1024)
        os.write(self._screen, typed)

    def end(self) -> int:
        """Wait for the end and give the status."""
        try:
            while chunk := os.read(self._screen, 1024):
                self.seen += chunk
        except OSError:
            pass  # Linux says so when nobody writes to a terminal any more.
        return self._process.wait(timeout=60)


@contextmanager
def terminal(workdir: Path, url: str, *arguments: str) -> Iterator[Terminal]:
    """Run a command whose standard streams are a terminal."""
    screen, line = pty.openpty()
    process = subprocess.Popen(
        [sys.executable, "-m", "cli", *arguments],
        cwd=workdir,
        env=environment({"LATCHKEY_DATABASE_URL": url}),
        stdin=line,
        stdout=line,
        stderr=line,
        # Without a terminal that controls it, the password is read from the one that it is given.
        start_new_session=True,
    )
    os.close(line)
    try:
        yield Terminal(screen, process)
    finally:
        process.kill()
        process.wait()
        os.close(screen)


@pytest.fixture
def url(sqlite_template: Path, tmp_path: Path) -> str:
    """Give the URL of a database; which one makes no difference to a terminal."""
    return copy_sqlite(sqlite_template, tmp_path)


def test_a_password_is_typed_twice_and_never_seen(tmp_path: Path, url: str) -> None:
    """The account is made, and the screen shows its id only."""
    with terminal(tmp_path, url, "user", "create", "ada@example.com") as screen:
        screen.answer(FIRST, b"correct horse battery\n")
        screen.answer(AGAIN, b"correct horse battery\n")
        assert screen.end() == 0
    assert b"horse" not in screen.seen
    assert len(screen.seen.split()[-1]) == 36


@pytest.mark.parametrize(
    ("answers", "line"),
    [
        ((b"correct horse battery\n", b"correct horse buttery\n"), b"the two passwords are not the same"),
        ((b"correct horse battery\n", b"\x04"), b"there is no password"),
        ((b"\x04",), b"there is no password"),
    ],
    ids=["two", "one", "none"],
)
def test_what_is_not_typed_twice_is_no_password(
    tmp_path: Path, url: str, answers: tuple[bytes, ...], line: bytes
) -> None:
    """A slip of the finger would lock the account's owner out."""
    with terminal(tmp_path, url, "user", "create", "ada@example.com") as screen:
        for prompt, typed in zip((FIRST, AGAIN), answers, strict=False):
            screen.answer(prompt, typed)
        assert screen.end() == 2
    assert screen.seen.splitlines()[-1] == b"latchkey: " + line
    assert b"orse" not in screen.seen

"""The folder of development: mail that can be read without a mail server, by nobody else."""

import asyncio
import os
import stat
from pathlib import Path
from typing import Any

import pytest

from services.mail_transports import Folder
from tests.services.mailing import CODE, COMPOSER, RECIPIENT, claimed
from tests.support.letters import Caught


def deliver(folder: Folder, **changes: Any) -> None:
    """Deliver a letter in a loop of its own, which may not wait for the disk."""
    asyncio.run(folder.deliver(COMPOSER.compose(claimed(**changes))))


def test_a_letter_is_a_file_for_its_owner_alone(tmp_path: Path) -> None:
    """It is named by when it was written, so that the newest is the last, and its code can be read in it."""
    folder = Folder(tmp_path / "var" / "outbox")
    deliver(folder)
    deliver(folder, id=8)
    first, second = sorted(folder.path.iterdir())
    assert first.name.startswith("20260131T235507Z-")
    assert {first.suffix, second.suffix} == {".eml"}
    assert stat.S_IMODE(first.stat().st_mode) == 0o600
    assert stat.S_IMODE(folder.path.stat().st_mode) == 0o700
    letter = Caught.of(first.read_bytes(), recipients=[])
    assert (letter.message["To"], letter.code) == (RECIPIENT, CODE)


def test_a_letter_that_is_delivered_again_is_one_file(tmp_path: Path) -> None:
    """The second takes the place of the first."""
    for _ in range(2):
        deliver(Folder(tmp_path))
    assert len(list(tmp_path.iterdir())) == 1


def test_an_address_that_is_not_ascii(tmp_path: Path) -> None:
    """The file is written in UTF-8, as the letter would travel."""
    deliver(Folder(tmp_path), recipient="jörg@bücher.example")
    (file,) = tmp_path.iterdir()
    assert "To: jörg@bücher.example" in file.read_bytes().decode()


def test_a_letter_that_cannot_be_written_leaves_nothing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Half a letter is none."""

    def fail(*_: Any) -> None:
        raise OSError("the disk is full")

    monkeypatch.setattr(os, "replace", fail)
    with pytest.raises(OSError, match="the disk is full"):
        deliver(Folder(tmp_path))
    assert list(tmp_path.iterdir()) == []

"""The files with the server's own secrets: made once, for the owner alone, and never shown."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from threading import Barrier

import pytest

from security.keys import Algorithm
from services.keystore import KeysMissing, add_key, development_ring, development_secret, load_ring

UNREADABLE = [b"", b"s3cret", b"\xff\xfes3cret"]


def make_ring(path: Path) -> object:
    """Make or read the ring of development, and give what can be compared of it."""
    return [key.kid for key in development_ring(path, algorithm=Algorithm.EDDSA)]


def make_secret(path: Path) -> object:
    """Make or read the secret of development, and give what can be compared of it."""
    return development_secret(path).derive("a test", b"value")


@pytest.mark.parametrize("make", [make_ring, make_secret])
def test_first_starts_at_the_same_time_agree(tmp_path: Path, make: Callable[[Path], object]) -> None:
    """Two servers that begin together in a fresh clone believe each other's tokens."""
    path, barrier = tmp_path / "var" / "file", Barrier(8)

    def start(_: int) -> object:
        barrier.wait()
        return make(path)

    with ThreadPoolExecutor(8) as threads:
        made = list(threads.map(start, range(8)))
    assert made == [make(path)] * 8
    assert list(path.parent.iterdir()) == [path]
    assert path.stat().st_mode & 0o777 == 0o600


@pytest.mark.parametrize("make", [make_ring, make_secret])
@pytest.mark.parametrize("content", UNREADABLE)
def test_a_file_that_is_no_secret_is_named_and_left(
    tmp_path: Path, make: Callable[[Path], object], content: bytes
) -> None:
    """Somebody put it there: it is neither overwritten nor quoted."""
    path = tmp_path / "file"
    path.write_bytes(content)
    with pytest.raises(KeysMissing) as missing:
        make(path)
    assert str(path) in str(missing.value)
    assert "s3cret" not in str(missing.value)
    assert missing.value.__cause__ is None
    assert path.read_bytes() == content


@pytest.mark.parametrize("make", [make_ring, make_secret])
def test_a_folder_that_cannot_be_made_is_named(tmp_path: Path, make: Callable[[Path], object]) -> None:
    """A read-only disk is a line, and no traceback."""
    (tmp_path / "var").write_text("a file in the way")
    path = tmp_path / "var" / "file"
    with pytest.raises(KeysMissing) as missing:
        make(path)
    assert str(missing.value) == f"{path} cannot be used: File exists"


def test_production_only_reads(tmp_path: Path) -> None:
    """What production lacks is never made up by it."""
    with pytest.raises(KeysMissing) as missing:
        load_ring(tmp_path / "ring", algorithm=Algorithm.EDDSA)
    assert str(missing.value) == f"{tmp_path / 'ring'} cannot be used: No such file or directory"
    assert list(tmp_path.iterdir()) == []


def test_a_new_key_comes_first_and_the_older_stay(tmp_path: Path) -> None:
    """Tokens that were signed yesterday are still believed."""
    path = tmp_path / "ring"
    added = [add_key(path, algorithm=Algorithm.EDDSA).kid for _ in range(3)]
    assert [key.kid for key in load_ring(path, algorithm=Algorithm.EDDSA)] == added[::-1]
    assert path.stat().st_mode & 0o777 == 0o600

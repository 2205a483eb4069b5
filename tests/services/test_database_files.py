"""Opening a file that another process is about to change: waited for, and given up in order."""

import asyncio
import sqlite3
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

import pytest

from services.database import Database
from services.errors import ServiceUnavailable
from tests.support.databases import environment
from tests.support.migrations import WAITING


@contextmanager
def writing(path: Path) -> Iterator[sqlite3.Connection]:
    """Begin to write to a new file, as a process does that makes it a WAL one a moment before we do."""
    with closing(sqlite3.connect(path, isolation_level=None, check_same_thread=False)) as other:
        other.execute("BEGIN IMMEDIATE")
        yield other


@contextmanager
def done_soon(other: sqlite3.Connection) -> Iterator[None]:
    """Let the other process finish its work while we ask for the file."""
    timer = threading.Timer(0.3, other.rollback)
    timer.start()
    yield
    timer.join()


def is_locked(path: Path) -> bool:
    """Tell whether SQLite refuses at once, whatever the busy timeout, to make the file a WAL one."""
    with closing(sqlite3.connect(path, timeout=60)) as connection:
        try:
            connection.execute("PRAGMA journal_mode=WAL")
        except sqlite3.OperationalError as error:
            return error.sqlite_errorcode == sqlite3.SQLITE_BUSY
    return False


async def pragmas_of(database: Database) -> list[object]:
    """Open a database, and give the settings that it is opened with."""
    try:
        await database.open()
        return [await database.first(f"PRAGMA {name}") for name in ("journal_mode", "foreign_keys")]
    finally:
        await database.close()


def test_a_file_that_is_taken_is_waited_for(tmp_path: Path) -> None:
    """A server opens it as soon as it is free, with every pragma: the foreign keys hold."""
    path = tmp_path / "latchkey.db"
    opening = pragmas_of(Database(f"sqlite://{path}"))
    with writing(path) as other:
        assert is_locked(path)
        with done_soon(other):
            assert asyncio.run(opening) == [{"journal_mode": "wal"}, {"foreign_keys": 1}]


def test_a_migration_waits_for_the_file(tmp_path: Path) -> None:
    """Of several that begin on a new file at once, none ends with "database is locked"."""
    path = tmp_path / "latchkey.db"
    url = {"LATCHKEY_DATABASE_URL": f"sqlite://{path}"}
    command = [sys.executable, "-c", WAITING]
    pipe = subprocess.PIPE
    with (
        writing(path) as other,
        subprocess.Popen(command, cwd=tmp_path, env=environment(url), stdin=pipe, stdout=pipe) as process,
    ):
        assert process.stdout is not None
        assert process.stdout.readline() == b"ready\n"
        assert is_locked(path)
        with done_soon(other):
            assert process.communicate(timeout=60)[0].startswith(b"latchkey: applied 0001_initial\n")
    assert process.returncode == 0


def test_a_file_that_stays_taken_is_given_up(tmp_path: Path) -> None:
    """After the busy timeout the database is called out of service, and no thread is left behind."""
    path = tmp_path / "latchkey.db"
    before = threading.active_count()
    with writing(path), pytest.raises(ServiceUnavailable) as refused:
        asyncio.run(pragmas_of(Database(f"sqlite://{path}?busy_timeout=60")))
    assert str(refused.value.__cause__) == "database is locked"
    assert threading.active_count() == before

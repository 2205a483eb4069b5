"""Decisions that share a transaction of SQLite, where it has to be undone and made again."""

import sqlite3
from collections.abc import Iterator
from contextlib import closing
from typing import Any, cast

import pytest

from services.database_decisions import _Decision, _take
from services.database_together import Asked

SMALL, HUGE = "small", "x" * 100_000
BOOK = "INSERT INTO room (number) VALUES (?) RETURNING number"
NOTE = "INSERT INTO note (text) VALUES (?)"


@pytest.fixture
def connection() -> Iterator[sqlite3.Connection]:
    """Give a database with rooms that are booked once, and notes of any length."""
    with closing(sqlite3.connect(":memory:", isolation_level=None)) as opened:
        opened.row_factory = sqlite3.Row
        opened.execute("CREATE TABLE room (number INTEGER PRIMARY KEY)")
        opened.execute("CREATE TABLE note (text TEXT NOT NULL)")
        yield opened


class _Waiter:
    """Waits, but for no more than so many looks."""

    def __init__(self, looks: float) -> None:
        self._looks = looks

    def done(self) -> bool:
        self._looks -= 1
        return self._looks < 0


def asked(number: int, text: str | None = SMALL, *, looks: float = float("inf")) -> Asked[_Decision]:
    """Ask for a room, with a note."""
    return Asked(_Decision(BOOK, (number,), [(NOTE, (text,))]), cast(Any, _Waiter(looks)))


def rooms(connection: sqlite3.Connection) -> list[int]:
    """Give the rooms that are booked. Each has its note, or there would be nothing to give."""
    booked = [number for (number,) in connection.execute("SELECT number FROM room ORDER BY number")]
    assert connection.execute("SELECT count(*) FROM note").fetchone()[0] == len(booked)
    return booked


def test_one_that_is_refused_is_undone_alone(connection: sqlite3.Connection) -> None:
    """With what it had written by then."""
    verdicts = _take(connection, [asked(1), asked(2, text=None), asked(1), asked(3)])
    assert verdicts[0] == {"number": 1}
    assert verdicts[3] == {"number": 3}
    assert [type(refused) for refused in verdicts[1:3]] == [sqlite3.IntegrityError] * 2
    assert rooms(connection) == [1, 3]
    assert not connection.in_transaction


@pytest.mark.parametrize("others", [0, 1], ids=["alone", "with another"])
def test_a_full_disk_undoes_all(connection: sqlite3.Connection, others: int) -> None:
    """And leaves no transaction open, which the next one would commit."""
    (pages,) = connection.execute("PRAGMA page_count").fetchone()
    connection.execute(f"PRAGMA max_page_count = {pages + 3}")
    with pytest.raises(sqlite3.OperationalError, match="full"):
        _take(connection, [*(asked(number) for number in range(others)), asked(7, text=HUGE)])
    assert not connection.in_transaction
    assert rooms(connection) == []
    assert _take(connection, [asked(8)]) == [{"number": 8}]


def test_who_gives_up_before_it_is_made_again_has_nothing_done(connection: sqlite3.Connection) -> None:
    """They were told that the database does not answer."""
    verdicts = _take(connection, [asked(1), asked(2, looks=1), asked(3, text=None)])
    assert verdicts[:2] == [{"number": 1}, None]
    assert rooms(connection) == [1]

"""The fixtures keep their promises, on which the meaning of every other test rests."""

import sqlite3
from contextlib import closing
from datetime import timedelta
from pathlib import Path
from urllib.parse import urlsplit

import pytest

from tests.support.clock import START, FakeClock
from tests.support.postgres import Postgres, Stop, running_postgres
from tests.support.processes import ServerProcess

_COUNT = 'SELECT count(*) AS rows FROM "{}"'
_SQLITE_TABLES = "SELECT name FROM sqlite_master WHERE type = 'table'"
_POSTGRES_TABLES = "SELECT table_name AS name FROM information_schema.tables WHERE table_schema = 'public'"


def rows_of_each_table(url: str, request: pytest.FixtureRequest) -> dict[str, int]:
    """Count the rows of every table, except the one in which Tortoise notes the migrations."""
    if url.startswith("sqlite"):
        with closing(sqlite3.connect(urlsplit(url).path)) as connection:
            names = [row[0] for row in connection.execute(_SQLITE_TABLES)]
            counts = {n: connection.execute(_COUNT.format(n)).fetchone()[0] for n in names}
    else:
        server: Postgres = request.getfixturevalue("postgres")
        name = urlsplit(url).path.removeprefix("/")
        names = [row["name"] for row in server.fetch(_POSTGRES_TABLES, database=name)]
        counts = {n: server.fetch(_COUNT.format(n), database=name)[0]["rows"] for n in names}
    return {n: count for n, count in counts.items() if not n.startswith(("tortoise_", "sqlite_"))}


def test_a_database_is_migrated_and_empty(database_url: str, request: pytest.FixtureRequest) -> None:
    """A test starts from every table of the product and from none of its rows but that of where it lives."""
    counts = rows_of_each_table(database_url, request)
    assert len(counts) >= 6
    assert counts.pop("home") == 1
    assert set(counts.values()) == {0}


def test_a_blank_database_has_no_table(blank_database_url: str, request: pytest.FixtureRequest) -> None:
    """A test of the migrations starts from nothing."""
    assert rows_of_each_table(blank_database_url, request) == {}


def test_the_clock_moves_only_when_told(clock: FakeClock) -> None:
    """Time is exact and the test's own, in both directions."""
    assert clock() == clock() == START
    clock.advance(90.5)
    assert clock() - START == timedelta(seconds=90.5)
    clock.advance(-90.5)
    assert clock() == START


@pytest.mark.parametrize("how", list(Stop))
def test_a_postgres_that_is_started_again_has_its_data(how: Stop) -> None:
    """At the same address, whichever way it ended; until then nobody can reach it."""
    with running_postgres({}) as server:
        server.execute("CREATE TABLE kept (id integer)", "INSERT INTO kept VALUES (1)")
        server.stop(how)
        with pytest.raises(ConnectionRefusedError):
            server.fetch("SELECT id FROM kept")
        server.start()
        assert server.fetch("SELECT id FROM kept") == [{"id": 1}]


def test_a_server_that_cannot_start_says_why(tmp_path: Path) -> None:
    """A failure to start is an error with the server's own words, and not a wait for the deadline."""
    settings = {"LATCHKEY_ENV": "nowhere"}
    with (
        ServerProcess(settings, workdir=tmp_path) as server,
        pytest.raises(RuntimeError, match=r"(?s)ended with status 2:.*LATCHKEY_ENV"),
    ):
        server.wait_ready()

"""The watch over the event loop is awake: a suite that it guards would fail on a blocking call."""

import sqlite3
import subprocess
import sys
import time
from contextlib import closing
from pathlib import Path

import pytest
from blockbuster import BlockingError

from tests.support.databases import environment


async def test_sleeping_in_the_loop_is_refused() -> None:
    """Even a sleep of no time at all blocks the loop by its nature."""
    with pytest.raises(BlockingError, match=r"time\.sleep"):
        time.sleep(0)  # noqa: ASYNC251 - This is the call that has to be refused.


async def test_a_synchronous_query_in_the_loop_is_refused() -> None:
    """A driver that waits for the disk holds up every other request of its worker."""
    with (
        closing(sqlite3.connect(":memory:")) as connection,
        pytest.raises(BlockingError, match=r"sqlite3\.Connection\.execute"),
    ):
        connection.execute("SELECT 1")


def test_the_same_calls_are_allowed_outside_of_a_loop() -> None:
    """Only the loop is guarded: a thread of its own is where blocking work belongs."""
    time.sleep(0)
    with closing(sqlite3.connect(":memory:")) as connection:
        assert connection.execute("SELECT 1").fetchone() == (1,)


def test_a_server_process_is_guarded_as_well(tmp_path: Path) -> None:
    """The launcher of the acceptance tests guards whatever the command line runs, here one that blocks."""
    (tmp_path / "cli.py").write_text(
        "import asyncio, time\n"
        "async def serve(): time.sleep(0)\n"
        "def main(arguments): asyncio.run(serve()); return 0\n"
    )
    ended = subprocess.run(
        [sys.executable, "-m", "tests.support.blockbusted", "serve"],
        cwd=tmp_path,
        env=environment({}),
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        check=False,
    )
    assert ended.returncode == 1
    assert ended.stderr.endswith("blockbuster.blockbuster.BlockingError: Blocking call to time.sleep\n")

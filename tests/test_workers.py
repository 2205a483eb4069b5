"""The supervisor by itself, over workers that do nothing but live and die."""

import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from itertools import pairwise
from pathlib import Path

import pytest

import workers
from tests.support import ROOT
from tests.support.databases import environment
from tests.support.ports import free_port

# It begins with SIGCHLD ignored, as whoever starts it may have left it.
_SCRIPT = """
import logging, os, signal, socket, sys, time
import workers

logging.basicConfig(stream=sys.stdout, level=logging.INFO, format="%(created).3f %(message)s")
workers.PAUSE, workers.PATIENCE = 0.3, 0.5
listener = socket.create_server(("127.0.0.1", int(sys.argv[1])))
signal.signal(signal.SIGCHLD, signal.SIG_IGN)
worker = workers.Supervisor(2, listener).run()
exec(sys.argv[2])
"""
_READY = "worker.tell_ready(); signal.pause()"
_READY_OR_DEAD = "worker.is_first or sys.exit(5); worker.tell_ready(); signal.pause()"
_NUMBERED = f"print('number', worker.number, flush=True); {_READY_OR_DEAD}"
_STUBBORN = (
    "signal.signal(signal.SIGTERM, signal.SIG_IGN); print('deaf', flush=True); worker.tell_ready();"
    " signal.pause(); signal.pause()"
)


@contextmanager
def supervising(work: str) -> Iterator[subprocess.Popen[str]]:
    """Run a supervisor whose two workers run this code; what is left of them is killed at the end."""
    process = subprocess.Popen(
        [sys.executable, "-c", _SCRIPT, str(free_port()), work],
        cwd=ROOT,
        env=environment({}),
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        text=True,
        start_new_session=True,
    )
    with process:
        try:
            yield process
        finally:
            with suppress(ProcessLookupError):
                os.killpg(process.pid, signal.SIGKILL)


def lines(process: subprocess.Popen[str], count: int) -> list[str]:
    """Read so many lines of what it says."""
    assert process.stdout is not None
    return [process.stdout.readline().strip() for _ in range(count)]


def test_a_worker_that_dies_at_once_is_started_again_after_a_pause() -> None:
    """Again and again, but no more often than that: the others keep the processor."""
    with supervising(_READY_OR_DEAD) as process:
        said = lines(process, 8)
    starts = [float(line.split()[0]) for line in said[1:] if line.endswith("started")]
    assert [line.split(maxsplit=3)[3] for line in said] == ["started"] + [
        "started",
        "ended with status 5 and is replaced",
    ] * 3 + ["started"]
    assert all(later - earlier >= 0.29 for earlier, later in pairwise(starts))


def test_who_replaces_a_worker_has_its_number() -> None:
    """What goes by the number, as the port of its metrics, is had by one worker at a time."""
    numbers: list[str] = []
    with supervising(_NUMBERED) as process:
        # On a busy machine the second may have been replaced before the first, which stays, has said a word.
        while "0" not in numbers or numbers.count("1") < 3:
            (line,) = lines(process, 1)
            numbers += line.split()[1:] if line.startswith("number ") else []
    assert (numbers.count("0"), set(numbers)) == (1, {"0", "1"})


@pytest.mark.parametrize(
    ("work", "status"), [("sys.exit(2)", 2), ("os.kill(os.getpid(), signal.SIGKILL)", 1)]
)
def test_a_first_worker_that_cannot_begin_ends_it_all(work: str, status: int) -> None:
    """It is not tried again: what it said stands once, and the status is its own."""
    with supervising(work) as process:
        (line,) = lines(process, 1)
        assert line.endswith("started")
        assert process.wait(timeout=30) == status
        assert lines(process, 1) == [""]


def test_a_worker_that_does_not_stop_is_killed() -> None:
    """The supervisor ends all the same, and says by its status that something was cut off."""
    with supervising(_STUBBORN) as process:
        # Both have started, and neither hears any more.
        lines(process, 4)
        process.terminate()
        assert process.wait(timeout=30) == 1
        assert all(line.endswith("did not stop and is killed") for line in lines(process, 2))


def test_workers_that_do_not_listen_for_signals_yet_end_by_them() -> None:
    """To be stopped in the middle of a start is no failure."""
    with supervising(_READY) as process:
        lines(process, 2)
        process.terminate()
        assert process.wait(timeout=30) == 0


def test_a_supervisor_has_no_thread_that_a_fork_would_lose(tmp_path: Path) -> None:
    """Also with the whole application built: a lock that a thread held would stay held in every worker."""
    script = (
        "import os, serving, workers\n"
        "from settings import load\n"
        "workers.Supervisor.run = lambda _: exit(len(os.listdir('/proc/self/task')))\n"
        "serving.serve(load(), workers=2)\n"
    )
    settings = {
        "LATCHKEY_VALKEY_URL": "valkeys://cache.example.com",
        "LATCHKEY_BIND": f"127.0.0.1:{free_port()}",
    }
    ended = subprocess.run(
        [sys.executable, "-c", script],
        cwd=tmp_path,
        env=environment(settings),
        stdin=subprocess.DEVNULL,
        check=False,
    )
    assert ended.returncode == 1


def test_when_no_process_can_be_made_it_is_tried_again(monkeypatch: pytest.MonkeyPatch) -> None:
    """A machine may be out of memory just when a worker was killed for it: the others do not end for that."""
    supervisor = workers.Supervisor(2, None)  # type: ignore[arg-type]

    def refuse() -> int:
        raise BlockingIOError(11, "Resource temporarily unavailable")

    monkeypatch.setattr(os, "fork", refuse)
    assert supervisor._fork() is None
    assert len(supervisor._due) == 2
    for end in supervisor._lifeline:
        os.close(end)

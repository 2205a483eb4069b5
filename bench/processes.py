"""Processes that are measured: kept on a core, with their processor time and memory as Linux tells them."""

import os
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

from bench.connections import WrongAnswer
from tests.support.databases import environment
from tests.support.ports import free_port

_START_SECONDS = 30


@contextmanager
def on_cores(*cores: int) -> Iterator[None]:
    """Keep this process on some cores; what it starts meanwhile stays there for all its life."""
    before = os.sched_getaffinity(0)
    os.sched_setaffinity(0, cores)
    try:
        yield
    finally:
        os.sched_setaffinity(0, before)


@contextmanager
def running_floor(name: str, workdir: Path, *, core: int) -> Iterator[tuple[int, int]]:
    """Run a floor on a core, and give the id of its process and its port."""
    port = free_port()
    with on_cores(core):
        process = subprocess.Popen(
            [sys.executable, "-m", "bench.floors", name, str(port)],
            cwd=workdir,
            env=environment({}),
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
    try:
        _wait_listening(process, port)
        yield process.pid, port
    finally:
        process.kill()
        process.wait()


def run_module(module: str, *arguments: str, workdir: Path, settings: Mapping[str, str]) -> list[str]:
    """Run a module with the settings of a server and give the lines that it prints.

    Raises:
        RuntimeError: it failed; the message holds what it said.
    """
    done = subprocess.run(
        [sys.executable, "-m", module, *arguments],
        cwd=workdir,
        env=environment(settings),
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        check=False,
    )
    if done.returncode != 0:
        raise RuntimeError(f"{module} ended with status {done.returncode}:\n{done.stderr}")
    return done.stdout.splitlines()


def cpu_seconds(pid: int) -> float:
    """Tell the processor time that a process has had, its own and the kernel's for it."""
    # The name of the program, in parentheses, may hold blanks; times are the 14th and 15th field.
    fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def memory_mib(pid: int) -> float:
    """Tell the resident memory of a process."""
    pages = int(Path(f"/proc/{pid}/statm").read_text().split()[1])
    return pages * os.sysconf("SC_PAGE_SIZE") / 2**20


def _wait_listening(process: "subprocess.Popen[bytes]", port: int) -> None:
    listening = f"0100007F:{port:04X} 00000000:0000 0A"
    deadline = time.monotonic() + _START_SECONDS
    while listening not in Path("/proc/net/tcp").read_text():
        if process.poll() is not None or time.monotonic() > deadline:
            raise WrongAnswer("a floor did not start")
        time.sleep(0.02)

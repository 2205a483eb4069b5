"""A node: one server process, which faults end and replace, and the connections that clients keep to it."""

import asyncio
import os
import signal
import time
from collections.abc import Mapping
from pathlib import Path

from bench.connections import Answer, Connection
from bench.processes import memory_mib
from soak.trouble import Trouble
from tests.support.ports import free_port
from tests.support.processes import ServerProcess

_KEPT = 2.0
"""For how many seconds an idle connection is used again: Hypercorn ends it after five, without a word."""


class Node:
    """A server at an address that stays the same when another process takes it over."""

    def __init__(self, number: int, settings: Mapping[str, str], *, workdir: Path) -> None:
        """Take the settings that all nodes share."""
        self.number, self.port = number, free_port()
        self.trouble, self.replaced = Trouble(), 0
        self.memory_at_start = 0.0
        self._settings, self._workdir = settings, workdir
        self._process: ServerProcess | None = None
        self._idle: list[tuple[float, int, Connection]] = []

    def start(self) -> None:
        """Start its process, and wait until it is ready.

        Raises:
            RuntimeError: it ended, or is not ready in time.
        """
        self._process = ServerProcess(
            self._settings, workdir=self._workdir, port=self.port, launcher="cli"
        ).wait_ready()
        self.memory_at_start = self.memory

    def kill(self) -> None:
        """End its process by SIGKILL, if there is one."""
        if self._process is not None:
            self._process.kill()
            self._process = None
            self.replaced += 1

    def freeze(self) -> None:
        """Let its process do nothing, while the kernel still takes connections for it."""
        os.killpg(self._running.pid, signal.SIGSTOP)

    def thaw(self) -> None:
        """Let its process go on."""
        os.killpg(self._running.pid, signal.SIGCONT)

    @property
    def memory(self) -> float:
        """The resident memory of its process, in MiB."""
        return memory_mib(self._running.pid)

    async def ask(self, request: bytes, *, patience: float) -> Answer:
        """Send a request and give the answer; whoever runs out of patience hangs up.

        Raises:
            NoAnswer: the connection was closed instead.
            OSError: nobody takes it, or no answer came in time.
        """
        connection = self._connection()
        try:
            async with asyncio.timeout(patience):
                answer = await connection.ask(request)
        except BaseException:
            connection.close()
            raise
        self._idle.append((time.monotonic(), self.replaced, connection))
        return answer

    def hang_up(self) -> None:
        """Close the connections that are kept."""
        while self._idle:
            self._idle.pop()[2].close()

    def _connection(self) -> Connection:
        while self._idle:
            since, replaced, connection = self._idle.pop()
            # What was connected to a process that is gone is no connection to the one in its place.
            if replaced == self.replaced and time.monotonic() - since < _KEPT:
                return connection
            connection.close()
        return Connection(self.port)

    @property
    def _running(self) -> ServerProcess:
        if self._process is None:
            raise RuntimeError(f"node {self.number} is not running")
        return self._process

"""Several processes on one listening socket: a supervisor starts them, replaces the dead, and stops them."""

import logging
import os
import signal
import socket
import sys
import time
from collections.abc import Collection, Sequence
from dataclasses import dataclass, field
from typing import NoReturn

PAUSE = 1.0
"""How long after its start a worker that died is replaced at the earliest, in seconds."""

PATIENCE = 25.0
"""How long workers may take to stop, in seconds: twice their own ten, for requests and what outlives them."""

READY = signal.SIGUSR1
"""What a worker tells its supervisor when it listens."""

_AWAITED = (READY, signal.SIGCHLD, signal.SIGTERM, signal.SIGINT)
logger = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Worker:
    """What a worker process knows of its supervisor."""

    supervisor: int
    lifeline: int
    """A file descriptor that becomes readable when the supervisor is gone, however it went."""
    is_first: bool
    number: int
    """From 0 to one less than there are; who replaces another has the number of that one."""

    def tell_ready(self) -> None:
        """Tell the supervisor that this worker listens."""
        if os.getppid() == self.supervisor:
            os.kill(self.supervisor, READY)


@dataclass(slots=True)
class Supervisor:
    """Keeps so many workers running on a socket. Without a loop or threads, it forks and waits for signals.

    The first worker is started alone. If it cannot begin, the others could not either, and it has said why.
    """

    count: int
    listener: socket.socket
    beside: Sequence[socket.socket] = ()
    """What else is listened on, and no more once all are to stop."""
    _running: dict[int, float] = field(default_factory=dict)
    _numbers: dict[int, int] = field(default_factory=dict)
    _due: list[float] = field(default_factory=lambda: [0.0])
    _is_up: bool = False
    _lifeline: tuple[int, int] = field(default_factory=os.pipe)

    def run(self) -> Worker:
        """Run workers until SIGTERM or SIGINT. It returns in each of the workers, to be one.

        Raises:
            SystemExit: in the supervisor, at its end, with the status that its process is to have.
        """
        # Whoever started us may ignore it, which is inherited, and then the dead would go without a word.
        signal.signal(signal.SIGCHLD, signal.SIG_DFL)
        # Blocked, a signal waits until it is asked for. Nothing is interrupted, and none is lost.
        signal.pthread_sigmask(signal.SIG_BLOCK, _AWAITED)
        while True:
            while self._due and self._due[0] <= time.monotonic():
                del self._due[0]
                if (worker := self._fork()) is not None:
                    return worker
            number = _next_signal(_AWAITED, self._due[0] if self._due else None)
            if number in (signal.SIGTERM, signal.SIGINT):
                self._stop()
            if number == READY and not self._is_up:
                self._is_up = True
                self._due += [0.0] * (self.count - 1)
            for pid, status in self._ended():
                self._replace(pid, status)

    def _fork(self) -> Worker | None:
        supervisor, (lifeline, held) = os.getpid(), self._lifeline
        number = min(set(range(self.count)) - set(self._numbers.values()))
        sys.stdout.flush()
        try:
            pid = os.fork()
        except OSError as error:
            logger.error("no worker could be started: %s", error.strerror)
            self._due.append(time.monotonic() + PAUSE)
            return None
        if pid:
            self._running[pid], self._numbers[pid] = time.monotonic(), number
            logger.info("worker %d started", pid)
            return None
        # Only the supervisor holds this end: when it ends, in whatever way, the kernel closes it.
        os.close(held)
        # A terminal sends SIGINT to everybody; workers are told by their supervisor.
        signal.pthread_sigmask(signal.SIG_UNBLOCK, set(_AWAITED) - {signal.SIGINT})
        return Worker(supervisor, lifeline, is_first=not self._is_up, number=number)

    def _replace(self, pid: int, status: int) -> None:
        if not self._is_up:
            raise SystemExit(status if status > 0 else 1)
        logger.warning("worker %d ended with status %d and is replaced", pid, status)
        del self._numbers[pid]
        self._due.append(max(self._running.pop(pid) + PAUSE, time.monotonic()))
        self._due.sort()

    def _stop(self) -> NoReturn:
        for listener in (self.listener, *self.beside):
            listener.close()
        for pid in self._running:
            os.kill(pid, signal.SIGTERM)
        deadline, statuses = time.monotonic() + PATIENCE, set[int]()
        while self._running and time.monotonic() < deadline:
            for pid, status in self._ended():
                del self._running[pid]
                statuses.add(status)
            if self._running:
                _next_signal((signal.SIGCHLD,), deadline)
        for pid in self._running:
            logger.error("worker %d did not stop and is killed", pid)
            os.kill(pid, signal.SIGKILL)
        # A worker that was not listening for the signal yet has ended by it.
        raise SystemExit(0 if statuses <= {0, -signal.SIGTERM} and not self._running else 1)

    def _ended(self) -> Sequence[tuple[int, int]]:
        found = [(pid, os.waitpid(pid, os.WNOHANG)) for pid in self._running]
        return [(pid, os.waitstatus_to_exitcode(status)) for pid, (ended, status) in found if ended]


def _next_signal(awaited: Collection[signal.Signals], deadline: float | None) -> int | None:
    if deadline is None:
        return signal.sigwait(awaited)
    found = signal.sigtimedwait(awaited, max(0.0, deadline - time.monotonic()))
    return found.si_signo if found else None

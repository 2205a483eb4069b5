"""Free TCP ports on the loopback interface."""

import fcntl
import os
import random
import socket
import tempfile
from collections import deque
from pathlib import Path

# Below the range from which Linux takes the ports of outgoing connections, so that no client gets one of
# these between the moment it is chosen here and the moment a server listens on it.
_FIRST, _LAST, _SHARE = 20_000, 32_000, 100

# Whoever has one of these may have stopped for a moment, and be about to listen on it again.
_given: deque[int] = deque(maxlen=_SHARE // 2)


def free_port() -> int:
    """Choose a port of 127.0.0.1 that nobody listens on, from a share of this process alone.

    Raises:
        RuntimeError: every port of the share is taken.
    """
    candidates = [port for port in range(_first, _first + _SHARE) if port not in _given]
    for port in random.sample(candidates, len(candidates)):
        with socket.socket() as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            try:
                probe.bind(("127.0.0.1", port))
            except OSError:
                continue
            _given.append(port)
            return port
    raise RuntimeError(f"no free port from {_first} to {_first + _SHARE - 1}")


def two_ports() -> int:
    """Choose a port that nobody listens on, and nobody on the next one either."""
    while True:
        port = free_port()
        with socket.socket() as probe:
            if probe.connect_ex(("127.0.0.1", port + 1)) != 0:
                return port


def _claim() -> int:
    """Take the first share that no other process has, by a lock on a file, which ends with this process.

    Several test runs on one machine, with several workers each, never take a port from each other.
    """
    for first in range(_FIRST, _LAST, _SHARE):
        claim = os.open(Path(tempfile.gettempdir(), f"latchkey-tests-ports-{first}"), os.O_CREAT | os.O_RDWR)
        try:
            fcntl.flock(claim, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            os.close(claim)
        else:
            return first
    raise RuntimeError("too many test runs on this machine")


_first = _claim()

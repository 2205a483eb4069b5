"""Free TCP ports on the loopback interface."""

import os
import random
import socket
from collections import deque

# Below the range from which Linux takes the ports of outgoing connections, so that no client gets one of
# these between the moment it is chosen here and the moment a server listens on it.
_FIRST, _LAST, _SHARE = 20_000, 32_000, 100

# Whoever has one of these may have stopped for a moment, and be about to listen on it again.
_given: deque[int] = deque(maxlen=_SHARE // 2)


def free_port() -> int:
    """Choose a port of 127.0.0.1 that nobody listens on, from a share of this pytest-xdist worker alone.

    Raises:
        RuntimeError: every port of the share is taken.
    """
    worker = int(os.environ.get("PYTEST_XDIST_WORKER", "gw0").removeprefix("gw"))
    first = _FIRST + worker * _SHARE % (_LAST - _FIRST)
    candidates = [port for port in range(first, first + _SHARE) if port not in _given]
    for port in random.sample(candidates, len(candidates)):
        with socket.socket() as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            try:
                probe.bind(("127.0.0.1", port))
            except OSError:
                continue
            _given.append(port)
            return port
    raise RuntimeError(f"no free port from {first} to {first + _SHARE - 1}")

"""A real server in a process of its own, for tests that restart it, kill it or speak HTTP to it."""

import http.client
import os
import signal
import subprocess
import sys
import time
from collections.abc import Mapping, Sequence
from contextlib import suppress
from pathlib import Path
from types import TracebackType
from typing import Self

from tests.support.databases import environment
from tests.support.ports import free_port

_START_SECONDS = 60
_STOP_SECONDS = 30


class ServerProcess:
    """`latchkey serve` under blockbuster, on a free port; leaving its `with` block kills what still runs.

    The settings are LATCHKEY_ variables; BIND and PUBLIC_URL are added. The working directory is the
    caller's: servers that are given the same one share the keys and the data in it, others share nothing.
    The launcher is a module of the tests that runs the command line under the guard.
    """

    def __init__(
        self,
        settings: Mapping[str, str],
        *,
        workdir: Path,
        port: int | None = None,
        arguments: Sequence[str] = ("serve",),
        launcher: str = "tests.support.blockbusted",
    ) -> None:
        self.port = port or free_port()
        self.base_url = f"http://127.0.0.1:{self.port}"
        self._log = workdir / f"server-{self.port}.log"
        own = {"LATCHKEY_BIND": f"127.0.0.1:{self.port}", "LATCHKEY_PUBLIC_URL": self.base_url}
        with self._log.open("ab") as output:
            # A group of its own, so that its worker processes can be killed together with it.
            self._process = subprocess.Popen(
                [sys.executable, "-m", launcher, *arguments],
                cwd=workdir,
                env=environment({**own, **settings}),
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=subprocess.STDOUT,
                start_new_session=True,
            )

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        self.kill()

    @property
    def pid(self) -> int:
        """The process that was started: the parent of the workers, when there are several."""
        return self._process.pid

    def log_text(self) -> str:
        """Give everything that the server has printed so far, on standard output and error."""
        return self._log.read_text()

    def wait_ready(self) -> Self:
        """Wait until /readyz answers 200.

        Raises:
            RuntimeError: the server ended, or is not ready in time; the message holds its log.
        """
        deadline = time.monotonic() + _START_SECONDS
        while not self._is_ready():
            try:
                status = self._process.wait(timeout=0.02)
            except subprocess.TimeoutExpired:
                if time.monotonic() < deadline:
                    continue
                raise RuntimeError(f"not ready after {_START_SECONDS} s:\n{self.log_text()}") from None
            raise RuntimeError(f"the server ended with status {status}:\n{self.log_text()}")
        return self

    def terminate(self) -> int:
        """Ask the server to stop with SIGTERM, wait, and give its exit status.

        Raises:
            subprocess.TimeoutExpired: it does not stop in time.
        """
        self.signal_stop()
        return self.wait_ended()

    def signal_stop(self) -> None:
        """Ask the server to stop with SIGTERM, and do not wait for it."""
        self._process.terminate()

    def wait_ended(self) -> int:
        """Wait until a server that was told to stop has ended, and give its exit status.

        Raises:
            subprocess.TimeoutExpired: it does not stop in time.
        """
        return self._process.wait(timeout=_STOP_SECONDS)

    def kill(self) -> None:
        """End the server and its workers at once with SIGKILL; one that has ended already stays ended."""
        with suppress(ProcessLookupError):
            os.killpg(self._process.pid, signal.SIGKILL)
        self._process.wait()

    def _is_ready(self) -> bool:
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=5)
        try:
            connection.request("GET", "/readyz")
            return connection.getresponse().status == 200
        except (OSError, http.client.HTTPException):
            return False
        finally:
            connection.close()

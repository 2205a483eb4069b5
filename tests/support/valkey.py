"""A private Valkey or Redis for a test, which the test can stop, freeze and start again."""

import os
import secrets
import shutil
import signal
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import redis

from tests.support.certificates import Certificate
from tests.support.ports import free_port

_START_SECONDS = 30


@dataclass
class Valkey:
    """A server on a port of its own, with a password; it keeps nothing when it stops."""

    home: Path
    certificate: Certificate | None = None
    port: int = field(default_factory=free_port)
    password: str = field(default_factory=lambda: secrets.token_hex(16), repr=False)
    user: str = ""
    """Whose password it is; that of whoever gives no name, if there is none."""
    _process: subprocess.Popen[str] | None = None

    @property
    def url(self) -> str:
        """The URL, as LATCHKEY_VALKEY_URL takes it."""
        return f"valkey{'s' * bool(self.certificate)}://{self.user}:{self.password}@127.0.0.1:{self.port}"

    def start(self) -> None:
        """Start it, empty, on the port that it had before, and wait until it answers.

        Raises:
            RuntimeError: it ended, or does not answer in time.
        """
        with (self.home / "log").open("wb") as output:
            process = subprocess.Popen(
                [*_dying_with_the_tests(), _program(self.home), "-"],
                cwd=self.home,
                stdin=subprocess.PIPE,
                stdout=output,
                stderr=subprocess.STDOUT,
                start_new_session=True,
                text=True,
            )
        assert process.stdin is not None
        process.stdin.write(self._configuration())
        process.stdin.close()
        self._process = process
        deadline = time.monotonic() + _START_SECONDS
        while not self._answers():
            with suppress(subprocess.TimeoutExpired):
                process.wait(timeout=0.01)
                raise RuntimeError(f"Valkey did not start:\n{(self.home / 'log').read_text()}")
            if time.monotonic() > deadline:
                raise RuntimeError("Valkey does not answer")

    def stop(self) -> None:
        """End it at once: connections are refused from now on."""
        if self._process is not None:
            self._process.kill()
            self._process.wait()
            self._process = None

    def freeze(self) -> None:
        """Let it answer nothing, while the kernel still takes connections for it."""
        self._signal(signal.SIGSTOP)

    def thaw(self) -> None:
        """Let it go on."""
        self._signal(signal.SIGCONT)

    def ask(self, *command: str | int) -> Any:
        """Send a command and give its answer, on a connection of its own."""
        options: dict[str, Any] = {"ssl": True, "ssl_cert_reqs": "none"} if self.certificate else {}
        with redis.Redis(
            port=self.port,
            username=self.user or None,
            password=self.password,
            socket_timeout=10,
            decode_responses=True,
            **options,
        ) as client:
            return client.execute_command(*command)

    def _answers(self) -> bool:
        try:
            return bool(self.ask("PING"))
        except redis.ConnectionError:
            return False

    def _signal(self, number: signal.Signals) -> None:
        assert self._process is not None
        self._process.send_signal(number)

    def _configuration(self) -> str:
        lines = ["bind 127.0.0.1", f"requirepass {self.password}", 'save ""', f"dir {self.home}"]
        if self.certificate is None:
            return "\n".join([*lines, f"port {self.port}"])
        for name, text in (("cert", self.certificate.certificate), ("key", self.certificate.key)):
            (self.home / name).write_text(text)
            lines.append(f"tls-{name}-file {self.home / name}")
        return "\n".join([*lines, "port 0", f"tls-port {self.port}", "tls-auth-clients no"])


@contextmanager
def running_valkey(*, certificate: Certificate | None = None) -> Iterator[Valkey]:
    """Run a server, with TLS if it is given a certificate, and remove all of it afterwards.

    Raises:
        RuntimeError: neither Valkey nor Redis is installed, or it did not start.
    """
    home = Path(tempfile.mkdtemp(prefix="latchkey-valkey-"))
    server = Valkey(home, certificate)
    try:
        server.start()
        yield server
    finally:
        server.stop()
        shutil.rmtree(home, ignore_errors=True)


def _program(home: Path) -> str:
    """Find the server. Debian's tools alone have it too: under another name, by which it would only check."""
    for name in ("valkey-server", "redis-server"):
        if found := shutil.which(name):
            return found
    for name in ("valkey", "redis"):
        if found := shutil.which(f"{name}-check-rdb"):
            link = home / f"{name}-server"
            if not link.exists():
                os.symlink(found, link)
            return str(link)
    raise RuntimeError("the tests need Valkey or Redis: install the Debian package redis-tools")


def _dying_with_the_tests() -> list[str]:
    # A test run that is killed outright has no chance to stop its servers, so the kernel does it.
    setpriv = shutil.which("setpriv")
    return [setpriv, "--pdeathsig", "KILL"] if setpriv else []

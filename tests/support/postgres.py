"""A private PostgreSQL for one run of the tests, made from nothing and removed at its end."""

import asyncio
import os
import pwd
import secrets
import shutil
import signal
import subprocess
import tempfile
import time
from collections.abc import Coroutine, Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass, field
from enum import Enum
from pathlib import Path
from typing import Any, TypedDict

import asyncpg

from tests.support.ports import free_port

_START_SECONDS = 60
_SETTINGS = {"listen_addresses": "127.0.0.1", "max_connections": "200"}

FORGETFUL = {
    # Nothing in here outlives the run, so durability would only cost time.
    "fsync": "off",
    "full_page_writes": "off",
    "synchronous_commit": "off",
    # A visit of autovacuum to the template would make a CREATE DATABASE from it wait.
    "autovacuum": "off",
}
"""What a server is set to whose data nobody will ever miss."""


class Stop(Enum):
    """How a server ends: by the signals that `pg_ctl stop` sends in its modes of these names."""

    FAST = signal.SIGINT
    IMMEDIATE = signal.SIGQUIT


class _Account(TypedDict, total=False):
    """What `subprocess` takes to run as somebody else; empty, it runs as whoever runs the tests."""

    user: int
    group: int


@dataclass(frozen=True)
class Postgres:
    """A running server and the superuser it was made with."""

    port: int
    user: str
    password: str = field(repr=False)
    _daemon: "_Daemon" = field(repr=False)

    def stop(self, how: Stop) -> None:
        """Stop it, as `pg_ctl stop` does in this mode, and wait until it has ended."""
        self._daemon.stop(how)

    def start(self) -> None:
        """Start it again, with the data that it had, and wait until it answers.

        Raises:
            RuntimeError: it ended, or does not answer in time.
        """
        self._daemon.start()

    def url(self, database: str) -> str:
        """Write the URL of a database, as LATCHKEY_DATABASE_URL takes it."""
        return f"postgres://{self.user}:{self.password}@127.0.0.1:{self.port}/{database}"

    @property
    def environment(self) -> dict[str, str]:
        """What PostgreSQL's own tools find the server by."""
        account = {"PGHOST": "127.0.0.1", "PGPORT": str(self.port), "PGUSER": self.user}
        return {**account, "PGPASSWORD": self.password}

    def execute(self, *statements: str, database: str = "postgres") -> None:
        """Run statements one by one, each outside a transaction, as CREATE DATABASE wants it."""
        for statement in statements:
            self.fetch(statement, database=database)

    def fetch(self, query: str, *, database: str = "postgres") -> list[dict[str, Any]]:
        """Run one query and give its rows."""
        return _apart(self._fetch(query, database))

    async def _fetch(self, query: str, database: str) -> list[dict[str, Any]]:
        connection = await asyncpg.connect(
            host="127.0.0.1",
            port=self.port,
            user=self.user,
            password=self.password,
            database=database,
            ssl=False,
        )
        try:
            return [dict(row) for row in await connection.fetch(query)]
        finally:
            await connection.close()


@contextmanager
def running_postgres(settings: Mapping[str, str] = FORGETFUL) -> Iterator[Postgres]:
    """Make a cluster in a temporary folder, run it, and remove both afterwards, whatever happened.

    What `settings` do not say is as PostgreSQL has it by default, durability included.

    Raises:
        RuntimeError: PostgreSQL is not installed, or did not start.
    """
    binaries = _binaries()
    account = _account()
    # The socket lies in this folder too, and the path of a socket may have 107 bytes at most.
    home = Path(tempfile.mkdtemp(prefix="latchkey-pg-"))
    daemon = _Daemon(binaries, home, account, free_port(), settings)
    server = Postgres(daemon.port, "latchkey", secrets.token_hex(16), daemon)
    try:
        _hand_over(home, account)
        _initialise(binaries, home, server, account)
        daemon.start()
        yield server
    finally:
        daemon.stop(Stop.IMMEDIATE)
        shutil.rmtree(home, ignore_errors=True)


def program(name: str) -> str:
    """Find one of PostgreSQL's programs, of the release that the tests run.

    Raises:
        RuntimeError: PostgreSQL is not installed.
    """
    return str(_binaries() / name)


def _binaries() -> Path:
    """Find PostgreSQL 15, the release that is supported; another one only where it is missing."""
    installed = [path.parent for path in Path("/usr/lib/postgresql").glob("*/bin/initdb")]
    installed.sort(key=lambda binaries: binaries.parent.name != "15")
    if on_path := shutil.which("initdb"):
        installed.append(Path(on_path).resolve().parent)
    if not installed:
        raise RuntimeError("the tests need PostgreSQL: install the Debian package postgresql")
    return installed[0]


def _account() -> _Account:
    """Give the user and group to run as: PostgreSQL refuses to run as root."""
    if os.geteuid() != 0:
        return {}
    entry = pwd.getpwnam("postgres")
    return {"user": entry.pw_uid, "group": entry.pw_gid}


def _hand_over(path: Path, account: _Account) -> None:
    if account:
        os.chown(path, account["user"], account["group"])


def _initialise(binaries: Path, home: Path, server: Postgres, account: _Account) -> None:
    password_file = home / "password"
    password_file.write_text(server.password)
    _hand_over(password_file, account)
    command = [
        f"{binaries}/initdb",
        f"--pgdata={home}/data",
        f"--username={server.user}",
        f"--pwfile={password_file}",
        "--auth=scram-sha-256",
        "--encoding=UTF8",
        "--locale=C.UTF-8",
        "--no-sync",
        "--no-instructions",
    ]
    made = subprocess.run(
        command, cwd=home, stdin=subprocess.DEVNULL, capture_output=True, text=True, check=False, **account
    )
    if made.returncode != 0:
        raise RuntimeError(f"initdb failed:\n{made.stdout}{made.stderr}")


@dataclass
class _Daemon:
    """The process of a server, which can be started again where it was stopped."""

    binaries: Path
    home: Path
    account: _Account
    port: int
    settings: Mapping[str, str]
    _process: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        command = [f"{self.binaries}/postgres", "-D", f"{self.home}/data"]
        command += ["-p", str(self.port), "-k", str(self.home)]
        for name, value in {**_SETTINGS, **self.settings}.items():
            command += ["-c", f"{name}={value}"]
        # A test run that is killed outright has no chance to stop its server, so the kernel does it.
        if setpriv := shutil.which("setpriv"):
            command = [setpriv, "--pdeathsig", "QUIT", *command]
        with (self.home / "log").open("ab") as output:
            self._process = subprocess.Popen(
                command,
                cwd=self.home,
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=subprocess.STDOUT,
                start_new_session=True,
                **self.account,
            )
        self._wait_until_ready(self._process)

    def stop(self, how: Stop) -> None:
        if self._process is not None:
            self._process.send_signal(how.value)
            self._process.wait()

    def _wait_until_ready(self, process: subprocess.Popen[bytes]) -> None:
        probe = [f"{self.binaries}/pg_isready", "--quiet", "--host=127.0.0.1", f"--port={self.port}"]
        deadline = time.monotonic() + _START_SECONDS
        while subprocess.run(probe, check=False).returncode != 0:
            try:
                process.wait(timeout=0.02)
            except subprocess.TimeoutExpired:
                if time.monotonic() < deadline:
                    continue
            raise RuntimeError(f"PostgreSQL did not start:\n{(self.home / 'log').read_text()}")


def _apart(work: Coroutine[Any, Any, list[dict[str, Any]]]) -> list[dict[str, Any]]:
    """Run a coroutine on a loop of its own in a thread of its own: the test's loop stays as it is."""
    with ThreadPoolExecutor(max_workers=1) as thread:
        return thread.submit(asyncio.run, work).result()

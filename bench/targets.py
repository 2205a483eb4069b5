"""The server that is measured, set up as in production, but with limits that nobody reaches."""

import secrets
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from bench.operations import Operations
from bench.processes import on_cores, run_module
from tests.support.databases import migrate
from tests.support.ports import free_port
from tests.support.processes import ServerProcess

_UNLIMITED = "1000000/second"


@dataclass(frozen=True, slots=True)
class Target:
    """A running server, and what can be asked of it."""

    pid: int
    port: int
    operations: Operations


@contextmanager
def running_target(
    database_url: str,
    workdir: Path,
    *,
    cores: Sequence[int],
    sessions: int,
    command: Sequence[str] = ("cli", "serve"),
) -> Iterator[Target]:
    """Run a server with one worker on some cores, with an account that has so many sessions.

    The command is a module and its arguments, in which `{port}` stands for the port.
    """
    settings = {f"LATCHKEY_{name}": value for name, value in _settings(database_url, workdir).items()}
    migrate(database_url, workdir=workdir)
    run_module("cli", "keys", "generate", workdir=workdir, settings=settings)
    user_id, *cookies = run_module("bench.people", str(sessions), workdir=workdir, settings=settings)
    port = free_port()
    launcher, *arguments = (part.format(port=port) for part in command)
    with on_cores(*cores):
        server = ServerProcess(settings, workdir=workdir, port=port, launcher=launcher, arguments=arguments)
    with server:
        server.wait_ready()
        yield Target(server.pid, server.port, Operations(user_id, iter(cookies)))


def _settings(database_url: str, workdir: Path) -> dict[str, str]:
    return {
        "ENV": "production",
        "PUBLIC_URL": "https://accounts.example.com",
        "DATABASE_URL": database_url,
        # Nothing that is measured sends mail, and nobody listens there.
        "SMTP_URL": "smtp://127.0.0.1:9",
        "SIGNING_KEYS_FILE": str(workdir / "keys.json"),
        "SECRET_KEY": secrets.token_hex(32),
        "LOG_FORMAT": "json",
        "LIMIT_LOGIN": _UNLIMITED,
        "LIMIT_REFRESH": _UNLIMITED,
        # The sessions are made before everything else, and have to be good until its end.
        "ACCESS_TTL": str(24 * 3600),
    }

"""What is put under load: three nodes as in production, on one PostgreSQL and one Valkey or Redis."""

import secrets
import tempfile
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from bench.processes import run_module
from soak.nodes import Node
from soak.trouble import Trouble
from tests.support.databases import migrate
from tests.support.postgres import Postgres, running_postgres
from tests.support.valkey import Valkey, running_valkey

NODES = 3
DATABASE = "soak"
LEEWAY = 30
"""How many seconds a used token still gives its successor: longer than any outage here, so that a client that
tries again is never taken for a thief, and short enough that a soak has thieves."""

_UNLIMITED = "1000000/second"


@dataclass(frozen=True, slots=True)
class Cluster:
    """Everything that runs, and can be disturbed."""

    nodes: Sequence[Node]
    postgres: Postgres
    valkey: Valkey
    database: Trouble = field(default_factory=Trouble)
    """The disturbances of the database, which are those of all nodes."""
    locks: Trouble = field(default_factory=Trouble)
    """When a node stands still, which may hold rows that others need, and are not to wait for."""


@contextmanager
def running_cluster(*, accounts: int, logs: Path) -> Iterator[tuple[Cluster, Sequence[str]]]:
    """Run a cluster, and give it with the addresses of so many accounts; but for the logs, all is removed."""
    with ExitStack() as owned:
        workdir = Path(owned.enter_context(tempfile.TemporaryDirectory(prefix="latchkey-soak-")))
        # Durable, as it is by default: what was answered has to be there after a crash.
        postgres = owned.enter_context(running_postgres({}))
        valkey = owned.enter_context(running_valkey())
        postgres.execute(f"CREATE DATABASE {DATABASE}")
        settings = _settings(postgres.url(DATABASE), valkey.url, workdir)
        migrate(settings["LATCHKEY_DATABASE_URL"], workdir=workdir)
        run_module("cli", "keys", "generate", workdir=workdir, settings=settings)
        emails = run_module("soak.people", str(accounts), workdir=workdir, settings=settings)
        logs.mkdir(parents=True, exist_ok=True)
        for log in logs.glob("server-*.log"):
            log.unlink()
        nodes = [Node(number, settings, workdir=logs) for number in range(1, NODES + 1)]
        for node in nodes:
            owned.callback(node.kill)
        with ThreadPoolExecutor(NODES) as threads:
            list(threads.map(Node.start, nodes))
        yield Cluster(nodes, postgres, valkey), emails


def _settings(database_url: str, valkey_url: str, workdir: Path) -> dict[str, str]:
    values = {
        "ENV": "production",
        "PUBLIC_URL": "https://accounts.example.com",
        "DATABASE_URL": database_url,
        "VALKEY_URL": valkey_url,
        # Nothing here sends mail, and nobody listens there.
        "SMTP_URL": "smtp://127.0.0.1:9",
        "SIGNING_KEYS_FILE": str(workdir / "keys.json"),
        "SECRET_KEY": secrets.token_hex(32),
        "LOG_FORMAT": "json",
        "LIMIT_LOGIN": _UNLIMITED,
        "LIMIT_REFRESH": _UNLIMITED,
        "REFRESH_LEEWAY": str(LEEWAY),
        # An old token is refused because it was revoked, and not because it has expired meanwhile.
        "ACCESS_TTL": str(24 * 3600),
    }
    return {f"LATCHKEY_{name}": value for name, value in values.items()}

"""A site: one database, one folder, one set of settings, and the server processes that share them."""

import sqlite3
import subprocess
import sys
from collections.abc import Callable
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from tests.support.databases import environment
from tests.support.postgres import Postgres
from tests.support.processes import ServerProcess

ISSUER = "http://latchkey.test"
"""The public address of every site: tokens are bound to it, and not to the port of a process."""

SETTINGS = {
    "LATCHKEY_PUBLIC_URL": ISSUER,
    "LATCHKEY_LIMIT_LOGIN": "100000/minute",
    "LATCHKEY_LIMIT_REFRESH": "100000/minute",
    "LATCHKEY_LIMIT_OTP": "100000/minute",
    "LATCHKEY_LIMIT_REGISTER": "100000/minute",
    # A replay is judged by what has happened to the session, and not by how busy this machine is.
    "LATCHKEY_REFRESH_LEEWAY": "300",
}


@dataclass(frozen=True)
class Site:
    """Starts servers and looks into their database from outside."""

    settings: dict[str, str]
    workdir: Path
    start_process: Callable[..., ServerProcess]
    postgres: Postgres | None

    def start(
        self,
        *,
        port: int | None = None,
        workers: int = 1,
        launcher: str = "tests.support.blockbusted",
        **settings: str,
    ) -> ServerProcess:
        """Start a server, with other settings if they are given by name, and wait until it is ready."""
        return self.start_process(
            {**self.settings, **settings},
            workdir=self.workdir,
            port=port,
            arguments=("serve", f"--workers={workers}"),
            launcher=launcher,
        )

    def run_cli(self, *arguments: str) -> str:
        """Run the real command line as an operator of this site and give what it printed."""
        done = subprocess.run(
            [sys.executable, "-m", "cli", *arguments],
            cwd=self.workdir,
            env=environment(self.settings),
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            check=False,
        )
        assert done.returncode == 0, done.stderr
        return done.stdout

    def rows(self, query: str) -> list[dict[str, Any]]:
        """Run a query on a connection of its own."""
        path = urlsplit(self.settings["LATCHKEY_DATABASE_URL"]).path
        if self.postgres is not None:
            return self.postgres.fetch(query, database=path.removeprefix("/"))
        with closing(sqlite3.connect(path)) as connection:
            connection.row_factory = sqlite3.Row
            return [dict(row) for row in connection.execute(query)]

    def number(self, query: str) -> int:
        """Run a query that counts."""
        (row,) = self.rows(query)
        (value,) = row.values()
        return int(value)

"""Fresh databases: each is a copy of a template that the real `latchkey migrate` has made once."""

import os
import shutil
import sqlite3
import subprocess
import sys
import uuid
from collections.abc import Iterator, Mapping
from contextlib import closing, contextmanager
from pathlib import Path

from tests.support import ROOT
from tests.support.postgres import Postgres

TEMPLATE = "latchkey_template"
"""The name of the migrated PostgreSQL database that the others are copies of."""


def environment(settings: Mapping[str, str]) -> dict[str, str]:
    """Give a subprocess this environment, the way to our rooms, and no settings of a server but these."""
    ours = ("LATCHKEY_", "OTEL_")
    inherited = {name: value for name, value in os.environ.items() if not name.startswith(ours)}
    return {**inherited, "PYTHONPATH": str(ROOT), "PYTHONUNBUFFERED": "1", **settings}


def migrate(url: str, *, workdir: Path) -> None:
    """Run `latchkey migrate` on a database, in a process of its own: no loop or connection stays behind.

    Raises:
        RuntimeError: the command failed; the message holds what it printed.
    """
    done = subprocess.run(
        [sys.executable, "-m", "cli", "migrate"],
        cwd=workdir,
        env=environment({"LATCHKEY_DATABASE_URL": url}),
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        check=False,
    )
    if done.returncode != 0:
        raise RuntimeError(f"latchkey migrate ended with status {done.returncode}:\n{done.stdout}")


def sqlite_template(folder: Path) -> Path:
    """Make the migrated SQLite file that the others are copies of."""
    path = folder / "template.db"
    migrate(f"sqlite://{path}", workdir=folder)
    # A write-ahead log that a copy of the file alone would miss is folded into it.
    with closing(sqlite3.connect(path)) as connection:
        connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    return path


def copy_sqlite(template: Path, folder: Path) -> str:
    """Copy the template for one test and give the URL of the copy."""
    path = folder / "latchkey.db"
    shutil.copyfile(template, path)
    return f"sqlite://{path}"


def postgres_template(server: Postgres, workdir: Path) -> str:
    """Make the migrated PostgreSQL database that the others are copies of, and give its name."""
    server.execute(f"CREATE DATABASE {TEMPLATE}")
    migrate(server.url(TEMPLATE), workdir=workdir)
    # PostgreSQL copies a database only while nobody is connected to it.
    server.execute(f"ALTER DATABASE {TEMPLATE} WITH ALLOW_CONNECTIONS false IS_TEMPLATE true")
    return TEMPLATE


@contextmanager
def postgres_database(server: Postgres, template: str) -> Iterator[str]:
    """Give the URL of a copy of a template, which is dropped at the end, connections or not."""
    name = f"t_{uuid.uuid4().hex}"
    server.execute(f"CREATE DATABASE {name} TEMPLATE {template}")
    try:
        yield server.url(name)
    finally:
        server.execute(f"DROP DATABASE {name} WITH (FORCE)")

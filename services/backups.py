"""A backup of a file of SQLite, made beside whoever uses it. PostgreSQL brings tools of its own."""

import os
import sqlite3
import tempfile
from contextlib import closing, suppress
from pathlib import Path

from models.restore_statements import MARK_COPY
from services.database_urls import configuration

PATIENCE = 60.0
"""How long to wait for somebody who changes the whole file, in seconds."""


class BackupFailed(Exception):
    """There is no backup, and what was begun of it is gone; the message is one line."""


def copy(url: str, target: Path) -> None:
    """Copy the file that a URL names to a new one, which only its owner can read.

    It holds one moment of the database, and says that it is a copy. Nobody waits for it, and it never lies
    there half written.

    Raises:
        BackupFailed: the URL names no file, the target is there already, or one of them cannot be used.
        services.database_urls.UrlInvalid: it is not the URL of a database.
    """
    (connection,) = configuration(url)["connections"].values()
    file = connection["credentials"].get("file_path")
    if file is None:
        raise BackupFailed("PostgreSQL has its own tools for this, as pg_dump")
    try:
        descriptor, made = tempfile.mkstemp(dir=target.parent, prefix=".backup-")  # Made with mode 0600.
        try:
            _write(Path(file), made)
            os.fsync(descriptor)
            # Linking fails where a name is taken: an older backup is never lost by making another one.
            os.link(made, target)
        finally:
            os.close(descriptor)
            with suppress(FileNotFoundError):
                os.unlink(made)
    except OSError as error:
        raise BackupFailed(f"{target}: {error.strerror}") from None
    except sqlite3.Error as error:
        raise BackupFailed(f"{file}: {error}") from None


def _write(file: Path, made: str) -> None:
    # A mode that would make the file, if there is none, is a way to back up nothing.
    with closing(
        sqlite3.connect(f"{file.absolute().as_uri()}?mode=rw", uri=True, timeout=PATIENCE)
    ) as source:
        source.execute("VACUUM INTO ?", (made,))
    with closing(sqlite3.connect(made, isolation_level=None)) as copied:
        copied.execute(MARK_COPY)

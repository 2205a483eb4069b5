"""Backups as docs/DEPLOY.md has an operator make them and bring them back, one way for each database."""

import os
import shutil
import subprocess
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit

from tests.acceptance.site import Site
from tests.support.postgres import Postgres, program


@dataclass(frozen=True)
class Backup:
    """One backup of a site, in a folder of its own."""

    site: Site
    path: Path

    def make(self) -> None:
        """Make it, beside whoever is using the database."""
        if self.site.postgres is None:
            assert self.site.run_cli("backup", str(self.path)) == ""
        else:
            tool(self.site.postgres, "pg_dump", "--format=custom", f"--file={self.path}", self._name)

    def restore(self) -> None:
        """Bring it back in the place of a database that nobody uses any more."""
        if self.site.postgres is None:
            file = Path(urlsplit(self.site.settings["LATCHKEY_DATABASE_URL"]).path)
            for ending in ("", "-wal", "-shm"):
                Path(f"{file}{ending}").unlink(missing_ok=True)
            shutil.copyfile(self.path, file)
        else:
            server = self.site.postgres
            replacing = ("--clean", "--if-exists", "--create", "--exit-on-error", "--dbname=postgres")
            tool(server, "pg_restore", *replacing, str(self.path))

    def restore_tables(self) -> None:
        """Bring the tables of PostgreSQL back into the database that is there."""
        assert self.site.postgres is not None
        arguments = ("--clean", "--if-exists", "--exit-on-error", f"--dbname={self._name}", str(self.path))
        tool(self.site.postgres, "pg_restore", *arguments)

    @property
    def _name(self) -> str:
        return urlsplit(self.site.settings["LATCHKEY_DATABASE_URL"]).path.removeprefix("/")


def tool(server: Postgres, name: str, *arguments: str) -> None:
    """Run one of PostgreSQL's own tools on a server, as its superuser."""
    subprocess.run(
        [program(name), *arguments],
        env={**os.environ, **server.environment},
        stdin=subprocess.DEVNULL,
        check=True,
        capture_output=True,
        text=True,
    )

"""Disks without room for what a server would write: a file system that is full, or a limit of the kernel."""

import errno
import os
import resource
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

from tests.support.processes import ServerProcess

_SIZE = 2 * 1024 * 1024


class Disk(Protocol):
    """Where a server keeps its database."""

    def fill(self, server: ServerProcess) -> None:
        """Leave this server no room to write another byte."""

    def free(self, server: ServerProcess) -> None:
        """Make room again."""


@dataclass(frozen=True)
class SmallDisk:
    """A file system of two mebibytes: SQLite is told that the disk is full."""

    folder: Path

    def fill(self, server: ServerProcess) -> None:
        """Write a file until there is no room."""
        with self._filler.open("ab", buffering=0) as filler:
            for size in (65536, 512, 1):
                try:
                    while filler.write(b"\0" * size):
                        pass
                except OSError as error:
                    if error.errno != errno.ENOSPC:
                        raise

    def free(self, server: ServerProcess) -> None:
        """Remove that file."""
        self._filler.unlink()

    @property
    def _filler(self) -> Path:
        return self.folder / "filler"


@dataclass(frozen=True)
class Quota:
    """A limit of how long files may grow, which needs no rights: SQLite is told that writing has failed."""

    folder: Path

    def fill(self, server: ServerProcess) -> None:
        """Let no file of the server grow longer than the longest of its database is."""
        longest = max(path.stat().st_size for path in self.folder.glob("*.db*"))
        self._limit(server, longest)

    def free(self, server: ServerProcess) -> None:
        """Let files grow as they like."""
        self._limit(server, resource.RLIM_INFINITY)

    def _limit(self, server: ServerProcess, size: int) -> None:
        _, hard = resource.prlimit(server.pid, resource.RLIMIT_FSIZE)
        resource.prlimit(server.pid, resource.RLIMIT_FSIZE, (size, hard))


@contextmanager
def small_disk(folder: Path) -> Iterator[SmallDisk]:
    """Mount a small disk at a folder, as root may.

    Raises:
        OSError: it cannot be mounted.
    """
    command = ["mount", "-t", "tmpfs", "-o", f"size={_SIZE}", "latchkey-tests", str(folder)]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    if done.returncode != 0:
        raise OSError(done.stderr)
    try:
        yield SmallDisk(folder)
    finally:
        command = ["umount", "--lazy", str(folder)]
        subprocess.run(command, check=True)


def may_mount() -> bool:
    """Tell whether this account may mount a disk on this machine."""
    if os.geteuid() != 0:
        return False
    try:
        with tempfile.TemporaryDirectory() as folder, small_disk(Path(folder)):
            return True
    except OSError:
        return False

"""What the Containerfile makes, without an image: a tree of what it copies, and its commands run in it."""

import os
import shutil
import subprocess
import sys
import sysconfig
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from tests.support import ROOT

MODULES, VOLUME = "/opt/latchkey", "/var/lib/latchkey"

_READ_ONLY = 'mount --bind "$0" "$0" && mount -o remount,ro,bind / && exec "$@"'


def instructions() -> Iterator[tuple[str, str]]:
    """Give each instruction of the file with its arguments, lines that go on put together."""
    for line in (ROOT / "Containerfile").read_text().replace("\\\n", " ").splitlines():
        if line and not line.startswith("#"):
            name, _, arguments = line.partition(" ")
            yield name, " ".join(arguments.split())


def last(name: str) -> str:
    """Give the arguments of the last instruction of a name, which is the one that holds."""
    return [arguments for found, arguments in instructions() if found == name][-1]


def variables() -> dict[str, str]:
    """Give the environment that the image sets."""
    return dict(pair.split("=", 1) for pair in last("ENV").split())


@dataclass(frozen=True)
class Image:
    """A folder that holds what the image does. Commands run in it as the image's user if we are root.

    The tree is read-only, and so is everything else but the volume, where the kernel lets us have it so.
    """

    home: Path

    @property
    def tree(self) -> Path:
        """Where the modules are."""
        return self.home / "tree"

    @property
    def volume(self) -> Path:
        """The one folder that can be written."""
        return self.home / "volume"

    def build(self) -> None:
        """Copy what the file copies from the checkout."""
        for name, arguments in instructions():
            if name == "COPY" and not arguments.startswith("--from="):
                *sources, target = arguments.split()
                for source in sources:
                    self._copy(source, self.tree / Path(target).relative_to(MODULES))
        for path in (self.tree, *self.tree.rglob("*")):
            path.chmod(0o555 if path.is_dir() else 0o444)
        self.volume.mkdir(mode=0o700)
        self.home.chmod(0o755)
        if os.geteuid() == 0:
            user, group = map(int, last("USER").split(":"))
            os.chown(self.volume, user, group)

    def remove(self) -> None:
        """Remove all of it."""
        for folder in (self.tree, *(path for path in self.tree.rglob("*") if path.is_dir())):
            folder.chmod(0o755)
        shutil.rmtree(self.home)

    def start(self, command: Sequence[str], settings: dict[str, str]) -> subprocess.Popen[str]:
        """Start a command of the image; its first word, `python`, is the Python of the tests."""
        # Without its own `site`, no editable install shows it the modules of the checkout.
        python = [sys.executable, "-S", *command[1:]]
        path = f"{self.tree}:{sysconfig.get_path('purelib')}"
        return subprocess.Popen(
            [*self._confinement(), *python],
            cwd=self.volume,
            env={**variables(), "PATH": os.environ["PATH"], "PYTHONPATH": path, **settings},
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
        )

    def _copy(self, source: str, target: Path) -> None:
        found = sorted(ROOT.glob(source))
        assert found, source
        for path in found:
            if path.is_dir():
                ignored = shutil.ignore_patterns("__pycache__", "node_modules", "*.egg-info", "tests")
                shutil.copytree(path, target, ignore=ignored)
            else:
                target.mkdir(parents=True, exist_ok=True)
                shutil.copy(path, target)

    def _confinement(self) -> Sequence[str]:
        if os.geteuid() != 0:
            return ()
        user, group = last("USER").split(":")
        as_user = ["setpriv", f"--reuid={user}", f"--regid={group}", "--clear-groups", "--no-new-privs"]
        confined = [*as_user, "--bounding-set=-all", "--inh-caps=-all", "--pdeathsig=KILL"]
        unshare = ["/usr/bin/unshare", "--mount"]
        if subprocess.run([*unshare, "true"], capture_output=True, check=False).returncode == 0:
            return [*unshare, "sh", "-c", _READ_ONLY, str(self.volume), *confined]
        return confined

"""axe-core, which finds what keeps people out of a page: installed by the first test that asks for it."""

import fcntl
import os
import subprocess
from pathlib import Path
from typing import Any

from playwright.async_api import Page

_FOLDER = Path(__file__).parent
_AXE = _FOLDER / "node_modules" / "axe-core" / "axe.min.js"

# Everything it knows, best practices included, but for what is only being tried out.
_RUN = """
async () => {
  const { violations } = await axe.run(document, { resultTypes: ["violations"] });
  return violations.map(({ id, help, nodes }) => ({ id, help, where: nodes.map(({ html }) => html) }));
}
"""


def installed() -> str:
    """Install the locked axe-core, unless it is there, and give its source; workers wait for each other.

    Raises:
        AssertionError: npm failed, with what it said.
    """
    folder = os.open(_FOLDER, os.O_RDONLY)
    try:
        fcntl.flock(folder, fcntl.LOCK_EX)
        if not _is_current():
            done = subprocess.run(
                ["/usr/bin/env", "npm", "ci", "--loglevel=error"],
                cwd=_FOLDER,
                stdin=subprocess.DEVNULL,
                stdout=subprocess.PIPE,
                stderr=subprocess.STDOUT,
                text=True,
                check=False,
            )
            assert done.returncode == 0, done.stdout
    finally:
        os.close(folder)
    return _AXE.read_text()


async def violations(tab: Page, axe: str) -> Any:
    """Give what is wrong with the page as it is now.

    It runs beside the scripts of the page and not among them: the page's policy need not let it in.
    """
    await tab.evaluate(axe)
    return await tab.evaluate(_RUN)


def _is_current() -> bool:
    lock = _FOLDER / "package-lock.json"
    return _AXE.is_file() and _AXE.stat().st_ctime > lock.stat().st_mtime

"""A site in production mode, as docs/DEPLOY.md describes one, with an account to sign in to."""

import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path

from tests.support.databases import environment

EMAIL, PASSWORD = "ada@example.com", "correct horse battery staple"

LOGIN = f"""
mutation {{ auth {{ login(input: {{email: "{EMAIL}", password: "{PASSWORD}"}}) {{ success }} }} }}
"""
LOGOUT = "mutation { auth { logout { success revokedSessions } } }"
ME = "{ me { email sessions { ipAddress isCurrent } } }"


def production(database_url: str, public_url: str, folder: Path, **more: str) -> dict[str, str]:
    """Give the environment of a node; the mail server that it names is asked for nothing."""
    return {
        "LATCHKEY_ENV": "production",
        "LATCHKEY_PUBLIC_URL": public_url,
        "LATCHKEY_DATABASE_URL": database_url,
        "LATCHKEY_SMTP_URL": "smtp://127.0.0.1:1",
        "LATCHKEY_MAIL_FROM": "no-reply@example.com",
        "LATCHKEY_SIGNING_KEYS_FILE": str(folder / "signing-keys.json"),
        "LATCHKEY_SECRET_KEY": "a secret of the tests, 32 bytes long or more",
        **more,
    }


def operate(settings: Mapping[str, str], *arguments: str, workdir: Path, stdin: str = "") -> str:
    """Run a command as an operator would, and give what it printed."""
    done = subprocess.run(
        [sys.executable, "-m", "cli", *arguments],
        cwd=workdir,
        env=environment(settings),
        input=stdin,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    return done.stdout


def prepare(settings: Mapping[str, str], *, workdir: Path) -> None:
    """Make the keys, and the account."""
    operate(settings, "keys", "generate", workdir=workdir)
    operate(settings, "user", "create", EMAIL, workdir=workdir, stdin=f"{PASSWORD}\n")

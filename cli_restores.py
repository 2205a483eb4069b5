"""The command line of backups: `latchkey backup`, and `latchkey after-restore` for when one was needed."""

from argparse import ArgumentParser, Namespace
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

from cli_output import write_json, write_record
from cli_services import Usage, run
from server import naming
from services import Services, backups
from services.backups import BackupFailed
from settings import Settings

Command = Callable[[Settings, Namespace], None]


def attach(commands: Any, command: Callable[[Any, str, Command, str], ArgumentParser]) -> None:
    """Add the commands to those of `latchkey`."""
    backup = command(commands, "backup", _backup, "copy the file of SQLite, beside running servers")
    backup.add_argument("file", type=Path, metavar="FILE")
    after = command(
        commands,
        "after-restore",
        _after_restore,
        "end every session of a database that was brought back from a backup",
    )
    after.add_argument(
        "--nothing-lost",
        action="store_true",
        help="end nothing: it was moved, and the old one has not been written to since",
    )
    after.add_argument("--json", action="store_true", help="write how much was ended as one JSON object")


def _backup(settings: Settings, arguments: Namespace) -> None:
    try:
        with naming("DATABASE_URL"):
            backups.copy(settings.database_url.get_secret_value(), arguments.file)
    except BackupFailed as error:
        raise Usage(str(error)) from None


def _after_restore(settings: Settings, arguments: Namespace) -> None:
    async def end(services: Services) -> Mapping[str, int]:
        if not arguments.nothing_lost:
            return await services.restores.end_everything()
        await services.restores.keep_everything()
        return {"sessions": 0, "codes": 0, "letters": 0}

    ended = run(settings, end)
    (write_json if arguments.json else write_record)(ended)

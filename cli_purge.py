"""The command line of the purge: `latchkey purge`."""

from argparse import ArgumentParser, Namespace
from collections.abc import Callable, Mapping
from typing import Any

from cli_output import write_json, write_record
from cli_services import Usage, run
from services import Services
from services.purge import PurgeUnderWay
from settings import Settings

Command = Callable[[Settings, Namespace], None]


def attach(commands: Any, command: Callable[[Any, str, Command, str], ArgumentParser]) -> None:
    """Add the command to those of `latchkey`."""
    parser = command(commands, "purge", _purge, "remove what is over, as a server does every few minutes")
    parser.add_argument("--json", action="store_true", help="write how much was removed as one JSON object")


def _purge(settings: Settings, arguments: Namespace) -> None:
    async def remove(services: Services) -> Mapping[str, int]:
        try:
            return await services.purge.remove()
        except PurgeUnderWay:
            raise Usage("a server is purging at this moment; it does the same") from None

    removed = run(settings, remove)
    (write_json if arguments.json else write_record)(removed)

"""The command line: `latchkey …`. What was asked wrongly is answered by one line and exit status 2."""

import argparse
import asyncio
import os
import sys
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import garbage
import cli_keys
import cli_purge
import cli_restores
import cli_schema
import cli_users
import server
import serving
from cli_output import write_line
from cli_services import Usage
from contract.findings import CannotCheck
from server import StartFailed
from services import system_clock
from services.database import Database
from services.database_migrations import migrate
from services.directory import AccountUnknown
from services.errors import BadUserInput, Problem, ServiceUnavailable
from services.problems import Problems
from services.restores import note_home
from settings import Settings, SettingsError, load

MAX_WORKERS = 64
"""How many processes `latchkey serve` starts at the most: a wrong digit is not to bring a machine down."""


def main(argv: Sequence[str] | None = None) -> int:
    """Run a command and give its exit status."""
    garbage.collect_from_now_on()
    arguments = _parser().parse_args(argv)
    run: Callable[[argparse.Namespace], int | None] = arguments.run
    try:
        status = run(arguments) or 0
        sys.stdout.flush()
        return status
    except BrokenPipeError:
        return _read_enough()
    except (SettingsError, StartFailed, BadUserInput, Problem, AccountUnknown, Usage, CannotCheck) as error:
        return _refuse(str(error))
    except Problems as several:
        return _refuse(" ".join(str(problem) for problem in several.problems))
    except ServiceUnavailable as error:
        return _refuse(f"LATCHKEY_DATABASE_URL: the database cannot be used: {_reason(error)}")


def _read_enough() -> int:
    # Whoever read has closed the pipe, as `| head` does. The interpreter flushes once more when it ends.
    os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
    return 1


def _refuse(line: str) -> int:
    write_line(line)
    return 2


def _reason(error: ServiceUnavailable) -> str:
    cause = error.__cause__ or error
    lines = str(cause).splitlines()
    return lines[0] if lines else type(cause).__name__


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="latchkey", description="A self-hosted authentication server.")
    commands = parser.add_subparsers(required=True, metavar="COMMAND")
    serve = _command(commands, "serve", _serve, "serve GraphQL over HTTP")
    serve.add_argument("--workers", type=_count, default=1, metavar="N", help="how many processes; 1 without")
    serve.add_argument(
        "--trusted-documents",
        type=Path,
        metavar="FILE",
        help="run the operations of this manifest and no others",
    )
    _command(commands, "migrate", _migrate, "bring the database to the newest schema")
    cli_users.attach(commands, _command)
    cli_purge.attach(commands, _command)
    cli_restores.attach(commands, _command)
    cli_keys.attach(commands, _command)
    cli_schema.attach(commands)
    return parser


def _command(
    commands: Any, name: str, command: Callable[[Settings, argparse.Namespace], None], summary: str
) -> argparse.ArgumentParser:
    description = summary[0].upper() + summary[1:] + "."
    parser: argparse.ArgumentParser = commands.add_parser(name, help=summary, description=description)
    parser.set_defaults(run=lambda arguments: command(load(), arguments))
    return parser


def _count(text: str) -> int:
    if not text.isascii() or not text.isdigit() or not 1 <= int(text) <= MAX_WORKERS:
        raise argparse.ArgumentTypeError(f"has to be a number from 1 to {MAX_WORKERS}")
    return int(text)


def _serve(settings: Settings, arguments: argparse.Namespace) -> None:
    serving.serve(settings, workers=arguments.workers, trusted_documents=arguments.trusted_documents)


def _migrate(settings: Settings, _: argparse.Namespace) -> None:
    with server.naming("DATABASE_URL"):
        url = settings.database_url.get_secret_value()
        applied = asyncio.run(migrate(url))
        asyncio.run(note_home(Database(url), url, clock=system_clock))
    for name in applied:
        print(f"latchkey: applied {name}")
    if not applied:
        print("latchkey: the database is up to date")


if __name__ == "__main__":
    raise SystemExit(main())

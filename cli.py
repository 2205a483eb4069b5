"""The command line: `latchkey …`. What was asked wrongly is answered by one line and exit status 2."""

import argparse
import asyncio
import sys
from collections.abc import Callable, Coroutine, Sequence
from getpass import getpass
from typing import Any

import uvloop

import server
from models import Role
from server import DEVELOPMENT_USER, StartFailed
from services import Services, keystore
from services.database_migrations import migrate
from services.errors import BadUserInput, Problem, ServiceUnavailable
from services.problems import Problems
from services.users import EmailTaken
from settings import Settings, SettingsError, load

MAX_WORKERS = 64
"""How many processes `latchkey serve` starts at the most: a wrong digit is not to bring a machine down."""


class Usage(Exception):
    """What was asked cannot be done; the message is one line."""


def main(argv: Sequence[str] | None = None) -> int:
    """Run a command and give its exit status."""
    arguments = _parser().parse_args(argv)
    command: Callable[[Settings, argparse.Namespace], None] = arguments.command
    try:
        command(load(), arguments)
    except (SettingsError, StartFailed, BadUserInput, Problem, Usage) as error:
        return _refuse(str(error))
    except Problems as several:
        return _refuse(" ".join(str(problem) for problem in several.problems))
    except ServiceUnavailable as error:
        return _refuse(f"LATCHKEY_DATABASE_URL: the database cannot be used: {_reason(error)}")
    return 0


def _refuse(line: str) -> int:
    print(f"latchkey: {line}", file=sys.stderr)
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
    _command(commands, "migrate", _migrate, "bring the database to the newest schema")
    users = commands.add_parser("user", help="make accounts")
    user = users.add_subparsers(required=True, metavar="COMMAND")
    create = _command(user, "create", _create_user, "make an account; the password comes from standard input")
    create.add_argument("email")
    create.add_argument("--role", type=Role, choices=list(Role), default=Role.USER)
    create.add_argument("--first-name", default=None)
    create.add_argument("--last-name", default=None)
    _command(
        user, "create-development", _create_development_user, "make the development user, if it is missing"
    )
    rings = commands.add_parser("keys", help="look after signing keys")
    keys = rings.add_subparsers(required=True, metavar="COMMAND")
    _command(keys, "generate", _generate_key, "make a key that signs from now on; older ones go on verifying")
    _command(keys, "list", _list_keys, "show the keys, never their material")
    return parser


def _command(
    commands: Any, name: str, command: Callable[[Settings, argparse.Namespace], None], summary: str
) -> argparse.ArgumentParser:
    description = summary[0].upper() + summary[1:] + "."
    parser: argparse.ArgumentParser = commands.add_parser(name, help=summary, description=description)
    parser.set_defaults(command=command)
    return parser


def _count(text: str) -> int:
    if not text.isascii() or not text.isdigit() or not 1 <= int(text) <= MAX_WORKERS:
        raise argparse.ArgumentTypeError(f"has to be a number from 1 to {MAX_WORKERS}")
    return int(text)


def _serve(settings: Settings, arguments: argparse.Namespace) -> None:
    server.serve(settings, workers=arguments.workers)


def _migrate(settings: Settings, _: argparse.Namespace) -> None:
    with server.naming("DATABASE_URL"):
        applied = asyncio.run(migrate(settings.database_url.get_secret_value()))
    for name in applied:
        print(f"latchkey: applied {name}")
    if not applied:
        print("latchkey: the database is up to date")


def _create_user(settings: Settings, arguments: argparse.Namespace) -> None:
    account = {
        "email": arguments.email,
        "password": _password(),
        "role": arguments.role,
        "first_name": arguments.first_name,
        "last_name": arguments.last_name,
    }
    try:
        print(_run(settings, lambda services: services.users.create(**account)))
    except EmailTaken:
        raise Usage(f"{arguments.email} has an account already") from None


def _password() -> str:
    if sys.stdin.isatty():
        return getpass("Password: ")
    try:
        return sys.stdin.buffer.readline().decode().rstrip("\r\n")
    except UnicodeDecodeError:
        # The error itself would quote a part of the password.
        raise Usage("the password has to be UTF-8") from None


def _create_development_user(settings: Settings, _: argparse.Namespace) -> None:
    if settings.is_production:
        raise Usage("the development user is for LATCHKEY_ENV=development only")
    email, password = DEVELOPMENT_USER
    try:
        _run(
            settings,
            lambda services: services.users.create_development(email=email, password=password),
        )
    except EmailTaken:
        print(f"latchkey: {email} is there already")
    else:
        print(f"latchkey: created {email}")


def _generate_key(settings: Settings, _: argparse.Namespace) -> None:
    with server.naming("SIGNING_KEYS_FILE"):
        key = keystore.add_key(settings.signing_keys_file, algorithm=settings.jwt_algorithm)
    print(f"{key.kid} {key.algorithm}")


def _list_keys(settings: Settings, _: argparse.Namespace) -> None:
    with server.naming("SIGNING_KEYS_FILE"):
        ring = keystore.load_ring(settings.signing_keys_file, algorithm=settings.jwt_algorithm)
    for key in ring:
        print(f"{key.kid} {key.algorithm} {'signs and verifies' if key is ring.active else 'verifies'}")


def _run(settings: Settings, use_case: Callable[[Services], Coroutine[Any, Any, object]]) -> object:
    services = server.services_of(settings)

    async def run() -> object:
        try:
            await services.open()
            if await services.database.unapplied_migrations():
                raise Usage("the database lacks migrations: run `latchkey migrate`")
            return await use_case(services)
        finally:
            await services.close()

    return uvloop.run(run())


if __name__ == "__main__":
    raise SystemExit(main())

"""The command line: `latchkey serve | migrate | user … | keys …`. Exit status 2 and one line for what was asked wrongly."""

import argparse
import asyncio
import sys
from collections.abc import Callable, Coroutine, Sequence
from typing import Any

import uvloop

import server
from models import Role
from services import Services, keystore
from services.database import migrate
from services.errors import ServiceError
from services.users import EmailTaken
from settings import Settings, SettingsError, load

DEVELOPMENT_USER = ("test@example.com", "password")
"""The user that `make serve` creates, in development only."""


class Usage(Exception):
    """What was asked cannot be done; the message is one line."""


def main(argv: Sequence[str] | None = None) -> int:
    """Run a command and give its exit status."""
    arguments = _parser().parse_args(argv)
    command: Callable[[Settings, argparse.Namespace], None] = arguments.command
    try:
        command(load(), arguments)
    except (SettingsError, keystore.KeysMissing, EmailTaken, ServiceError, Usage) as error:
        print(f"latchkey: {error}", file=sys.stderr)
        return 2
    return 0


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="latchkey", description="A self-hosted authentication server.")
    commands = parser.add_subparsers(required=True, metavar="COMMAND")
    _command(commands, "serve", _serve, "serve GraphQL over HTTP")
    _command(commands, "migrate", _migrate, "bring the database to the newest schema")
    user = commands.add_parser("user", help="make accounts").add_subparsers(required=True, metavar="COMMAND")
    create = _command(user, "create", _create_user, "make an account; the password is read from standard input")
    create.add_argument("email")
    create.add_argument("--role", type=Role, choices=list(Role), default=Role.USER)
    create.add_argument("--first-name", default=None)
    create.add_argument("--last-name", default=None)
    _command(user, "create-development", _create_development_user, "make the user of development, if it is missing")
    keys = commands.add_parser("keys", help="look after signing keys").add_subparsers(required=True, metavar="COMMAND")
    _command(keys, "generate", _generate_key, "make a key that signs from now on; older ones go on verifying")
    _command(keys, "list", _list_keys, "show the keys, never their material")
    return parser


def _command(
    commands: Any, name: str, command: Callable[[Settings, argparse.Namespace], None], summary: str
) -> argparse.ArgumentParser:
    parser: argparse.ArgumentParser = commands.add_parser(name, help=summary, description=summary.capitalize() + ".")
    parser.set_defaults(command=command)
    return parser


def _serve(settings: Settings, _: argparse.Namespace) -> None:
    server.serve(settings)


def _migrate(settings: Settings, _: argparse.Namespace) -> None:
    applied = asyncio.run(migrate(settings.database_url.get_secret_value()))
    print(f"latchkey: {len(applied)} migrations applied" if applied else "latchkey: the database is up to date")


def _create_user(settings: Settings, arguments: argparse.Namespace) -> None:
    password = sys.stdin.readline().rstrip("\n")
    print(
        _run(
            settings,
            lambda services: services.users.create(
                email=arguments.email,
                password=password,
                role=arguments.role,
                first_name=arguments.first_name,
                last_name=arguments.last_name,
            ),
        )
    )


def _create_development_user(settings: Settings, _: argparse.Namespace) -> None:
    if settings.is_production:
        raise Usage("the development user is for development only")
    email, password = DEVELOPMENT_USER
    try:
        _run(
            settings,
            lambda services: services.users.create(
                email=email, password=password, role=Role.USER, first_name="Test", last_name="User"
            ),
        )
    except EmailTaken:
        print(f"latchkey: {email} is there already")
    else:
        print(f"latchkey: {email} created")


def _generate_key(settings: Settings, _: argparse.Namespace) -> None:
    key = keystore.add_key(settings.signing_keys_file, algorithm=settings.jwt_algorithm)
    print(f"{key.kid} {key.algorithm}")


def _list_keys(settings: Settings, _: argparse.Namespace) -> None:
    ring = keystore.load_ring(settings.signing_keys_file, algorithm=settings.jwt_algorithm)
    for key in ring:
        print(f"{key.kid} {key.algorithm} {'signs and verifies' if key is ring.active else 'verifies'}")


def _run(settings: Settings, use_case: Callable[[Services], Coroutine[Any, Any, object]]) -> object:
    services = server.services_of(settings)

    async def run() -> object:
        await services.open()
        try:
            return await use_case(services)
        finally:
            await services.close()

    return uvloop.run(run())


if __name__ == "__main__":
    raise SystemExit(main())

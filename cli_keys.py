"""The command line of signing keys: `latchkey keys …`. What they are made of is never shown."""

from argparse import ArgumentParser, Namespace
from collections.abc import Callable
from typing import Any

from server import naming
from services import keystore
from settings import Settings

Command = Callable[[Settings, Namespace], None]


def attach(commands: Any, command: Callable[[Any, str, Command, str], ArgumentParser]) -> None:
    """Add the commands to those of `latchkey`."""
    rings = commands.add_parser("keys", help="look after signing keys")
    keys = rings.add_subparsers(required=True, metavar="COMMAND")
    generate = command(
        keys, "generate", _generate, "make a key that signs from now on; older ones go on verifying"
    )
    generate.add_argument(
        "--standby", action="store_true", help="let it verify and not sign, until it is promoted"
    )
    promote = command(keys, "promote", _promote, "let a key sign from now on that has been verifying")
    promote.add_argument("kid", metavar="KID")
    command(keys, "list", _list, "show the keys, never their material")


def _generate(settings: Settings, arguments: Namespace) -> None:
    add = keystore.add_standby_key if arguments.standby else keystore.add_key
    with naming("SIGNING_KEYS_FILE"):
        key = add(settings.signing_keys_file, algorithm=settings.jwt_algorithm)
    print(f"{key.kid} {key.algorithm}")


def _promote(settings: Settings, arguments: Namespace) -> None:
    with naming("SIGNING_KEYS_FILE"):
        key = keystore.promote_key(settings.signing_keys_file, arguments.kid)
    print(f"{key.kid} {key.algorithm}")


def _list(settings: Settings, _: Namespace) -> None:
    with naming("SIGNING_KEYS_FILE"):
        ring = keystore.load_ring(settings.signing_keys_file, algorithm=settings.jwt_algorithm)
    for key in ring:
        print(f"{key.kid} {key.algorithm} {'signs and verifies' if key is ring.active else 'verifies'}")

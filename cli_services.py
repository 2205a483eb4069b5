"""What commands that use the services stand on: open them, run one use case, close them again."""

import sys
from collections.abc import Callable, Coroutine
from getpass import getpass
from typing import Any, TypeVar

import uvloop

import server
from services import Services
from settings import Settings

T = TypeVar("T")


class Usage(Exception):
    """What was asked cannot be done; the message is one line."""


def run(settings: Settings, use_case: Callable[[Services], Coroutine[Any, Any, T]]) -> T:
    """Run a use case on the services that the settings describe, and give its result.

    Raises:
        Usage: the database lacks migrations.
    """
    services = server.services_of(settings)

    async def opened() -> T:
        try:
            await services.open()
            if await services.database.unapplied_migrations():
                raise Usage("the database lacks migrations: run `latchkey migrate`")
            return await use_case(services)
        finally:
            await services.close()

    return uvloop.run(opened())


def read_new_password() -> str:
    """Read a password from standard input, where nobody sees it; a person at a terminal types it twice.

    Raises:
        Usage: there is none, it is not text, or it was typed in two ways.
    """
    try:
        return _typed_twice() if sys.stdin.isatty() else sys.stdin.buffer.readline().decode().rstrip("\r\n")
    except UnicodeDecodeError:
        # The error itself would quote a part of the password.
        raise Usage("the password has to be UTF-8") from None


def _typed_twice() -> str:
    try:
        password = getpass("Password: ")
        if getpass("Password, once more: ") == password:
            return password
    except (EOFError, KeyboardInterrupt):
        print(file=sys.stderr)  # The prompt still holds the line.
        raise Usage("there is no password") from None
    raise Usage("the two passwords are not the same")

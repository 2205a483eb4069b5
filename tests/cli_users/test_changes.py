"""What the commands change, and what they refuse to: at once, and in a server that is running."""

import re
from collections.abc import Callable
from uuid import UUID

import pytest

from tests.acceptance.client import BLACKLISTED, LOGIN, LOGIN_BODY, ME, REFRESH, Client, refusal
from tests.cli_users.asking import ACCOUNT, ADA, INSTANT, NEW, PASSWORD, ask, dump, succeed
from tests.support.command_line import Run, in_production
from tests.support.migrations import Inspector
from tests.support.processes import ServerProcess


def test_a_user_is_created_once(on_database: Run) -> None:
    """The password comes from standard input, the id goes to standard output, and the e-mail is taken."""
    assert UUID(succeed(on_database, *ADA, stdin=PASSWORD).strip()).version == 4
    line = "latchkey:  ada@EXAMPLE.com has an account already\n"
    assert on_database("user", "create", " ada@EXAMPLE.com", stdin=NEW) == (2, "", line)


def test_a_created_user_is_described(on_database: Run) -> None:
    """To a program everything but the password is told, in the names of the GraphQL schema."""
    made = ask(on_database, *ADA, "--role", "ADMIN", stdin=PASSWORD)
    assert list(made) == ACCOUNT
    assert re.fullmatch(INSTANT, made.pop("createdAt"))
    assert UUID(made.pop("id")).version == 4
    assert made == {
        "email": "Ada@Example.com",
        "role": "ADMIN",
        "isVerified": True,
        "needsOnboarding": True,
        "disabledAt": None,
        "lastLoginAt": None,
    }


@pytest.mark.parametrize(
    ("email", "password", "message"),
    [
        ("no-address", PASSWORD, "This is not an e-mail address."),
        ("a b@example.com", PASSWORD, "This is not an e-mail address."),
        ("\udcff@example.com", PASSWORD, "This is not an e-mail address."),
        ("a@example.com", b"s3cret\n", "The password has to have at least 8 characters."),
        ("a@example.com", b"s3cret" * 22, "The password may have 128 characters at most."),
        ("a@example.com", b"", "The password has to have at least 8 characters."),
        ("a@example.com", b"password1\n", "This password is one of the first that are guessed."),
        (
            "s3cret@example.com",
            b"my s3cret\n",
            "The password must not contain the name in the e-mail address.",
        ),
        ("a@example.com", b"s3cret\xff-and-more\n", "the password has to be UTF-8"),
    ],
)
def test_a_user_that_cannot_be(
    on_database: Run, inspector: Inspector, email: str, password: bytes, message: str
) -> None:
    """The line says why, and shows no password; the address is still free."""
    before = dump(inspector)
    assert on_database("user", "create", email, stdin=password) == (2, "", f"latchkey: {message}\n")
    assert dump(inspector) == before
    if email == "a@example.com":
        succeed(on_database, "user", "create", email, stdin=b"correct horse\r\n")


def test_names_that_cannot_be_are_told_together(on_database: Run, inspector: Inspector) -> None:
    """One line, however much is wrong."""
    wrong = ("user", "create", "ada@example.com", "--first-name", "A\x1b[31m", "--last-name", "L" * 101)
    status, out, err = on_database(*wrong, stdin=PASSWORD)
    assert (status, out) == (2, "")
    assert err == (
        "latchkey: The first name has a character that cannot be shown."
        " The last name may have 100 characters at most.\n"
    )
    assert inspector.fetch("SELECT id FROM users") == []


def test_a_reset_keeps_the_rules(on_database: Run, inspector: Inspector) -> None:
    """An operator sets no password that its owner could not have set."""
    succeed(on_database, *ADA, stdin=PASSWORD)
    before = dump(inspector)
    for password, line in (
        (b"password\n", "This password is one of the first that are guessed."),
        (b"I am Ada.\n", "The password must not contain the name in the e-mail address."),
        (b"s3cret\xff-and-more\n", "the password has to be UTF-8"),
    ):
        reset = ("user", "reset-password", "ada@example.com")
        assert on_database(*reset, stdin=password) == (2, "", f"latchkey: {line}\n")
    assert dump(inspector) == before


@pytest.mark.parametrize(
    ("command", "reason"),
    [(("disable", b""), "ACCOUNT_DISABLED"), (("reset-password", NEW), "PASSWORD_RESET")],
    ids=["disable", "reset-password"],
)
def test_a_running_server_obeys_at_once(
    on_database: Run,
    start_server: Callable[..., ServerProcess],
    database_url: str,
    inspector: Inspector,
    command: tuple[str, bytes],
    reason: str,
) -> None:
    """A browser and a program are signed in; the very next use of any of their tokens is refused."""
    succeed(on_database, "user", "create-development")
    server = start_server({"LATCHKEY_DATABASE_URL": database_url})
    with Client(server.base_url) as browser, Client(server.base_url) as program:
        browser.login()
        bearer = program.ask(LOGIN_BODY)["data"]["auth"]["login"]["accessToken"]
        assert program.ask(ME, bearer=bearer)["data"]["me"]["isSignIn"] is True
        assert ask(on_database, "user", "show", "test@example.com")["liveSessions"] == 2

        name, password = command
        ended = ask(on_database, "user", name, "test@example.com", stdin=password)["revokedSessions"]
        assert ended == 2

        assert refusal(browser.ask(ME)) == BLACKLISTED
        assert refusal(browser.ask(REFRESH)) == BLACKLISTED
        assert refusal(program.ask(ME, bearer=bearer)) == BLACKLISTED
        assert browser.ask(LOGIN)["data"]["auth"]["login"]["success"] is False
    assert ask(on_database, "user", "show", "test@example.com")["liveSessions"] == 0
    revoked = inspector.fetch("SELECT revoked_reason FROM sessions")
    assert [row["revoked_reason"] for row in revoked] == [reason] * 2


def test_the_development_user_is_made_once(on_database: Run) -> None:
    """`make serve` asks for it at every start."""
    for said in ("created test@example.com", "test@example.com is there already"):
        assert on_database("user", "create-development") == (0, f"latchkey: {said}\n", "")


def test_the_development_user_is_refused_in_production(on_database: Run, inspector: Inspector) -> None:
    """Everybody knows its password."""
    production = in_production()
    del production["DATABASE_URL"]
    line = "latchkey: the development user is for LATCHKEY_ENV=development only\n"
    assert on_database("user", "create-development", **production) == (2, "", line)
    assert inspector.fetch("SELECT id FROM users") == []

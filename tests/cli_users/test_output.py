"""What the commands say: the same to programs and to people, and one line where they refuse."""

import json
import re

import pytest

from tests.cli_users.asking import ACCOUNT, ADA, INSTANT, NEW, PASSWORD, ask, dump, succeed
from tests.support.command_line import Run
from tests.support.migrations import Inspector

NOBODY = "00000000-0000-4000-8000-000000000000"


@pytest.mark.parametrize("by", ["email", "id"])
def test_an_account_is_disabled_and_enabled(on_database: Run, inspector: Inspector, by: str) -> None:
    """By either name, once each; what is so already is told, and left as it is."""
    ada = ask(on_database, *ADA, stdin=PASSWORD)
    who = "ADA@example.com" if by == "email" else ada["id"]
    for command, ended in (("disable", {"revokedSessions": 0}), ("enable", {})):
        done = ask(on_database, "user", command, who)
        assert done == {"id": ada["id"], "email": "Ada@Example.com", **ended}
        before = dump(inspector)
        line = f"latchkey: Ada@Example.com is {command}d already\n"
        assert on_database("user", command, who) == (2, "", line)
        assert dump(inspector) == before
    assert ask(on_database, "user", "show", who) == {
        **ada,
        "liveSessions": 0,
        "profile": {
            "firstName": "Ada",
            "lastName": "Lovelace",
            "displayName": None,
            "phone": None,
            "locale": None,
            "timezone": None,
        },
        "events": [
            {"occurredAt": at, "kind": kind, "outcome": "SUCCESS", "reason": None, "ipAddress": None}
            for at, kind in zip(_times(on_database), ("ACCOUNT_ENABLED", "ACCOUNT_DISABLED"), strict=True)
        ],
    }


def _times(run: Run) -> list[str]:
    events = ask(run, "user", "show", "ada@example.com")["events"]
    assert all(re.fullmatch(INSTANT, event["occurredAt"]) for event in events)
    return [event["occurredAt"] for event in events]


def test_people_read_the_same_aligned(on_database: Run) -> None:
    """Every value that a program is told of stands there, below or beside its name."""
    made = succeed(on_database, *ADA, stdin=PASSWORD).strip()
    assert succeed(on_database, "user", "disable", made) == (
        f"id               {made}\nemail            Ada@Example.com\nrevokedSessions  0\n"
    )
    shown = succeed(on_database, "user", "show", made)
    account, events = shown.split("\n\n")
    lines = dict(re.split(r" {2,}", line) for line in account.splitlines())
    assert list(lines) == [
        *ACCOUNT,
        *("liveSessions", "firstName", "lastName", "displayName", "phone", "locale", "timezone"),
    ]
    assert re.fullmatch(r"20\d\d-\d\d-\d\dT\d\d:\d\d:\d\dZ", lines["disabledAt"])
    assert (lines["isVerified"], lines["lastLoginAt"], lines["lastName"]) == ("yes", "-", "Lovelace")
    assert events.splitlines()[0].split() == ["occurredAt", "kind", "outcome", "reason", "ipAddress"]
    assert events.splitlines()[1].split()[1:] == ["ACCOUNT_DISABLED", "SUCCESS", "-", "-"]


def test_a_list_goes_on_after_its_last_e_mail(on_database: Run) -> None:
    """One object to a line for programs, a table for people, and where to go on beside it."""
    emails = ["Ada@Example.com", "bob@example.com", "carol@example.com"]
    for email in reversed(emails):
        role = "ADMIN" if email.startswith("bob") else "USER"
        succeed(on_database, "user", "create", email, "--role", role, stdin=PASSWORD)
    succeed(on_database, "user", "disable", emails[2])

    status, out, err = on_database("user", "list", "--first", "2", "--json")
    lines = [json.loads(line) for line in out.splitlines()]
    assert (status, [line["email"] for line in lines]) == (0, emails[:2])
    assert [list(line) for line in lines] == [ACCOUNT] * 2
    assert err == "latchkey: there are more: --after bob@example.com\n"
    assert (
        ask(on_database, "user", "list", "--first", "2", "--after", "BOB@example.com")["email"] == emails[2]
    )
    assert ask(on_database, "user", "list", "--role", "ADMIN")["email"] == emails[1]
    assert ask(on_database, "user", "list", "--disabled")["email"] == emails[2]
    assert succeed(on_database, "user", "list", "--json", "--role", "ADMIN", "--disabled") == ""

    header, *rows = succeed(on_database, "user", "list").splitlines()
    assert header.split() == [
        *("id", "email", "role", "isVerified", "disabledAt", "createdAt", "lastLoginAt")
    ]
    assert [row.split()[1:4] for row in rows] == [
        [email, "ADMIN" if email == emails[1] else "USER", "yes"] for email in emails
    ]
    assert {row.index(email) for row, email in zip(rows, emails, strict=True)} == {header.index("email")}
    assert "argon2" not in out + header + "".join(rows)


WRONGLY_ASKED = {
    ("disable", "bob@example.com"): "there is no account of bob@example.com",
    ("enable", NOBODY): f"there is no account of {NOBODY}",
    ("show", "ada"): "ada is neither an e-mail address nor an id",
    ("show", "\x1b[31m"): r"\x1b[31m is neither an e-mail address nor an id",
    ("disable", "\udcff@example.com"): "This is not an e-mail address.",
    ("reset-password", "bob@example.com"): "there is no account of bob@example.com",
    ("list", "--first", "0"): "first has to be between 1 and 1000",
    ("list", "--first", "1001"): "first has to be between 1 and 1000",
    ("list", "--after", "ada"): "This is not an e-mail address.",
}


@pytest.mark.parametrize("form", [(), ("--json",)], ids=["text", "json"])
def test_what_was_asked_wrongly_is_one_line(
    on_database: Run, inspector: Inspector, form: tuple[str, ...]
) -> None:
    """It goes to standard error, the status is 2, and nothing is changed."""
    succeed(on_database, *ADA, stdin=PASSWORD)
    before = dump(inspector)
    for arguments, line in WRONGLY_ASKED.items():
        assert on_database("user", *arguments, *form, stdin=NEW) == (2, "", f"latchkey: {line}\n")
    assert dump(inspector) == before


def test_what_a_terminal_would_obey_is_made_visible(on_database: Run, inspector: Inspector) -> None:
    """An e-mail and a name that older rules let in cannot move the cursor or rename the window."""
    user_id = succeed(on_database, *ADA, stdin=PASSWORD).strip()
    inspector.fetch("UPDATE users SET email = '\x1b]0;root\x07\u202e@example.com'")
    inspector.fetch("UPDATE profiles SET first_name = 'Ada\x9b31m'")
    visible = r"\x1b]0;root\x07\u202e@example.com"
    for command in (("list",), ("show", user_id), ("disable", user_id)):
        out = succeed(on_database, "user", *command)
        assert visible in out
        assert all(character.isprintable() for line in out.splitlines() for character in line)
    status, out, err = on_database("user", "disable", user_id)
    assert (status, out, err) == (2, "", f"latchkey: {visible} is disabled already\n")


def test_every_command_needs_the_tables(on_database: Run, blank_database_url: str) -> None:
    """Before the first migration there is one line, and no traceback."""
    line = "latchkey: the database lacks migrations: run `latchkey migrate`\n"
    for command in ("create", "disable", "enable", "reset-password", "show", "list"):
        who = () if command == "list" else ("ada@example.com",)
        answer = on_database("user", command, *who, stdin=PASSWORD, DATABASE_URL=blank_database_url)
        assert answer == (2, "", line)

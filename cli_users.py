"""The command line of accounts: `latchkey user …`. People are named by their e-mail or their id."""

from argparse import ArgumentParser, Namespace
from collections.abc import Callable
from typing import Any

from cli_output import Record, write_json, write_line, write_record, write_table
from cli_services import Usage, read_new_password, run
from models import AuditEvent, Profile, Role
from server import DEVELOPMENT_USER
from services import Services, directory
from services.directory import Entry
from services.users import AccountUnchanged, EmailTaken
from settings import Settings

Command = Callable[[Settings, Namespace], None]

COLUMNS = ("id", "email", "role", "isVerified", "disabledAt", "createdAt", "lastLoginAt")
"""What a list shows to people; to programs it shows everything."""


def attach(commands: Any, command: Callable[[Any, str, Command, str], ArgumentParser]) -> None:
    """Add the commands to those of `latchkey`; `command` makes the parser of one."""
    users = commands.add_parser("user", help="look after accounts")
    user = users.add_subparsers(required=True, metavar="COMMAND")
    create = command(user, "create", _create, "make an account; the password comes from standard input")
    create.add_argument("email", metavar="EMAIL")
    create.add_argument("--role", type=Role, choices=list(Role), default=Role.USER)
    create.add_argument("--first-name")
    create.add_argument("--last-name")
    disable = command(user, "disable", _disable, "end every session of an account, and let it open no other")
    enable = command(user, "enable", _enable, "let a disabled account sign in again")
    reset = command(
        user,
        "reset-password",
        _reset_password,
        "set a new password, from standard input, and end every session",
    )
    show = command(user, "show", _show, "show an account with its profile and its latest events")
    for parser in (disable, enable, reset, show):
        parser.add_argument("who", metavar="EMAIL|ID")
    several = command(user, "list", _list, "show accounts in the order of their e-mails")
    several.add_argument("--role", type=Role, choices=list(Role), help="only those of this role")
    several.add_argument("--disabled", action="store_true", default=None, help="only those that are disabled")
    several.add_argument("--first", type=int, default=50, metavar="N", help="how many; 50 without")
    several.add_argument("--after", metavar="EMAIL", help="the e-mail that the page before ended with")
    for parser in (create, disable, enable, reset, show, several):
        parser.add_argument("--json", action="store_true", help="write JSON, one object to a line")
    command(user, "create-development", _create_development, "make the development user, if it is missing")


def _create(settings: Settings, arguments: Namespace) -> None:
    password = read_new_password()

    async def create(services: Services) -> Entry:
        try:
            user_id = await services.users.create(
                email=arguments.email,
                password=password,
                role=arguments.role,
                first_name=arguments.first_name,
                last_name=arguments.last_name,
            )
        except EmailTaken:
            raise Usage(f"{arguments.email} has an account already") from None
        return await directory.find(str(user_id))

    person = run(settings, create)
    if arguments.json:
        write_json(_described(person))
    else:
        print(person.id)


def _disable(settings: Settings, arguments: Namespace) -> None:
    async def disable(services: Services) -> tuple[Entry, int]:
        person = await directory.find(arguments.who)
        try:
            return person, await services.users.disable(person.id)
        except AccountUnchanged:
            raise Usage(f"{person.email} is disabled already") from None

    person, ended = run(settings, disable)
    _write(arguments, _named(person) | {"revokedSessions": ended})


def _enable(settings: Settings, arguments: Namespace) -> None:
    async def enable(services: Services) -> Entry:
        person = await directory.find(arguments.who)
        try:
            await services.users.enable(person.id)
        except AccountUnchanged:
            raise Usage(f"{person.email} is enabled already") from None
        return person

    _write(arguments, _named(run(settings, enable)))


def _reset_password(settings: Settings, arguments: Namespace) -> None:
    password = read_new_password()

    async def reset(services: Services) -> tuple[Entry, int]:
        person = await directory.find(arguments.who)
        return person, await services.users.reset_password(person.id, email=person.email, password=password)

    person, ended = run(settings, reset)
    _write(arguments, _named(person) | {"revokedSessions": ended})


def _show(settings: Settings, arguments: Namespace) -> None:
    async def look(services: Services) -> tuple[Entry, directory.Details]:
        person = await directory.find(arguments.who)
        return person, await directory.describe(person, now=services.clock())

    person, details = run(settings, look)
    known: Record = {**_described(person), "liveSessions": details.live_sessions}
    profile = _profile(details.profile)
    events = [_event(event) for event in details.events]
    if arguments.json:
        write_json({**known, "profile": profile, "events": events})
        return
    write_record({**known, **profile})
    if events:
        print()
        write_table(list(events[0]), events)


def _list(settings: Settings, arguments: Namespace) -> None:
    async def read(_: Services) -> directory.Page:
        return await directory.read(
            first=arguments.first, after=arguments.after, role=arguments.role, disabled=arguments.disabled
        )

    page = run(settings, read)
    people = [_described(person) for person in page.entries]
    if arguments.json:
        for person in people:
            write_json(person)
    else:
        write_table(COLUMNS, people)
    if page.has_next_page:
        write_line(f"there are more: --after {page.entries[-1].email}")


def _create_development(settings: Settings, _: Namespace) -> None:
    if settings.is_production:
        raise Usage("the development user is for LATCHKEY_ENV=development only")
    email, password = DEVELOPMENT_USER
    try:
        run(settings, lambda services: services.users.create_development(email=email, password=password))
    except EmailTaken:
        print(f"latchkey: {email} is there already")
    else:
        print(f"latchkey: created {email}")


def _write(arguments: Namespace, record: Record) -> None:
    (write_json if arguments.json else write_record)(record)


def _named(person: Entry) -> dict[str, object]:
    return {"id": person.id, "email": person.email}


def _described(person: Entry) -> dict[str, object]:
    return {
        **_named(person),
        "role": person.role,
        "isVerified": person.verified_at is not None,
        "needsOnboarding": person.onboarded_at is None,
        "disabledAt": person.disabled_at,
        "createdAt": person.created_at,
        "lastLoginAt": person.last_login_at,
    }


def _profile(profile: Profile) -> Record:
    return {
        "firstName": profile.first_name,
        "lastName": profile.last_name,
        "displayName": profile.display_name,
        "phone": profile.phone,
        "locale": profile.locale,
        "timezone": profile.timezone,
    }


def _event(event: AuditEvent) -> Record:
    return {
        "occurredAt": event.occurred_at,
        "kind": event.kind,
        "outcome": event.outcome,
        "reason": event.reason,
        "ipAddress": event.ip_address,
    }

"""Letters to people: in the language that they chose, with no more in them than they need."""

from models import MailKind
from services.clients import Client
from services.codes import Code
from services.mail import Letter


def with_code(kind: MailKind, code: Code, *, to: str, locale: str | None, client: Client) -> Letter:
    """Write a letter that brings a code and is of no use without it."""
    return Letter(
        kind=kind,
        recipient=to,
        languages=_languages(locale, client),
        details={"code": code.digits, **_origin(client)},
        expires_at=code.expires_at,
    )


def notice(kind: MailKind, *, to: str, locale: str | None, client: Client) -> Letter:
    """Write a letter that tells the owner of an account what has happened to it."""
    return Letter(kind=kind, recipient=to, languages=_languages(locale, client), details=_origin(client))


def _languages(locale: str | None, client: Client) -> tuple[str, ...]:
    return (locale, *client.languages) if locale else client.languages


def _origin(client: Client) -> dict[str, str]:
    # The user agent is anybody's text, and would make our letters carry it to anybody.
    return {"ip_address": client.ip_address} if client.ip_address else {}

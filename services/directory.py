"""Looking accounts up: what an operator is shown, and never a hash. No client asks for any of it."""

from collections.abc import Sequence
from dataclasses import dataclass, fields
from datetime import datetime
from uuid import UUID

from tortoise.queryset import QuerySet

from models import AuditEvent, Profile, Role, Session, User
from services.addresses import require_email
from services.database_outages import outages
from services.errors import BadUserInput

MAX_PAGE = 1_000
"""How many accounts a page holds at the most."""

LATEST = 10
"""How many events are shown with an account."""


class AccountUnknown(Exception):
    """There is no account of this name; the message is one line. Only an operator is told."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """What an account is known by, and how it stands."""

    id: UUID
    email: str
    role: Role
    created_at: datetime
    verified_at: datetime | None
    onboarded_at: datetime | None
    disabled_at: datetime | None
    last_login_at: datetime | None


@dataclass(frozen=True, slots=True)
class Page:
    """Some accounts in the order of their e-mails, and whether there are more behind them."""

    entries: Sequence[Entry]
    has_next_page: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Details:
    """What else there is of an account: its latest events come first."""

    profile: Profile
    live_sessions: int
    events: Sequence[AuditEvent]


async def find(who: str) -> Entry:
    """Find an account by its e-mail or its id.

    Raises:
        AccountUnknown, InvalidInput: there is none, or there can be none.
        ServiceUnavailable: the database does not answer.
    """
    found = await _entries(User.filter(**_named(who)).limit(1))
    if not found:
        raise AccountUnknown(f"there is no account of {who}")
    return found[0]


async def read(
    *, first: int, after: str | None = None, role: Role | None = None, disabled: bool | None = None
) -> Page:
    """Read a page of accounts; `after` is the e-mail that the page before it ended with.

    Raises:
        BadUserInput, InvalidInput: `first` is not between 1 and `MAX_PAGE`, or `after` is no address.
        ServiceUnavailable: the database does not answer.
    """
    if not 1 <= first <= MAX_PAGE:
        raise BadUserInput(f"first has to be between 1 and {MAX_PAGE}")
    conditions = {
        "email_normalised__gt": require_email(after, field="after") if after is not None else None,
        "role": role,
        "disabled_at__isnull": None if disabled is None else not disabled,
    }
    wanted = {name: value for name, value in conditions.items() if value is not None}
    found = await _entries(User.filter(**wanted).order_by("email_normalised").limit(first + 1))
    return Page(found[:first], has_next_page=len(found) > first)


async def describe(entry: Entry, *, now: datetime) -> Details:
    """Give what else there is of an account.

    Raises:
        ServiceUnavailable: the database does not answer.
    """
    live = Session.filter(user_id=entry.id, revoked_at__isnull=True, expires_at__gt=now)
    with outages():
        return Details(
            profile=await Profile.get_or_none(user_id=entry.id) or Profile(user_id=entry.id),
            live_sessions=0 if entry.disabled_at else await live.count(),
            events=await AuditEvent.filter(user_id=entry.id).order_by("-id").limit(LATEST),
        )


def _named(who: str) -> dict[str, object]:
    if "@" in who:
        return {"email_normalised": require_email(who)}
    try:
        return {"id": UUID(who)}
    except ValueError:
        raise AccountUnknown(f"{who} is neither an e-mail address nor an id") from None


async def _entries(found: QuerySet[User]) -> Sequence[Entry]:
    with outages():
        rows = await found.values(*(field.name for field in fields(Entry)))
    return [Entry(**row) for row in rows]

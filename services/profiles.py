"""Profiles: what people say of themselves, and the first steps that ask for it."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime

from models import AuditKind, Profile
from models.people_statements import COMPLETE_ONBOARDING, UPDATE_PROFILE
from services import audit
from services.accounts import Account, Viewer
from services.clients import Client
from services.database import Database
from services.database_outages import in_time
from services.errors import TokenBlacklisted
from services.problems import InvalidInput, Problems
from services.profile_rules import FIELDS, cleaned
from services.sessions import Clock

_NAMES = {"first_name": "firstName", "last_name": "lastName"}


async def find(account: Account) -> Profile:
    """Give the profile of an account; one that has no row has an empty profile, as old as the account."""
    async with in_time():
        profile = await Profile.get_or_none(user_id=account.id)
    return profile or Profile(user_id=account.id, updated_at=account.created_at)


@dataclass(frozen=True, slots=True, kw_only=True)
class Profiles:
    """The use cases of a profile."""

    database: Database
    clock: Clock

    async def update(self, viewer: Viewer, profile: Mapping[str, str | None], *, client: Client) -> None:
        """Change what is given of the viewer's profile; what is absent stays, and None clears.

        Raises:
            Problems: some of it cannot be accepted. Nothing was changed.
            TokenBlacklisted: the session has ended meanwhile.
        """
        given, now = cleaned(profile), self.clock()
        values = [given.get(name) for name in FIELDS]
        chosen = [name in given for name in FIELDS]
        async with self.database.transaction() as transaction:
            subject = (viewer.account.id, viewer.session_id, now)
            if await transaction.first(UPDATE_PROFILE, *subject, *values, *chosen) is None:
                raise TokenBlacklisted
            audit.record(transaction, _event(AuditKind.PROFILE_UPDATED, viewer, client), now=now)

    async def complete_onboarding(self, viewer: Viewer, *, client: Client) -> Account:
        """Note that the viewer has done the first steps, and give the account as it is then.

        Raises:
            Problems: a name is missing in the profile.
            TokenBlacklisted: the session has ended meanwhile.
        """
        account, now = viewer.account, self.clock()
        async with self.database.transaction() as transaction:
            done = await transaction.first(COMPLETE_ONBOARDING, account.id, viewer.session_id, now)
            if done is not None and done["onboarded_at"] == now:
                audit.record(transaction, _event(AuditKind.ONBOARDED, viewer, client), now=now)
        if done is None:
            raise _missing(await find(account)) or TokenBlacklisted()
        onboarded_at: datetime = done["onboarded_at"]
        return replace(account, onboarded_at=onboarded_at)


def _missing(profile: Profile) -> Problems | None:
    problems = [
        InvalidInput("This is needed to go on.", field=field)
        for name, field in _NAMES.items()
        if getattr(profile, name) is None
    ]
    return Problems(problems) if problems else None


def _event(kind: AuditKind, viewer: Viewer, client: Client) -> audit.Event:
    return audit.Event(kind=kind, client=client, user_id=viewer.account.id, session_id=viewer.session_id)

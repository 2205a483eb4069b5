"""People, as they are shown to themselves."""

from collections.abc import Sequence

from ariadne import ObjectType, QueryType

from models import Profile, Role
from resolvers.context import Info
from services import profiles
from services.accounts import Account, Anonymous
from services.own_sessions import OwnSession

query = QueryType()
user = ObjectType("User")
bindables = (query, user, Role)


@query.field("me")
async def resolve_me(_: object, info: Info) -> Account | None:
    """Give the viewer."""
    viewer = await info.context.identify()
    return None if isinstance(viewer, Anonymous) else viewer.account


@user.field("isVerified")
def resolve_is_verified(account: Account, _: Info) -> bool:
    """Tell whether the e-mail address is proved."""
    return account.verified_at is not None


@user.field("needsOnboarding")
def resolve_needs_onboarding(account: Account, _: Info) -> bool:
    """Tell whether the first steps are to be done."""
    return account.onboarded_at is None


@user.field("profile")
async def resolve_profile(account: Account, _: Info) -> Profile:
    """Give the profile."""
    return await profiles.find(account)


@user.field("sessions")
async def resolve_sessions(account: Account, info: Info) -> Sequence[OwnSession]:
    """Give where they are signed in."""
    return await info.context.services.own_sessions.list(account)

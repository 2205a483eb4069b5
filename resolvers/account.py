"""One's own account."""

from typing import Any

from ariadne import MutationType, ObjectType

from resolvers.context import Info
from resolvers.payloads import UserPayload

mutation = MutationType()
account = ObjectType("AccountMutations")
bindables = (mutation, account)


@mutation.field("account")
def resolve_account(*_: object) -> dict[str, Any]:
    """Open the group."""
    return {}


@account.field("updateProfile")
async def resolve_update_profile(_: object, info: Info, *, input: dict[str, Any]) -> UserPayload:
    """Change the profile."""
    context = info.context
    viewer = await context.viewer()
    await context.services.profiles.update(viewer, input, client=context.client)
    return UserPayload(message="Saved.", user=viewer.account)


@account.field("completeOnboarding")
async def resolve_complete_onboarding(_: object, info: Info) -> UserPayload:
    """Finish the first steps."""
    context = info.context
    viewer = await context.viewer()
    onboarded = await context.services.profiles.complete_onboarding(viewer, client=context.client)
    return UserPayload(message="Welcome.", user=onboarded)

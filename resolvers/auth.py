"""Signing in, staying in and signing out."""

from dataclasses import replace
from typing import Any

from ariadne import MutationType, ObjectType

from resolvers.context import Info
from resolvers.payloads import LogoutPayload, TokensPayload
from services.sessions import LogoutScope, TokenDelivery

mutation = MutationType()
auth = ObjectType("AuthMutations")
bindables = (mutation, auth, LogoutScope, TokenDelivery)


@mutation.field("auth")
def resolve_auth(*_: object) -> dict[str, Any]:
    """Open the group."""
    return {}


@auth.field("login")
async def resolve_login(_: object, info: Info, *, input: dict[str, Any]) -> TokensPayload:
    """Sign in with a password."""
    context = info.context
    signed_in = await context.services.auth.login(**input, client=context.client)
    context.cookies.deliver(signed_in.grant)
    return TokensPayload.of(signed_in.grant, message="Signed in.", user=signed_in.account)


@auth.field("refreshToken")
async def resolve_refresh_token(
    _: object, info: Info, *, input: dict[str, Any] | None = None
) -> TokensPayload:
    """Use a refresh token up and get its successor."""
    context = info.context
    credentials = replace(context.credentials, **input) if input else context.credentials
    grant = await context.services.rotation.rotate(credentials, client=context.client)
    context.cookies.deliver(grant)
    return TokensPayload.of(grant, message="Refreshed.")


@auth.field("logout")
async def resolve_logout(_: object, info: Info, *, scope: LogoutScope | None) -> LogoutPayload:
    """Sign out."""
    context = info.context
    scope = scope or LogoutScope.THIS_SESSION  # A null that is written out is not the default.
    logout = await context.services.sessions.end(context.credentials, scope=scope, client=context.client)
    if logout.signed_out:
        context.cookies.clear(whose=logout.user_id)
    return LogoutPayload(message="Signed out.", revoked_sessions=logout.revoked_sessions)

"""Signing up, signing in, staying in and signing out; and new passwords."""

from dataclasses import replace
from typing import Any

from ariadne import MutationType, ObjectType

from resolvers.context import Info
from resolvers.payloads import LogoutPayload, Payload, TokensPayload
from resolvers.scalars import find_id
from services.sessions import LogoutScope, TokenDelivery

mutation = MutationType()
auth = ObjectType("AuthMutations")
bindables = (mutation, auth, LogoutScope, TokenDelivery)


@mutation.field("auth")
def resolve_auth(*_: object) -> dict[str, Any]:
    """Open the group."""
    return {}


@auth.field("register")
async def resolve_register(_: object, info: Info, *, input: dict[str, Any]) -> Payload:
    """Sign up."""
    context = info.context
    registration = {**input, "profile": input.get("profile") or {}}
    await context.services.registration.register(**registration, client=context.client)
    return Payload(message="Please look into your mail: it says how to go on.")


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


@auth.field("changePassword")
async def resolve_change_password(_: object, info: Info, *, input: dict[str, Any]) -> Payload:
    """Change the password."""
    context = info.context
    viewer = await context.viewer()
    await context.services.password_changes.change(viewer, **input, client=context.client)
    return Payload(message="The password is changed, and every other session is ended.")


@auth.field("resetPassword")
async def resolve_reset_password(_: object, info: Info, *, input: dict[str, Any]) -> Payload:
    """Set a new password by a code."""
    context = info.context
    await context.services.password_changes.reset(**input, client=context.client)
    return Payload(message="The password is set, and every session is ended. Please sign in.")


@auth.field("revokeSession")
async def resolve_revoke_session(_: object, info: Info, *, id: str) -> Payload:
    """End one of one's own sessions."""
    context = info.context
    viewer = await context.viewer()
    session_id = find_id(id)
    await context.services.own_sessions.revoke(viewer, session_id, client=context.client)
    if session_id == viewer.session_id:
        context.cookies.clear(whose=viewer.account.id)
    return Payload(message="The session is ended.")

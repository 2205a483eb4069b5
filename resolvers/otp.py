"""One-time codes."""

from typing import Any

from ariadne import MutationType, ObjectType

from models import OtpPurpose
from resolvers.context import Info
from resolvers.payloads import Payload, TokensPayload

mutation = MutationType()
otp = ObjectType("OtpMutations")
bindables = (mutation, otp, OtpPurpose)


@mutation.field("otp")
def resolve_otp(*_: object) -> dict[str, Any]:
    """Open the group."""
    return {}


@otp.field("request")
async def resolve_request(_: object, info: Info, *, input: dict[str, Any]) -> Payload:
    """Ask for a code."""
    await info.context.services.otp.request(**input, client=info.context.client)
    return Payload(message="If the address has an account, a code is on its way.")


@otp.field("verify")
async def resolve_verify(_: object, info: Info, *, input: dict[str, Any]) -> TokensPayload | Payload:
    """Bring a code back."""
    context = info.context
    signed_in = await context.services.otp.verify(**input, client=context.client)
    if signed_in is None:
        return Payload(message="The code is good.")
    context.cookies.deliver(signed_in.grant)
    return TokensPayload.of(signed_in.grant, message="Signed in.", user=signed_in.account)

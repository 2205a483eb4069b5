"""From an HTTP request to a context: who is asking, by what address, with what credentials."""

import re
from uuid import uuid4

from quart import Request

from resolvers.context import Context
from services import Services
from services.clients import Client
from web import cookies
from web.edge import Edge

_BEARER = re.compile(r"bearer +(\S+) *", re.IGNORECASE)
_USER_AGENT_LENGTH = 512


def context(request: Request, *, request_id: str, services: Services, edge: Edge) -> Context:
    """Build the context of an execution; the credentials are believed only when somebody asks."""
    agent = request.headers.get("User-Agent")
    return Context(
        services=services,
        client=Client(
            ip_address=address(
                request.remote_addr, request.headers.get("X-Forwarded-For"), proxies=edge.trusted_proxies
            ),
            user_agent=_printable(agent)[:_USER_AGENT_LENGTH] if agent else None,
            request_id=request_id,
        ),
        credentials=cookies.read(
            request.cookies, bearer=bearer(request.headers.get("Authorization")), edge=edge
        ),
    )


def new_request_id() -> str:
    """Make the id that a request goes by in the log, the audit trail and the answer. One from outside is not taken."""
    return str(uuid4())


def bearer(authorization: str | None) -> str | None:
    """Take the token out of an `Authorization: Bearer` header (RFC 6750 section 2.1)."""
    match = _BEARER.fullmatch(authorization) if authorization else None
    return match[1] if match else None


def address(peer: str | None, forwarded_for: str | None, *, proxies: int) -> str | None:
    """Tell the client's address: the peer's, or the one that the outermost trusted proxy saw.

    Each proxy appends the address that it saw, so the last `proxies` entries are ours and what is to the
    left of them is anybody's invention.
    """
    seen = [part.strip() for part in forwarded_for.split(",")] if forwarded_for else []
    if proxies == 0 or len(seen) < proxies:
        return peer
    return seen[-proxies][:45]


def _printable(text: str) -> str:
    return "".join(character if character.isprintable() else "\N{REPLACEMENT CHARACTER}" for character in text)

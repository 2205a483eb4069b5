"""From an HTTP request to a context: who is asking, by what address, with what credentials."""

import re
from functools import lru_cache
from ipaddress import IPv6Address, ip_address
from uuid import uuid4

from werkzeug.datastructures import LanguageAccept
from werkzeug.http import parse_accept_header

from resolvers.context import Context
from services import Services
from services.clients import Client
from web import cookies
from web.edge import Edge
from web.incoming import Incoming

_BEARER = re.compile(r"bearer(?: +(.*))?", re.IGNORECASE)
_WITH_PORT = re.compile(r"\[([^\[\]]+)\](?::\d{1,5})?|([^:\[\]]+):\d{1,5}")
_USER_AGENT_LENGTH = 512
_LANGUAGES = 8


def context(incoming: Incoming, *, request_id: str, services: Services, edge: Edge) -> Context:
    """Build the context of an execution; the credentials are believed only when somebody asks."""
    agent, authorization = incoming.header("user-agent"), incoming.header("authorization")
    return Context(
        services=services,
        client=Client(
            ip_address=address(
                incoming.peer,
                # Some proxies append a line of their own rather than to the line that came.
                ",".join(incoming.headers("x-forwarded-for")),
                proxies=edge.trusted_proxies,
            ),
            user_agent=_printable(agent[:_USER_AGENT_LENGTH]) if agent else None,
            request_id=request_id,
            languages=_languages(",".join(incoming.headers("accept-language"))),
        ),
        credentials=cookies.read(incoming.cookies(), bearer=bearer(authorization), edge=edge),
    )


def new_request_id() -> str:
    """Make the id of a request in the log, the audit trail and the answer. One from outside is not taken."""
    return str(uuid4())


def bearer(authorization: str | None) -> str | None:
    """Take the token out of an `Authorization: Bearer` header (RFC 6750 section 2.1).

    Whatever follows the scheme is what is presented: nonsense is an unusable token, and not the lack of one.
    """
    match = _BEARER.fullmatch(authorization.strip()) if authorization else None
    return (match[1] or "") if match else None


def address(peer: str | None, forwarded_for: str, *, proxies: int) -> str | None:
    """Tell the client's address: the peer's, or the one that the outermost trusted proxy saw.

    Each proxy appends the address that it saw, so the last `proxies` entries are ours and what is to the
    left of them is anybody's invention. An entry of ours that is no address leaves the peer's.
    """
    seen = forwarded_for.split(",") if forwarded_for else []
    direct = _address(peer or "")
    if proxies == 0 or len(seen) < proxies:
        return direct
    return _address(seen[-proxies]) or direct


@lru_cache(maxsize=1024)
def _address(text: str) -> str | None:
    match = _WITH_PORT.fullmatch(text.strip())
    bare = (match[1] or match[2]) if match else text.strip()
    try:
        # A zone is a name of the proxy's own interface, and could be any text at all.
        found = ip_address(bare.partition("%")[0])
    except ValueError:
        return None
    mapped = found.ipv4_mapped if isinstance(found, IPv6Address) else None
    return str(mapped or found)


@lru_cache(maxsize=64)
def _languages(wanted: str) -> tuple[str, ...]:
    return tuple(parse_accept_header(wanted, LanguageAccept).values())[:_LANGUAGES] if wanted else ()


def _printable(text: str) -> str:
    if text.isprintable():
        return text
    return "".join(
        character if character.isprintable() else "\N{REPLACEMENT CHARACTER}" for character in text
    )

"""What a request has to pass before anything of it is read: its origin and its size (OWASP ASVS 5.0, 3.5)."""

from collections.abc import Sequence

from werkzeug.exceptions import MethodNotAllowed

from services.errors import CsrfRejected
from web.edge import Edge
from web.incoming import Incoming

Header = tuple[str, str]

MAX_BODY = 64 * 1024
"""The largest body that is read, in bytes."""

READ_WITHIN = 7
"""How long a client may take to send its body, in seconds: less than a server that stops waits for it."""

_POLICY = "default-src 'none'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
"""For what is no page. The first does not stand for the others, each of which has a default of its own."""

USUAL = (("Content-Security-Policy", _POLICY), ("Cache-Control", "no-store"))
"""What an answer carries unless it says something else: a page has a policy of its own."""

_PREFLIGHT = (
    ("Access-Control-Allow-Methods", "POST"),
    ("Access-Control-Allow-Headers", "Content-Type, Authorization"),
    ("Access-Control-Max-Age", "600"),
)
_VARY = (("Vary", "Origin"),)
_ALWAYS = (
    ("X-Content-Type-Options", "nosniff"),
    ("Referrer-Policy", "no-referrer"),
    ("Cross-Origin-Opener-Policy", "same-origin"),
    ("Cross-Origin-Resource-Policy", "same-origin"),
)
_TLS = (("Strict-Transport-Security", "max-age=31536000; includeSubDomains"),)


def require_origin(incoming: Incoming, *, edge: Edge) -> None:
    """Refuse what a page of a foreign origin sent, by whatever method and to whatever path.

    A browser that names an origin is believed about it. One that names none but says that the request is
    cross-site is refused too, unless a person followed a link; programs say neither and pass, as they hold
    nobody's cookies.

    Raises:
        CsrfRejected: the page that sent it is not one of ours.
    """
    origins = incoming.headers("origin")
    if not origins:
        site = incoming.header("sec-fetch-site")
        if site is not None and site.lower() == "cross-site" and not _is_link(incoming):
            raise CsrfRejected
    elif len(origins) > 1 or origins[0] not in edge.own_origins | edge.allowed_origins:
        raise CsrfRejected


def require_preflight(incoming: Incoming) -> Sequence[Header]:
    """Give what a CORS preflight is told; `permission` adds whom it is told to, an allowed origin alone.

    Raises:
        MethodNotAllowed: it is an OPTIONS request of another kind.
    """
    if incoming.header("access-control-request-method") is None:
        raise MethodNotAllowed(valid_methods=["POST"])
    return _PREFLIGHT


def permission(incoming: Incoming, *, edge: Edge) -> Sequence[Header]:
    """Give the headers that let a page of an allowed origin read the answer, cookies included."""
    origin = incoming.header("origin")
    if origin not in edge.allowed_origins:
        return _VARY
    return (
        *_VARY,
        ("Access-Control-Allow-Origin", origin),
        ("Access-Control-Allow-Credentials", "true"),
        ("Access-Control-Expose-Headers", "X-Request-Id"),
    )


def security(edge: Edge) -> Sequence[Header]:
    """Give the headers that every answer carries (OWASP ASVS 5.0, 3.4), whatever else it carries."""
    return (*_ALWAYS, *(_TLS if edge.is_production else ()))


def _is_link(incoming: Incoming) -> bool:
    """Tell whether a page is to be shown in a window of its own, which changes nothing and tells no other."""
    return (
        incoming.method in ("GET", "HEAD")
        and incoming.header("sec-fetch-mode") == "navigate"
        and incoming.header("sec-fetch-dest") == "document"
    )

"""What a request has to pass before anything of it is read: its origin and its size (OWASP ASVS 5.0, 3.5)."""

from quart import Request, Response
from werkzeug.exceptions import MethodNotAllowed

from services.errors import CsrfRejected
from web.edge import Edge

MAX_BODY = 64 * 1024
"""The largest body that is read, in bytes."""

READ_WITHIN = 7
"""How long a client may take to send its body, in seconds: less than a server that stops waits for it."""

_POLICY = "default-src 'none'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
"""For what is no page. The first does not stand for the others, each of which has a default of its own."""

_PREFLIGHT = {
    "Access-Control-Allow-Methods": "POST",
    "Access-Control-Allow-Headers": "Content-Type, Authorization",
    "Access-Control-Max-Age": "600",
}


def require_origin(request: Request, *, edge: Edge) -> None:
    """Refuse what a page of a foreign origin sent, by whatever method and to whatever path.

    A browser that names an origin is believed about it. One that names none but says that the request is
    cross-site is refused too, unless a person followed a link; programs say neither and pass, as they hold
    nobody's cookies.

    Raises:
        CsrfRejected: the page that sent it is not one of ours.
    """
    origins = request.headers.getlist("Origin")
    if not origins:
        if request.headers.get("Sec-Fetch-Site", "").lower() == "cross-site" and not _is_link(request):
            raise CsrfRejected
    elif len(origins) > 1 or origins[0] not in edge.own_origins | edge.allowed_origins:
        raise CsrfRejected


def preflight(request: Request) -> Response:
    """Answer a CORS preflight; `allow_origin` adds the permission, for an allowed origin alone.

    Raises:
        MethodNotAllowed: it is an OPTIONS request of another kind.
    """
    if "Access-Control-Request-Method" not in request.headers:
        raise MethodNotAllowed(valid_methods=["POST"])
    response = Response("", status=204, headers=_PREFLIGHT)
    del response.headers["Content-Type"]
    return response


def allow_origin(request: Request, response: Response, *, edge: Edge) -> None:
    """Let a page of an allowed origin read the answer, cookies included."""
    origin = request.headers.get("Origin")
    response.headers.add("Vary", "Origin")
    if origin in edge.allowed_origins:
        response.headers["Access-Control-Allow-Origin"] = origin
        response.headers["Access-Control-Allow-Credentials"] = "true"
        response.headers["Access-Control-Expose-Headers"] = "X-Request-Id"


def secure(response: Response, *, edge: Edge) -> None:
    """Add the headers that every answer carries (OWASP ASVS 5.0, 3.4); a page sets its own policy before."""
    headers = response.headers
    headers.setdefault("Content-Security-Policy", _POLICY)
    headers.setdefault("Cache-Control", "no-store")
    headers["X-Content-Type-Options"] = "nosniff"
    headers["Referrer-Policy"] = "no-referrer"
    headers["Cross-Origin-Opener-Policy"] = "same-origin"
    headers["Cross-Origin-Resource-Policy"] = "same-origin"
    if edge.is_production:
        headers["Strict-Transport-Security"] = "max-age=31536000; includeSubDomains"


def _is_link(request: Request) -> bool:
    """Tell whether a page is to be shown in a window of its own, which changes nothing and tells no other."""
    return (
        request.method in ("GET", "HEAD")
        and request.headers.get("Sec-Fetch-Mode") == "navigate"
        and request.headers.get("Sec-Fetch-Dest") == "document"
    )

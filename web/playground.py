"""The playground: a page of our own origin, in development, that runs operations and shows the schema."""

from pathlib import Path

from quart import Blueprint, Response, request
from werkzeug.exceptions import MethodNotAllowed, NotFound

from web import media

_ASSETS = Path(__file__).parent / "playground_assets"
# Not the machine's own table of types, which may know none of them.
_KINDS = {
    ".html": "text/html; charset=utf-8",
    ".js": "text/javascript; charset=utf-8",
    ".css": "text/css; charset=utf-8",
}
_POLICY = "; ".join(
    (
        "default-src 'none'",
        "script-src 'self'",
        "style-src 'self'",
        "connect-src 'self'",
        "base-uri 'none'",
        "form-action 'none'",
        "frame-ancestors 'none'",
    )
)


def blueprint() -> Blueprint:
    """Give `GET /graphql` for browsers, and what its page loads; all is read once, before the loop runs."""
    routes = Blueprint("playground", __name__)
    files = {path.name: (path.read_bytes(), _KINDS[path.suffix]) for path in _ASSETS.iterdir()}

    @routes.get("/graphql")
    async def page() -> Response:
        if not media.takes_html(request):
            raise MethodNotAllowed(valid_methods=["POST"])
        return _page("index.html")

    @routes.get("/playground/<name>")
    async def asset(name: str) -> Response:
        return _page(name)

    def _page(name: str) -> Response:
        if name not in files:
            raise NotFound
        content, kind = files[name]
        return Response(content, content_type=kind, headers={"Content-Security-Policy": _POLICY})

    return routes

"""The playground: a page of our own origin, in development, that runs operations and shows the schema."""

import mimetypes
from pathlib import Path

from quart import Blueprint, Response, request
from werkzeug.exceptions import MethodNotAllowed, NotFound

_ASSETS = Path(__file__).parent / "playground_assets"
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
    """Give `GET /graphql` for browsers, and what its page loads; the files are read once, before the loop runs."""
    routes = Blueprint("playground", __name__)
    files = {path.name: path.read_bytes() for path in _ASSETS.iterdir()}

    @routes.get("/graphql")
    async def page() -> Response:
        if not request.accept_mimetypes.accept_html:
            raise MethodNotAllowed(valid_methods=["POST"])
        return _page("index.html")

    @routes.get("/playground/<name>")
    async def asset(name: str) -> Response:
        return _page(name)

    def _page(name: str) -> Response:
        if name not in files:
            raise NotFound
        kind = mimetypes.guess_type(name)[0] or "application/octet-stream"
        return Response(files[name], mimetype=kind, headers={"Content-Security-Policy": _POLICY})

    return routes

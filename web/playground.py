"""The playground: a page of our own origin, in development, that runs operations and shows the schema."""

import secrets
from pathlib import Path
from typing import NamedTuple

import orjson
from quart import Blueprint, Response, g
from werkzeug.exceptions import MethodNotAllowed, NotFound

from web import media

BUILT = Path(__file__).parent / "playground_app" / "build"
"""Where `make playground` puts GraphiQL, whole or not at all. Where it is missing there is the plain page."""

EXAMPLES = Path(__file__).parent / "playground_examples"
"""The operations that both pages offer, in the order of their file names."""

_PLAIN = Path(__file__).parent / "playground_assets"
_PAGE = "index.html"
# Not the machine's own table of types, which may know none of them.
_KINDS = {
    ".css": "text/css; charset=utf-8",
    ".html": "text/html; charset=utf-8",
    ".js": "text/javascript; charset=utf-8",
    ".svg": "image/svg+xml",
    ".ttf": "font/ttf",
    ".woff": "font/woff",
    ".woff2": "font/woff2",
}
_PLAIN_POLICY = {
    "default-src": "'none'",
    "script-src": "'self'",
    "style-src": "'self'",
    "img-src": "'self'",
    "connect-src": "'self'",
    "base-uri": "'none'",
    "form-action": "'none'",
    "frame-ancestors": "'none'",
}
_GRAPHIQL_POLICY = {
    **_PLAIN_POLICY,
    "style-src": "'self' 'nonce-{nonce}'",
    # Its editor draws the line under a mistake as an image of its own making.
    "img-src": "'self' data:",
    "font-src": "'self'",
    "worker-src": "'self'",
}
# The name of what was built holds a hash of its content.
_KEPT = {"Cache-Control": "max-age=31536000, immutable"}


class _Asset(NamedTuple):
    content: bytes
    headers: dict[str, str]


def blueprint() -> Blueprint:
    """Give `GET /graphql` for browsers, and what its page loads; all is read once, before the loop runs."""
    routes = Blueprint("playground", __name__)
    is_built = BUILT.is_dir()
    assets = _read(_PLAIN, {}) | (_read(BUILT, _KEPT) if is_built else {}) | _examples()
    template = assets.pop(_PAGE).content.decode()
    policy = "; ".join(map(" ".join, (_GRAPHIQL_POLICY if is_built else _PLAIN_POLICY).items()))

    @routes.get("/graphql")
    async def page() -> Response:
        if not media.takes_html(g.incoming):
            raise MethodNotAllowed(valid_methods=["POST"])
        nonce = secrets.token_urlsafe(16)
        response = Response(template.replace("{nonce}", nonce), content_type=_KINDS[".html"])
        response.headers["Content-Security-Policy"] = policy.replace("{nonce}", nonce)
        return response

    @routes.get("/playground/<name>")
    async def asset(name: str) -> Response:
        if name not in assets:
            raise NotFound
        return Response(assets[name].content, headers=assets[name].headers)

    return routes


def _read(folder: Path, headers: dict[str, str]) -> dict[str, _Asset]:
    return {
        path.name: _Asset(path.read_bytes(), {"Content-Type": _KINDS[path.suffix], **headers})
        for path in folder.iterdir()
    }


def _examples() -> dict[str, _Asset]:
    files = sorted(EXAMPLES.glob("*.graphql"))
    examples = [{"name": path.stem.partition("_")[2], "query": path.read_text()} for path in files]
    return {"examples.json": _Asset(orjson.dumps(examples), {"Content-Type": f"{media.JSON}; charset=utf-8"})}

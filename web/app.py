"""The app and the library that it stands on: the files of `client/`, and the addresses of the pages."""

import hashlib
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import NamedTuple

from quart import Blueprint, Response, request
from werkzeug.exceptions import NotFound

CLIENT = Path(__file__).parent.parent / "client"
"""Where the library lies, and below it the app."""

PAGES = ("/", *sorted(f"/{module.stem}" for module in (CLIENT / "app" / "pages").glob("*.js")))
"""The addresses of the app. Each page is a module of that name; `/` leads on to one of them."""

_SHELL = "app/index.html"
_MODULES = b"<!-- modules -->"
_SERVED = ("*.js", "operations/*", "app/**/*")
# Not the machine's own table of types, which may know none of them.
_KINDS = {
    ".css": "text/css; charset=utf-8",
    ".graphql": "application/graphql; charset=utf-8",
    ".html": "text/html; charset=utf-8",
    ".js": "text/javascript; charset=utf-8",
    ".svg": "image/svg+xml",
}
_POLICY = "; ".join(
    (
        "default-src 'none'",
        "script-src 'self'",
        "style-src 'self'",
        "connect-src 'self'",
        "img-src 'self'",
        "base-uri 'none'",
        "form-action 'none'",
        "frame-ancestors 'none'",
        # What found its way into a page could not write HTML there: the app makes elements, and no strings.
        "require-trusted-types-for 'script'",
        "trusted-types 'none'",
    )
)


class _File(NamedTuple):
    content: bytes
    kind: str
    tag: str


def blueprint() -> Blueprint:
    """Give the app's pages and the files of `client/`; all are read once, before the loop runs."""
    routes = Blueprint("app", __name__)
    files = dict(_read())
    shell = _shell(files.pop(_SHELL).content, names=sorted(files))

    async def page() -> Response:
        return await _answer(shell)

    for address in PAGES:
        routes.add_url_rule(address, view_func=page)

    @routes.get("/client/<path:name>")
    async def file(name: str) -> Response:
        if name not in files:
            raise NotFound
        return await _answer(files[name])

    return routes


def _read() -> Iterator[tuple[str, _File]]:
    for path in (path for pattern in _SERVED for path in CLIENT.glob(pattern) if path.suffix in _KINDS):
        yield path.relative_to(CLIENT).as_posix(), _file(path.read_bytes(), _KINDS[path.suffix])


def _shell(template: bytes, *, names: Iterable[str]) -> _File:
    # Named at once, all modules are fetched at the same time, and not each when another has asked for it.
    links = [f'<link rel="modulepreload" href="/client/{name}">' for name in names if name.endswith(".js")]
    return _file(template.replace(_MODULES, "\n    ".join(links).encode()), _KINDS[".html"])


def _file(content: bytes, kind: str) -> _File:
    return _File(content, kind, hashlib.sha256(content).hexdigest())


async def _answer(file: _File) -> Response:
    # A browser may keep a file, and asks each time if it is still the one: a page never meets the modules of
    # another release.
    headers = {"Cache-Control": "no-cache", "Content-Security-Policy": _POLICY}
    response = Response(file.content, content_type=file.kind, headers=headers)
    response.set_etag(file.tag)
    await response.make_conditional(request)
    return response

"""A request as the ASGI server gave it, read no further than somebody asks."""

from collections.abc import Mapping, Sequence
from typing import Any
from urllib.parse import urlsplit

from werkzeug.sansio.http import parse_cookie

Scope = Mapping[str, Any]
"""The connection scope of the ASGI specification (HTTP & WebSocket, 2.3)."""


class Incoming:
    """The method, the path and the headers of a request, whoever answers it."""

    __slots__ = ("_headers", "method", "path", "peer")

    def __init__(self, scope: Scope) -> None:
        """Take the scope of a request. The names of its headers are in lower case, as ASGI says."""
        self.method: str = scope["method"]
        self.path = path_of(scope)
        self.peer: str | None = (scope.get("client") or (None,))[0]
        self._headers: dict[bytes, list[bytes]] = {}
        for name, value in scope["headers"]:
            self._headers.setdefault(name, []).append(value)

    def header(self, name: str) -> str | None:
        """Give the first header of this name."""
        found = self._headers.get(name.encode())
        return found[0].decode("latin1") if found else None

    def headers(self, name: str) -> Sequence[str]:
        """Give all headers of this name."""
        return [value.decode("latin1") for value in self._headers.get(name.encode(), ())]

    def cookies(self) -> Mapping[str, str]:
        """Read the cookies; over HTTP/2 they may come in several headers (RFC 9113 section 8.2.3)."""
        return parse_cookie("; ".join(self.headers("cookie")))


def path_of(scope: Scope) -> str:
    """Give the path that is asked for; a request line may name the whole address (RFC 9112 section 3.2.2)."""
    path: str = scope["path"]
    return path if path.startswith("/") else urlsplit(path).path

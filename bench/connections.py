"""One kept-alive connection of HTTP/1.1: so thin that the client is not what is measured."""

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass


class WrongAnswer(Exception):
    """A server answered something else than it should: whatever was measured with it counts for nothing."""


class NoAnswer(WrongAnswer):
    """The connection was closed instead."""


@dataclass(frozen=True, slots=True)
class Answer:
    """A response: its status, its header lines as they came, and its body."""

    status: int
    head: bytes
    body: bytes

    def cookies(self) -> Sequence[tuple[str, str]]:
        """Give name and value of every cookie that is set; one that is cleared has no value."""
        lines = (line.partition(b":") for line in self.head.split(b"\r\n"))
        values = [value.strip().decode() for name, _, value in lines if name.lower() == b"set-cookie"]
        pairs = (value.partition(";")[0].partition("=") for value in values)
        return [(name, value.strip('"')) for name, _, value in pairs]

    def require(self, body: bytes) -> None:
        """Refuse any answer but this one.

        Raises:
            WrongAnswer: it is another.
        """
        if self.status != 200 or self.body != body:
            raise WrongAnswer(f"status {self.status}, {self.body[:200]!r} instead of {body!r}")


class Connection:
    """Sends a request when the answer to the one before is there: no pipelining, as no browser does that."""

    def __init__(self, port: int) -> None:
        """Take a port of this machine; the first request connects."""
        self._port = port
        self._streams: tuple[asyncio.StreamReader, asyncio.StreamWriter] | None = None

    async def ask(self, request: bytes) -> Answer:
        """Send a request and give its answer; Hypercorn ends a connection now and then, and says so before.

        Raises:
            NoAnswer: the connection was closed instead.
            WrongAnswer: there is no telling where the answer ends.
        """
        reader, writer = self._streams = self._streams or await asyncio.open_connection(
            "127.0.0.1", self._port
        )
        writer.write(request)
        try:
            head = await reader.readuntil(b"\r\n\r\n")
            body = await reader.readexactly(length_of(head))
        except (asyncio.IncompleteReadError, OSError) as error:
            raise NoAnswer(f"no answer: {type(error).__name__}") from None
        if b"\r\nconnection: close\r\n" in head.lower():
            self.close()
        return Answer(int(head[9:12]), head, body)

    def close(self) -> None:
        """Close it."""
        if self._streams is not None:
            self._streams[1].close()
            self._streams = None


def length_of(head: bytes) -> int:
    """Read the length of the body, which all answers of ours tell.

    Raises:
        WrongAnswer: it is not told.
    """
    _, found, length = head.lower().partition(b"\r\ncontent-length:")
    if not found:
        raise WrongAnswer(f"no length: {head!r}")
    return int(length.partition(b"\r\n")[0])


def post(body: bytes, *, cookie: str = "") -> bytes:
    """Write the request that sends a GraphQL body, with the headers that a browser's client would send."""
    lines = ["POST /graphql HTTP/1.1", "Host: 127.0.0.1", "Content-Type: application/json"]
    lines += ["Accept: application/json", "User-Agent: latchkey-bench", f"Content-Length: {len(body)}"]
    lines += [f"Cookie: {cookie}"] if cookie else []
    return "\r\n".join([*lines, "", ""]).encode() + body

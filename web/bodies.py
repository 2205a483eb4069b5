"""The body of a request: no longer than it may be, and not waited for longer than it may take."""

import asyncio
from collections.abc import Awaitable, Callable
from contextlib import suppress
from typing import Any

from werkzeug.exceptions import RequestEntityTooLarge, RequestTimeout

from web import guards
from web.incoming import Incoming

DISCARD_WITHIN, DISCARD_AT_MOST = 1.0, 4 * guards.MAX_BODY
"""How long the rest of a body that nobody reads is waited for, in seconds, and for how many bytes of it."""

Receive = Callable[[], Awaitable[Any]]
"""Gives the next event of a request, as ASGI says."""


class HungUp(Exception):
    """The client has gone before it had said what it wants."""


class Body:
    """Reads a body once, or throws away what is left of it."""

    def __init__(self, incoming: Incoming, receive: Receive) -> None:
        """Take the request; nothing is read yet."""
        self._length, self._receive = incoming.header("content-length") or "", receive
        self._read, self._is_complete = bytearray(), False
        self._is_given_up = False

    async def read(self, *, within: float = guards.READ_WITHIN) -> bytes:
        """Read all of it.

        Raises:
            HungUp: the client has gone.
            RequestEntityTooLarge, RequestTimeout: it is too long, or takes too long.
        """
        self._is_given_up = True
        if self._length.isdecimal() and int(self._length) > guards.MAX_BODY:
            raise RequestEntityTooLarge
        try:
            async with asyncio.timeout(within):
                while not self._is_complete:
                    self._take(await self._receive())
        except TimeoutError:
            raise RequestTimeout from None
        self._is_given_up = False
        return bytes(self._read)

    async def is_left(self) -> bool:
        """Read on after a refusal, and tell whether something is left for all that.

        Where it is, nothing else can come over the connection of HTTP/1.1, and the client has to be told.
        """
        if self._is_given_up:
            return True
        try:
            await self.read(within=DISCARD_WITHIN)
        except (HungUp, RequestEntityTooLarge, RequestTimeout):
            return True
        return False

    async def throw_away(self) -> None:
        """Take what a client still sends although it was refused, before its connection is closed.

        Bytes that nobody has taken make the system reset the connection, which may cost the client the answer
        (RFC 9112 section 9.6), and makes a proxy that is not done with sending say that the server is broken.
        """
        thrown = 0
        with suppress(TimeoutError):
            async with asyncio.timeout(DISCARD_WITHIN):
                while not self._is_complete and thrown < DISCARD_AT_MOST:
                    event = await self._receive()
                    thrown += len(event.get("body", b""))
                    self._is_complete = not event.get("more_body", False)

    def _take(self, event: Any) -> None:
        if event["type"] == "http.disconnect":
            raise HungUp
        self._read += event.get("body", b"")
        if len(self._read) > guards.MAX_BODY:
            raise RequestEntityTooLarge
        self._is_complete = not event.get("more_body", False)

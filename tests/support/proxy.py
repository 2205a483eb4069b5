"""A TCP proxy before PostgreSQL that cuts, loses answers or falls silent, at the statement it is told."""

import asyncio
import socket
import struct
from asyncio import StreamReader, StreamWriter
from contextlib import suppress
from enum import Enum
from threading import Event, Thread
from typing import Self
from urllib.parse import urlsplit

from tests.support.ports import free_port

_QUERY, _SYNC, _PARSE, _BIND, _READY = b"Q", b"S", b"P", b"B", b"Z"
_WAITS_FOR_SYNC = (_PARSE, _BIND, b"D", b"E", b"C")


class Fault(Enum):
    """What becomes of one statement, and from then on of every connection, until the proxy is healed."""

    CUT = "cut before the server has it"
    LOST = "cut when the server has run it, before its answer"
    SILENT = "swallowed, and nothing is answered any more"
    UNANSWERED = "run by the server, and nothing is answered any more"

    @property
    def is_run(self) -> bool:
        """Whether the server runs the statement."""
        return self in (Fault.LOST, Fault.UNANSWERED)

    @property
    def is_silent(self) -> bool:
        """Whether connections stay open, and lead nowhere."""
        return self in (Fault.SILENT, Fault.UNANSWERED)


class Proxy:
    """Stands before the server that a URL names, in a thread of its own; `strike` and `heal` switch it.

    It reads as much of the protocol as counting takes: a simple query is one statement, and so is everything
    up to a Sync. To prepare one is part of it. There is no TLS.
    """

    def __init__(self, url: str) -> None:
        parts = urlsplit(url)
        self.server, self._port = (str(parts.hostname), int(parts.port or 0)), free_port()
        netloc = parts.netloc.replace(f":{parts.port}", f":{self._port}")
        self.url = parts._replace(netloc=netloc, query="sslmode=disable").geturl()
        self.seen: list[str] = []
        """The statements since the last strike or healing, the one that was struck included."""
        self.delay = 0.0
        """How long each statement is held up, in seconds."""
        self.now: Fault | None = None
        """What is done to every connection now."""
        self._planned: tuple[Fault, int] | None = None
        self._links: set[_Link] = set()
        self._loop = asyncio.new_event_loop()
        self._listens = Event()
        self._thread = Thread(target=self._loop.run_until_complete, args=(self._serve(),))

    def __enter__(self) -> Self:
        self._thread.start()
        self._listens.wait()
        return self

    def __exit__(self, *_: object) -> None:
        self._loop.call_soon_threadsafe(self._stopped.set)
        self._thread.join()
        self._loop.close()

    def strike(self, fault: Fault, *, at: int) -> None:
        """Count anew, and do this to the statement of this number and to every connection from then on."""
        self.heal()
        self._planned = fault, at

    def strike_now(self, fault: Fault) -> None:
        """Do this to every connection, also to those at rest."""
        self._loop.call_soon_threadsafe(self.begin, fault)

    def heal(self, *, cut: bool = True) -> None:
        """Let new connections through. What fell silent is cut, or else stays silent, as after a failover."""
        self.now = self._planned = None
        self.seen.clear()
        if cut:
            self._loop.call_soon_threadsafe(self._cut_silent)

    def judge(self, sql: str) -> Fault | None:
        """Count a statement, and give what becomes of it."""
        self.seen.append(sql)
        fault, at = self._planned or (None, 0)
        if fault is None or len(self.seen) != at:
            return None
        if fault is not Fault.LOST:
            self.begin(fault)
        return fault

    def begin(self, fault: Fault) -> None:
        """Do this to every connection from now on."""
        self.now = fault
        for link in list(self._links):
            link.suffer(fault)

    def _cut_silent(self) -> None:
        for link in list(self._links):
            if link.is_muted:
                link.cut()

    async def _serve(self) -> None:
        self._stopped = asyncio.Event()
        async with await asyncio.start_server(self._connected, "127.0.0.1", self._port):
            self._listens.set()
            await self._stopped.wait()
            self.begin(Fault.CUT)
        await asyncio.gather(*(link.gone.wait() for link in self._links))

    async def _connected(self, reader: StreamReader, writer: StreamWriter) -> None:
        link = _Link(self, reader, writer)
        self._links.add(link)
        try:
            await link.run()
        finally:
            link.gone.set()
            self._links.discard(link)


class _Link:
    """A connection of a client, and the one to the server that belongs to it."""

    def __init__(self, proxy: Proxy, reader: StreamReader, writer: StreamWriter) -> None:
        self.is_muted, self.gone = False, asyncio.Event()
        self._proxy, self._reader, self._writer = proxy, reader, writer
        self._server: StreamWriter | None = None
        self._loses = False
        self._prepared: dict[bytes, str] = {}

    def suffer(self, fault: Fault) -> None:
        """Fall silent, or end."""
        self.is_muted = fault.is_silent
        if not fault.is_silent:
            self.cut()

    def cut(self) -> None:
        """Reset the connection: the client has an error at once, and the server learns of it."""
        _reset(self._writer)
        if self._server is not None:
            self._server.transport.abort()

    async def run(self) -> None:
        """Carry everything back and forth until either side ends."""
        if self._proxy.now is not None:
            self.suffer(self._proxy.now)
        if self.is_muted:
            await self._swallow()
        elif self._proxy.now is None:
            answers, self._server = await asyncio.open_connection(*self._proxy.server)
            await asyncio.gather(self._ask(self._server), self._answer(answers))
        self.cut()

    async def _swallow(self) -> None:
        with suppress(OSError):
            while await self._reader.read(65536):
                pass

    async def _ask(self, server: StreamWriter) -> None:
        with suppress(asyncio.IncompleteReadError, OSError):
            server.write(await _untyped(self._reader))
            sql, held = "", b""
            while True:
                kind, message = await _message(self._reader)
                sql, held = self._named(kind, message) or sql, held + message
                if kind in _WAITS_FOR_SYNC:
                    continue
                if await self._is_sent(sql if kind in (_QUERY, _SYNC) else None):
                    server.write(held)
                held = b""
        if not self.is_muted:
            server.transport.abort()

    async def _is_sent(self, sql: str | None) -> bool:
        if self.is_muted:
            return False
        if sql is None:
            return True
        await asyncio.sleep(self._proxy.delay)
        fault = self._proxy.judge(sql)
        self._loses = fault is Fault.LOST
        return fault is None or fault.is_run

    async def _answer(self, answers: StreamReader) -> None:
        with suppress(asyncio.IncompleteReadError, OSError):
            while True:
                kind, message = await _message(answers)
                if self._loses:
                    if kind == _READY:
                        self._proxy.begin(Fault.LOST)
                elif not self.is_muted:
                    self._writer.write(message)
        if not self.is_muted:
            _reset(self._writer)

    def _named(self, kind: bytes, message: bytes) -> str | None:
        if kind == _QUERY:
            return message[5:-1].decode()
        if kind == _PARSE:
            name, sql, _ = message[5:].split(b"\0", 2)
            self._prepared[name] = sql.decode().strip()
        elif kind == _BIND:
            return self._prepared[message[5:].split(b"\0", 2)[1]]
        return None


async def _untyped(reader: StreamReader) -> bytes:
    size = await reader.readexactly(4)
    return size + await reader.readexactly(int.from_bytes(size) - 4)


async def _message(reader: StreamReader) -> tuple[bytes, bytes]:
    kind = await reader.readexactly(1)
    return kind, kind + await _untyped(reader)


def _reset(writer: StreamWriter) -> None:
    with suppress(OSError):
        linger = struct.pack("ii", 1, 0)
        writer.get_extra_info("socket").setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, linger)
    writer.transport.abort()

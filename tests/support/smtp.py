"""A real SMTP server for tests: it catches letters, and refuses, hangs and breaks off when it is told to."""

import asyncio
import queue
import ssl
import threading
from contextlib import suppress
from dataclasses import dataclass
from enum import Enum
from pathlib import Path
from types import TracebackType
from typing import Any, Self
from urllib.parse import quote

from aiosmtpd.smtp import SMTP, AuthResult, Envelope, LoginPassword, Session

from tests.support.letters import Caught
from tests.support.ports import free_port


class Conduct(Enum):
    """How the server behaves, unless it answers with a status of the test's own."""

    ACCEPT = "takes every letter"
    SILENT = "takes connections, and never says a word"
    HOLD = "has the letter, and says so only when it is released"
    DROP = "hangs up while the letter is sent"
    LOSE = "takes the letter, and hangs up instead of saying so"
    LINGER = "takes the letter, and never says goodbye"


@dataclass(frozen=True)
class Demands:
    """What the server wants of its clients. The file has its certificate, its own authority, and the key."""

    certificate: Path | None = None
    tls_from_the_start: bool = False
    login: tuple[str, str] | None = None
    knows_utf8: bool = True

    def context(self) -> ssl.SSLContext | None:
        """Make the server's side of TLS."""
        if self.certificate is None:
            return None
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(self.certificate)
        return context


NOTHING = Demands()


class Catcher:
    """The server, on one port for as long as its `with` block lasts; it can be stopped and started in there.

    It has a thread and a loop of its own. In a test with a loop, what waits for it belongs in a thread too:
    `start`, `stop`, `arrive` and `held`.
    """

    def __init__(self, demands: Demands = NOTHING) -> None:
        self.demands, self.port = demands, free_port()
        self.conduct = Conduct.ACCEPT
        self.answers: dict[str, str] = {}
        """What is answered to MAIL, RCPT or DATA, as in `421 4.3.2 Later`."""
        self.letters: list[Caught] = []
        self.connections: set[asyncio.BaseTransport] = set()
        self._arrivals: queue.SimpleQueue[None] = queue.SimpleQueue()
        self._holdups: queue.SimpleQueue[None] = queue.SimpleQueue()
        self._thread: threading.Thread | None = None

    def __enter__(self) -> Self:
        self.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.stop()

    @property
    def url(self) -> str:
        """The server as LATCHKEY_SMTP_URL names it, with the login and the authority that it demands."""
        scheme = "smtps" if self.demands.tls_from_the_start else "smtp"
        login = ":".join(quote(part, safe="") for part in self.demands.login or ())
        authority = f"?cafile={self.demands.certificate}" if self.demands.certificate else ""
        return f"{scheme}://{login}{'@' * bool(login)}127.0.0.1:{self.port}{authority}"

    def start(self) -> None:
        """Listen; after a `stop`, on the same port."""
        started: queue.SimpleQueue[None] = queue.SimpleQueue()
        self._thread = threading.Thread(target=lambda: asyncio.run(self._serve(started)), daemon=True)
        self._thread.start()
        started.get(timeout=10)

    def stop(self) -> None:
        """Break off every connection and listen no more; what was caught is kept."""
        if self._thread is not None:
            self._loop.call_soon_threadsafe(self._stopped.set)
            self._thread.join()
            self._thread = None

    def release(self) -> None:
        """Take every letter from now on, those that are held first."""
        self.conduct = Conduct.ACCEPT
        self._loop.call_soon_threadsafe(self._released.set)

    def arrive(self, letters: int, *, within: float = 30) -> None:
        """Wait until so many more letters have arrived.

        Raises:
            queue.Empty: one of them does not arrive in time.
        """
        for _ in range(letters):
            self._arrivals.get(timeout=within)

    def held(self, *, within: float = 30) -> None:
        """Wait until one more letter is held.

        Raises:
            queue.Empty: none is in time.
        """
        self._holdups.get(timeout=within)

    async def handle_MAIL(
        self, _: SMTP, session: Session, envelope: Envelope, address: str, options: list[str]
    ) -> str:
        """Take the sender, or answer what the test wants."""
        envelope.mail_from = address
        return self.answers.get("MAIL", "250 OK")

    async def handle_RCPT(
        self, _: SMTP, session: Session, envelope: Envelope, address: str, options: list[str]
    ) -> str:
        """Take the recipient, or answer what the test wants."""
        envelope.rcpt_tos.append(address)
        return self.answers.get("RCPT", "250 OK")

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:
        """Take the letter as the server behaves just now, or answer what the test wants."""
        if "DATA" in self.answers:
            return self.answers["DATA"]
        if self.conduct is Conduct.HOLD:
            self._holdups.put(None)
            await self._released.wait()
        raw, sender = envelope.original_content, str(envelope.mail_from)
        assert isinstance(raw, bytes)
        with_tls = self.demands.tls_from_the_start or session.ssl is not None
        recipients = [str(recipient) for recipient in envelope.rcpt_tos]
        self.letters.append(Caught.of(raw, sender=sender, recipients=recipients, with_tls=with_tls))
        self._arrivals.put(None)
        if self.conduct is Conduct.LOSE:
            _hang_up(server.transport)
        return "250 OK"

    async def _serve(self, started: queue.SimpleQueue[None]) -> None:
        self._loop = asyncio.get_running_loop()
        self._stopped, self._released = asyncio.Event(), asyncio.Event()
        self.connections.clear()
        context = self.demands.context() if self.demands.tls_from_the_start else None
        server = await self._loop.create_server(self._connection, "127.0.0.1", self.port, ssl=context)
        started.put(None)
        await self._stopped.wait()
        server.close()
        for transport in self.connections:
            _hang_up(transport)
        await server.wait_closed()

    def _connection(self) -> asyncio.BaseProtocol:
        return _Mute(self) if self.conduct is Conduct.SILENT else _Receiver(self)


class _Mute(asyncio.Protocol):
    def __init__(self, catcher: Catcher) -> None:
        self._catcher = catcher

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._catcher.connections.add(transport)


class _Receiver(SMTP):
    def __init__(self, catcher: Catcher) -> None:
        demands = catcher.demands
        starttls = None if demands.tls_from_the_start else demands.context()
        super().__init__(
            catcher,
            hostname="catcher.test",
            enable_SMTPUTF8=demands.knows_utf8,
            tls_context=starttls,
            require_starttls=starttls is not None,
            # This server takes a login over STARTTLS only: it does not notice that its port is TLS itself.
            auth_required=demands.login is not None and starttls is not None,
            authenticator=self._admit,
            loop=asyncio.get_running_loop(),
        )
        self._catcher = catcher

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._catcher.connections.add(transport)
        super().connection_made(transport)

    async def smtp_DATA(self, arg: str) -> None:
        if self._catcher.conduct is not Conduct.DROP:
            await super().smtp_DATA(arg)
            return
        await self.push("354 Go on")
        await self._reader.readline()
        _hang_up(self.transport)

    async def smtp_QUIT(self, arg: str) -> None:
        if self._catcher.conduct is not Conduct.LINGER:
            await super().smtp_QUIT(arg)

    def _admit(self, _: object, session: Session, envelope: object, mechanism: str, data: Any) -> AuthResult:
        assert isinstance(data, LoginPassword)
        known = (data.login.decode(), data.password.decode()) == self._catcher.demands.login
        return AuthResult(success=known, handled=False)


def _hang_up(transport: asyncio.BaseTransport | None) -> None:
    assert isinstance(transport, asyncio.WriteTransport)
    # In the Python of Debian 12, a connection by TLS that was closed twice cannot be cut any more.
    with suppress(AttributeError):
        transport.abort()

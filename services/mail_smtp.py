"""Mail by SMTP: from the URL of a server, TLS included, to a delivery that is bounded in every step."""

import asyncio
import ssl
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import timedelta
from email.message import EmailMessage
from enum import StrEnum
from typing import cast
from urllib.parse import SplitResult, parse_qsl, unquote, urlsplit

from aiosmtplib import SMTP, SMTPRecipientsRefused

from services.mail_transports import DELIVER_WITHIN

STEP_WITHIN = timedelta(seconds=15)
"""How long the server may take over one step: to connect, to shake hands, to answer one command."""

GOODBYE_WITHIN = timedelta(seconds=2)
"""How long it may take over its goodbye, when it has the letter already."""

_PORTS = {"smtp": 587, "smtps": 465}
_PARAMETERS = ("starttls", "cafile")


class MailServerInvalid(ValueError):
    """The URL names no mail server that we can use; the message never quotes it, as it holds a password."""


class StartTls(StrEnum):
    """Whether a connection that begins in plain text becomes TLS before anything of worth is sent."""

    REQUIRE = "require"
    PREFER = "prefer"
    DISABLE = "disable"


_START_TLS = {StartTls.REQUIRE: True, StartTls.PREFER: None, StartTls.DISABLE: False}


@dataclass(frozen=True, slots=True, kw_only=True)
class Smtp:
    """One mail server. Without a `start_tls`, its connections are TLS from their first byte."""

    host: str
    port: int
    start_tls: StartTls | None
    tls: ssl.SSLContext
    username: str | None = None
    password: str | None = field(default=None, repr=False)
    greets_as: str
    step_within: timedelta = STEP_WITHIN
    deliver_within: timedelta = DELIVER_WITHIN

    async def deliver(self, message: EmailMessage) -> None:
        """Deliver a message on a connection of its own.

        Raises:
            SMTPException, OSError: the server cannot be reached or trusted, is too slow, or says no.
        """
        client = self._client()
        try:
            async with asyncio.timeout(self.deliver_within.total_seconds()):
                await client.connect()
                await client.send_message(message)
            # The server has the letter: whatever becomes of the goodbye, it is not to be sent again.
            with suppress(Exception):
                await client.execute_command(b"QUIT", timeout=GOODBYE_WITHIN.total_seconds())
        except SMTPRecipientsRefused as refused:
            raise refused.recipients[0] from None
        finally:
            _leave(client)

    def _client(self) -> SMTP:
        return SMTP(
            hostname=self.host,
            port=self.port,
            use_tls=self.start_tls is None,
            start_tls=False if self.start_tls is None else _START_TLS[self.start_tls],
            tls_context=self.tls,
            username=self.username,
            password=self.password,
            local_hostname=self.greets_as,
            timeout=self.step_within.total_seconds(),
        )


def _leave(client: SMTP) -> None:
    if client.transport is not None:
        # A server that hangs would not let a polite end of TLS come to its own end.
        cast(asyncio.WriteTransport, client.transport).abort()
    client.close()


def smtp(url: str, *, greets_as: str) -> Smtp:
    """Take an `smtp://` or `smtps://` URL; reads certificates, so that it is for before the loop runs.

    `smtps` is TLS from the first byte, by default on port 465. `smtp`, by default on port 587, becomes TLS by
    STARTTLS: `?starttls=require` insists on it and is the default where there is a password, `prefer` is the
    default otherwise, `disable` does without. The certificate is always verified, by the authorities of the
    system or those in the file `cafile`. The name and the password are percent-encoded.

    Raises:
        MailServerInvalid: it is not such a URL.
    """
    try:
        parts = urlsplit(url)
        port = parts.port or _PORTS[parts.scheme]
        options = dict(parse_qsl(parts.query, keep_blank_values=True))
    except (ValueError, KeyError):
        raise MailServerInvalid("is not the URL of a mail server") from None
    if not parts.hostname or parts.path not in ("", "/") or parts.fragment:
        raise MailServerInvalid("has to be smtp:// or smtps://, a host and a port, and nothing behind them")
    if not options.keys() <= set(_PARAMETERS):
        raise MailServerInvalid(f"knows these parameters: {', '.join(_PARAMETERS)}")
    if parts.username is not None and not (parts.username and parts.password):
        raise MailServerInvalid("has a user without a password, or a password without a user")
    return Smtp(
        host=parts.hostname,
        port=port,
        start_tls=_start_tls(parts, options),
        tls=_tls(options.get("cafile")),
        username=unquote(parts.username) if parts.username else None,
        password=unquote(parts.password) if parts.password else None,
        greets_as=greets_as,
    )


def _start_tls(parts: SplitResult, options: Mapping[str, str]) -> StartTls | None:
    chosen = options.get("starttls")
    if parts.scheme == "smtps":
        if chosen is not None:
            raise MailServerInvalid("has a starttls, which goes with smtp:// only")
        return None
    if chosen is not None and chosen not in list(StartTls):
        raise MailServerInvalid(f"has a starttls other than {', '.join(StartTls)}")
    if not parts.password:
        return StartTls(chosen or StartTls.PREFER)
    if chosen not in (None, StartTls.REQUIRE):
        raise MailServerInvalid("has a password, which does not travel without starttls=require")
    return StartTls.REQUIRE


def _tls(authorities: str | None) -> ssl.SSLContext:
    if authorities == "":
        raise MailServerInvalid("has a cafile without a name")
    try:
        return ssl.create_default_context(cafile=authorities)
    except OSError as error:
        raise MailServerInvalid(f"has a cafile that cannot be read: {error.strerror or error.args}") from None

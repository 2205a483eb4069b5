"""The ways of a message out of the house: a folder here, a mail server in `services.mail_smtp`."""

import asyncio
import os
import tempfile
from contextlib import suppress
from dataclasses import dataclass
from datetime import timedelta
from email.message import EmailMessage
from email.policy import SMTP, SMTPUTF8
from pathlib import Path
from typing import Protocol

DELIVER_WITHIN = timedelta(seconds=30)
"""How long a delivery may take from its beginning to the receiver's word that it has the letter."""


class Transport(Protocol):
    """Delivers messages, each within `DELIVER_WITHIN`. To return is to have delivered; to raise is not."""

    async def deliver(self, message: EmailMessage) -> None:
        """Hand a message over to whoever is responsible for it from then on."""


@dataclass(frozen=True, slots=True)
class Folder:
    """A folder of a development machine, where mail can be read without a mail server."""

    path: Path

    async def deliver(self, message: EmailMessage) -> None:
        """Write the message to a file, whole or not at all; delivered again, it takes its own place."""
        await asyncio.to_thread(self._write, message)

    def _write(self, message: EmailMessage) -> None:
        self.path.mkdir(mode=0o700, parents=True, exist_ok=True)
        text = message.as_bytes(policy=SMTP if message["To"].isascii() else SMTPUTF8)
        descriptor, name = tempfile.mkstemp(dir=self.path, prefix=".letter-")  # Made with mode 0600.
        try:
            with os.fdopen(descriptor, "wb") as file:
                file.write(text)
            os.replace(name, self.path / _file_name(message))
        finally:
            with suppress(FileNotFoundError):
                os.unlink(name)


def _file_name(message: EmailMessage) -> str:
    written_at = message["Date"].datetime
    name = message["Message-ID"].strip("<>").partition("@")[0]
    return f"{written_at:%Y%m%dT%H%M%SZ}-{name}.eml"

"""From a row of the outbox to a message: templates, headers, and to whom it may go at all."""

import json
import re
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC
from email.headerregistry import Address
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import format_datetime
from ipaddress import ip_address
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from jinja2 import DictLoader, Environment, StrictUndefined, select_autoescape

from security.derivation import Secret
from services.database_statements import Row

_FOLDER = Path(__file__).with_name("mail_templates")
# A dot-atom of RFC 5321, in any script. What a parser would read as a name, a comment, a list or a quotation
# is none: the one mailbox that it comes down to would have many spellings, and limits of its own for each.
_MAILBOX = re.compile(r"""[^\s@<>()\[\]:;,"\\]+@[^\s@<>()\[\]:;,"\\]+""")


class RecipientUnusable(Exception):
    """What was typed as an e-mail address names no mailbox, or not exactly one."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Composer:
    """Makes messages. Every link and host name in them comes from `origin`, which is the public URL."""

    templates: Environment
    sender: str
    origin: str
    secret: Secret

    def compose(self, letter: Row) -> EmailMessage:
        """Make the message of a claimed row; the same row gives the same headers every time.

        Raises:
            RecipientUnusable: there is nobody to send it to.
        """
        facts = self._facts(letter)
        # The details, of which one may be a code, are not there yet: a subject is shown on a locked screen.
        subject = self._render(letter, "subject", facts)
        facts = {"ip_address": None, **json.loads(letter["details"]), **facts, "subject": subject}
        message = EmailMessage(policy=SMTP)
        message["From"] = self.sender
        message["To"] = _mailbox(letter["recipient"])
        message["Subject"] = subject
        message["Date"] = format_datetime(letter["created_at"])
        message["Message-ID"] = self._message_id(letter)
        message["Auto-Submitted"] = "auto-generated"  # RFC 3834: nobody's holiday notice answers it.
        # Every relay passes quoted-printable on as it is.
        text, html = self._render(letter, "txt", facts), self._render(letter, "html", facts)
        message.set_content(f"{text}\n", cte="quoted-printable")
        message.add_alternative(f"{html}\n", subtype="html", cte="quoted-printable")
        return message

    def _facts(self, letter: Row) -> dict[str, Any]:
        facts = {
            "origin": self.origin,
            "site": urlsplit(self.origin).netloc,
            "language": letter["locale"],
            "at": f"{letter['created_at'].astimezone(UTC):%Y-%m-%d %H:%M} UTC",
        }
        if letter["expires_at"] is not None:
            facts["until"] = f"{letter['expires_at'].astimezone(UTC):%H:%M} UTC"
            facts["minutes"] = round((letter["expires_at"] - letter["created_at"]).total_seconds() / 60)
        return facts

    def _render(self, letter: Row, part: str, facts: Mapping[str, object]) -> str:
        name = f"{letter['locale']}/{letter['kind'].lower()}.{part}"
        return self.templates.get_template(name).render(facts).strip()

    def _message_id(self, letter: Row) -> str:
        # Of one letter always the same, so that a second delivery can be recognised; and derived, so that
        # nobody can count from it how many letters are sent to others.
        row = f"{letter['id']} {letter['created_at'].astimezone(UTC).isoformat()}"
        return f"<{self.secret.derive('message id', row.encode())[:16].hex()}@{domain_of(self.origin)}>"


def load_templates() -> Environment:
    """Read and compile every template, before the loop runs: rendering reads no file."""
    files = (path for path in _FOLDER.rglob("*") if path.is_file())
    sources = {path.relative_to(_FOLDER).as_posix(): path.read_text("utf-8") for path in files}
    templates = Environment(
        loader=DictLoader(sources),
        autoescape=select_autoescape(["html"]),
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        auto_reload=False,
    )
    for name in sources:
        templates.get_template(name)
    return templates


def domain_of(origin: str) -> str:
    """Give the host of an origin as mail writes it: ASCII, and a number in brackets (RFC 5321, 4.1.3)."""
    host = urlsplit(origin).hostname or ""
    try:
        address = ip_address(host)
    except ValueError:
        return host.encode("idna").decode()
    return f"[IPv6:{address}]" if address.version == 6 else f"[{address}]"


def _mailbox(recipient: str) -> Address:
    # The form that accounts are compared by, but for its case: an address that only looks like somebody's, in
    # letters of another width, does not get their mail to somewhere else.
    address = unicodedata.normalize("NFKC", recipient)
    if not address.isprintable() or not _MAILBOX.fullmatch(address):
        raise RecipientUnusable
    name, _, domain = address.rpartition("@")
    return Address(username=name, domain=domain)

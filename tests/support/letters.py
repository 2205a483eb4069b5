"""A letter as its reader gets it."""

from dataclasses import dataclass, field
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import default
from typing import Self


@dataclass(frozen=True)
class Caught:
    """A letter that has arrived somewhere: its envelope, how it came, and what is in it."""

    sender: str
    recipients: list[str]
    with_tls: bool
    raw: bytes
    message: EmailMessage = field(repr=False)

    @classmethod
    def of(cls, raw: bytes, *, sender: str = "", recipients: list[str], with_tls: bool = False) -> Self:
        """Read a letter from its bytes."""
        message = message_from_bytes(raw, policy=default)
        assert isinstance(message, EmailMessage)
        return cls(sender, recipients, with_tls, raw, message)

    @property
    def subject(self) -> str:
        """What stands in the list of letters."""
        return str(self.message["Subject"])

    @property
    def parts(self) -> tuple[str, str]:
        """The text and the HTML, of which a letter has one each and nothing else."""
        text, html = self.message.iter_parts()
        assert (text.get_content_type(), html.get_content_type()) == ("text/plain", "text/html")
        assert isinstance(text, EmailMessage)
        assert isinstance(html, EmailMessage)
        return text.get_content(), html.get_content()

    @property
    def text(self) -> str:
        """The part that every program can show."""
        return self.parts[0]

    @property
    def has_code(self) -> bool:
        """Whether there is a code in the letter."""
        return any(line.strip().isdigit() for line in self.parts[0].splitlines())

    @property
    def code(self) -> str:
        """The one code in the letter, which stands on a line of its own."""
        (code,) = (line.strip() for line in self.text.splitlines() if line.strip().isdigit())
        return code

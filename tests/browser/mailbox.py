"""The mail that people get."""

from dataclasses import dataclass

from tests.acceptance.site import Site
from tests.support.smtp import Catcher


@dataclass(frozen=True)
class MailedSite(Site):
    """A site whose mail goes to a real mail server."""

    mail: Catcher

    def code_from_mail(self, email: str) -> str:
        """Wait until all mail has arrived, and give the code of the newest letter to this address."""
        while self.number("SELECT count(*) FROM outbox WHERE state = 'PENDING'"):
            assert self.number("SELECT max(attempts) FROM outbox") == 0
        codes = [
            letter.code for letter in self.mail.letters if letter.recipients == [email] and letter.has_code
        ]
        return codes[-1]

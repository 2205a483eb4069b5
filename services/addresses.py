"""E-mail addresses: how they are compared, and what is one at all."""

import re
import unicodedata

from services.problems import InvalidInput

MAX_EMAIL = 254
"""How long an address may be: a path has 256 octets with its brackets (RFC 5321 section 4.5.3.1.3)."""

_MAX_TYPED = 1_000
# No quoted names and no lists: what ends an address in a header or a command of SMTP is in none of ours.
_ADDRESS = re.compile(r"""[^\s@<>()\[\]:;,"\\]+@[^\s@<>()\[\]:;,"\\.]+(?:\.[^\s@<>()\[\]:;,"\\.]+)*""")


def normalise_email(email: str) -> str:
    """Give the form in which e-mail addresses are compared: trimmed, NFKC, lower case.

    What is too long to be an address comes back as it is, and is nobody's: normalising takes the square of
    the length where somebody piles up accents, and would hold up the event loop.
    """
    if len(email) > _MAX_TYPED:
        return email
    return unicodedata.normalize("NFKC", email).strip().lower()


def require_email(email: str, *, field: str = "email") -> str:
    """Give the normalised form of what was typed, if it is an address; whether mail gets there is not asked.

    Raises:
        InvalidInput: it is none.
    """
    normalised = normalise_email(email)
    # What was typed is stored as well, and may be longer: NFKC puts a letter and its accent together.
    length = max(len(normalised), len(email.strip()))
    if length > MAX_EMAIL or not normalised.isprintable() or not _ADDRESS.fullmatch(normalised):
        raise InvalidInput("This is not an e-mail address.", field=field)
    return normalised

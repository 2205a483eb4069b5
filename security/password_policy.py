"""Which passwords are accepted: long enough, not common, and not made of the e-mail's name.

NIST SP 800-63B section 5.1.1.2 and OWASP ASVS 2.1: length and a list of what is guessed first, and no rules
about kinds of characters, which only make people write `Password1!`.
"""

import unicodedata

from zxcvbn.frequency_lists import FREQUENCY_LISTS

MIN_LENGTH = 8
MAX_LENGTH = 128
"""In characters: code points, whatever they are encoded as. Nothing is ever truncated."""

SHORTEST_NAME = 3
"""How many characters of an e-mail's name have to be in a password to be no coincidence."""

_SEPARATORS = str.maketrans("", "", "._-")
_LONGEST_EMAIL = 320


def weakness(password: str, *, email: str) -> str | None:
    """Tell what makes a password weak, in one sentence for people that quotes nothing; None if nothing does.

    The time it takes is bounded, however long the password or the e-mail is.
    """
    if len(password) < MIN_LENGTH:
        return f"The password has to have at least {MIN_LENGTH} characters."
    if len(password) > MAX_LENGTH:
        return f"The password may have {MAX_LENGTH} characters at most."
    folded = _folded(password)
    if folded in _COMMON or _undecorated(folded) in _COMMON:
        return "This password is one of the first that are guessed."
    if _holds_name(folded, _name(email)):
        return "The password must not contain the name in the e-mail address."
    return None


def _folded(text: str) -> str:
    return unicodedata.normalize("NFKC", text).casefold()


# Shorter ones are too short anyway. Folded like what they are compared with.
_COMMON = frozenset(_folded(word) for word in FREQUENCY_LISTS["passwords"] if len(word) >= MIN_LENGTH)


def _undecorated(folded: str) -> str:
    # What people put behind a word when they are told to change it, as in `superman2024!`, is guessed too.
    while folded and not folded[-1].isalpha():
        folded = folded[:-1]
    return folded


def _name(email: str) -> str:
    # Normalising takes the square of the length where somebody piles up accents: no address is that long.
    address = _folded(email[:_LONGEST_EMAIL].strip())
    name, _, _ = address.rpartition("@")
    return name.partition("+")[0].translate(_SEPARATORS)


def _holds_name(folded: str, name: str) -> bool:
    # Without the separators on both sides, every way of writing `ada.lovelace` is found at once.
    return len(name) >= SHORTEST_NAME and name in folded.translate(_SEPARATORS)

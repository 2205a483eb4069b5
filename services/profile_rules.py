"""What people may say of themselves: each value cleaned, or refused in words that a form can show."""

import re
import unicodedata
from collections.abc import Callable, Mapping
from importlib import resources

from langcodes import standardize_tag, tag_is_valid

from services.problems import InvalidInput, Problems

MAX_NAME = 100
MAX_LOCALE = 35
"""In characters; RFC 5646 section 4.4.1 asks for room for 35."""

TIMEZONES = frozenset(resources.files("tzdata").joinpath("zones").read_text("utf-8").split())
"""Every name of the IANA database, and no more: the system's own list also has `localtime`, which is another
zone on every machine. Read when this module is imported, before there is a loop that it could block."""

# Control, format, surrogate and private characters, and the two separators that break lines. A character that
# is not assigned yet stays: the next Unicode has new emoji.
_UNSEEN = {"Cc", "Cf", "Cs", "Co", "Zl", "Zp"}
# The format characters that words of Persian and Hindi, and emoji of several parts, are written with.
_JOINERS = "\u200c\u200d"
_PHONE_FILLERS = re.compile(r"[\s().\u002d\u2010-\u2015]")
_E164 = re.compile(r"\+[1-9][0-9]{6,14}")
_LONGEST_PHONE = 64


def cleaned(profile: Mapping[str, str | None]) -> Mapping[str, str | None]:
    """Clean the values of a profile, which are named as its columns are.

    What is absent stays absent; null, and what is blank, clears.

    Raises:
        Problems: some values cannot be accepted; each of them has an InvalidInput that names its field.
    """
    clean: dict[str, str | None] = {}
    problems = []
    for column, value in profile.items():
        field, rule = _RULES[column]
        typed = (value or "").strip()
        try:
            clean[column] = rule(typed) if typed else None
        except ValueError as reason:
            problems.append(InvalidInput(str(reason), field=field))
    if problems:
        raise Problems(problems)
    return clean


def _name(called: str) -> Callable[[str], str]:
    def rule(typed: str) -> str:
        # Looked at first, as composing takes the square of the length where somebody piles up accents.
        composed = unicodedata.normalize("NFC", typed) if len(typed) <= 4 * MAX_NAME else typed
        if len(composed) > MAX_NAME:
            raise ValueError(f"The {called} may have {MAX_NAME} characters at most.")
        if not composed.strip(_JOINERS) or not all(_is_seen(character) for character in composed):
            raise ValueError(f"The {called} has a character that cannot be shown.")
        return composed

    return rule


def _is_seen(character: str) -> bool:
    return character in _JOINERS or unicodedata.category(character) not in _UNSEEN


def _phone(typed: str) -> str:
    number = _PHONE_FILLERS.sub("", typed[:_LONGEST_PHONE])
    if len(typed) > _LONGEST_PHONE or not _E164.fullmatch(number):
        raise ValueError("The phone number has to be written with its country code, such as +49 30 123456.")
    return number


def _locale(typed: str) -> str:
    if len(typed) > MAX_LOCALE or not tag_is_valid(typed) or len(tag := standardize_tag(typed)) > MAX_LOCALE:
        raise ValueError("The locale has to be a language tag, such as en or de-CH.")
    return tag


def _timezone(typed: str) -> str:
    if typed not in TIMEZONES:
        raise ValueError("The time zone has to be a name of the IANA database, such as Europe/Berlin.")
    return typed


_RULES: Mapping[str, tuple[str, Callable[[str], str]]] = {
    "first_name": ("firstName", _name("first name")),
    "last_name": ("lastName", _name("last name")),
    "display_name": ("displayName", _name("display name")),
    "phone": ("phone", _phone),
    "locale": ("locale", _locale),
    "timezone": ("timezone", _timezone),
}
"""By column: the field of the input, and its rule, which raises ValueError with a sentence for people."""

FIELDS = tuple(_RULES)
"""The columns of a profile that a person fills, in the order in which statements take them."""

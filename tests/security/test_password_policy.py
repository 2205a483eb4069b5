"""Which passwords are accepted, and in which words the others are refused."""

import time

import pytest
from hypothesis import given
from hypothesis import strategies as st
from zxcvbn.frequency_lists import FREQUENCY_LISTS

from security.password_policy import MAX_LENGTH, MIN_LENGTH, weakness

SHORT = "The password has to have at least 8 characters."
LONG = "The password may have 128 characters at most."
COMMON = "This password is one of the first that are guessed."
NAMED = "The password must not contain the name in the e-mail address."
EMAIL = "ada.lovelace@example.com"


def wide(text: str) -> str:
    """Give the form in which a Japanese keyboard may type it."""
    return "".join(chr(ord(character) + 0xFEE0) for character in text)


@pytest.mark.parametrize(
    "password",
    [
        "correct horse battery staple",
        "x7!kQ2vZ",
        "        ",
        "пароль из слов",
        "🔑🗝🔐🔏🔒🔓🪪🚪",
        "\N{SNOWMAN}" * 8,
        "\N{SNOWMAN}" * 128,
        "tab\tand\nline\0and nothing",
        "password of several words",
        "passwordless",
        "superman and batman",
        "x superman2024",
        "ada of the lace",
        "example.com!",
        "8401739265.8264",
    ],
)
def test_a_password_is_accepted(password: str) -> None:
    """Any characters, in any number from 8 to 128: there are no rules about kinds of them."""
    assert weakness(password, email=EMAIL) is None


@pytest.mark.parametrize(
    ("password", "reason"),
    [
        ("", SHORT),
        ("\N{SNOWMAN}" * 7, SHORT),
        ("passwor", SHORT),
        ("\N{SNOWMAN}" * 129, LONG),
        ("x7!kQ2vZ" * 17, LONG),
        ("password", COMMON),
        ("PassWord", COMMON),
        (wide("PASSWORD"), COMMON),
        ("password1", COMMON),
        ("password2026!", COMMON),
        ("Superman2024!?", COMMON),
        ("sunshine 12", COMMON),
        ("12345678", COMMON),
        ("1q2w3e4r", COMMON),
        ("I am ada.lovelace!", NAMED),
        ("AdaLovelace1815", NAMED),
        ("ada_lovelace-1815", NAMED),
        (wide("ADA.LOVELACE") + " 1815", NAMED),
        ("a.d.a.l.o.v.e.l.a.c.e", NAMED),
    ],
)
def test_a_password_is_refused(password: str, reason: str) -> None:
    """A form shows the sentence as it is."""
    assert weakness(password, email=EMAIL) == reason


@pytest.mark.parametrize(
    ("email", "holds"),
    [
        ("mary@example.com", True),
        ("MARY@EXAMPLE.COM", True),
        (" mary@example.com ", True),
        ("mary+shop@example.com", True),
        ("m.a-r_y@example.com", True),
        (wide("mary") + "@example.com", True),
        ("lamb@example.com", True),
        ("tle@example.com", True),
        ("ha@example.com", False),
        ("h.a@example.com", False),
        ("shop+mary@example.com", False),
        ("+mary@example.com", False),
        ("shop@mary.example", False),
        ("@", False),
        ("", False),
    ],
)
def test_the_name_of_an_address_is_what_stands_before_its_tag(email: str, holds: bool) -> None:
    """Two letters are in a password by accident; what follows a plus sign is not whose address it is."""
    assert weakness("mary had a little lamb", email=email) == (NAMED if holds else None)


def test_every_common_password_is_refused() -> None:
    """Each of the 30,000, in capitals too: those that are long enough for common, the others for short."""
    words = FREQUENCY_LISTS["passwords"]
    assert len(words) == 30_000
    reasons = {weakness(form, email=EMAIL) for word in words for form in (word, word.upper())}
    assert reasons == {SHORT, COMMON}


@given(password=st.text(max_size=200), email=st.one_of(st.emails(), st.text(max_size=400)))
def test_whatever_is_typed_has_an_answer_that_quotes_nothing(password: str, email: str) -> None:
    """It never raises, and a sentence is one of four that were written beforehand."""
    reason = weakness(password, email=email)
    assert reason in {None, SHORT, LONG, COMMON, NAMED}
    assert (reason == SHORT) == (len(password) < MIN_LENGTH)
    assert (reason == LONG) == (len(password) > MAX_LENGTH)


@pytest.mark.parametrize("text", ["a" * 50_000, "a" + "\u0301\u0316" * 25_000, "1" * 50_000])
def test_what_is_far_too_long_costs_no_time(text: str) -> None:
    """Composing 50,000 accents takes more than a second of the processor: it is not done."""
    start = time.thread_time()
    assert weakness(text, email=f"{text}@example.com") == LONG
    assert weakness("correct horse", email=f"{text}@example.com") is None
    assert time.thread_time() - start < 0.2

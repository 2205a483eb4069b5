"""E-mail addresses: what is one, and how two are seen to be the same."""

import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.addresses import MAX_EMAIL, normalise_email, require_email
from services.problems import InvalidInput

LONGEST = "a" * (MAX_EMAIL - len("@example.com")) + "@example.com"


@pytest.mark.parametrize(
    ("typed", "normalised"),
    [
        ("ada@example.com", "ada@example.com"),
        ("  Ada@Example.COM\n", "ada@example.com"),
        ("\uff41da@example.com", "ada@example.com"),
        ("e\u0301va@example.com", "\u00e9va@example.com"),
        ("ada+shop@example.com", "ada+shop@example.com"),
        ("o'hara/x=1!#$%&*?^`{|}~@mail.example.co.uk", "o'hara/x=1!#$%&*?^`{|}~@mail.example.co.uk"),
        ("用户@例子.广告", "用户@例子.广告"),
        ("root@localhost", "root@localhost"),
        (LONGEST, LONGEST),
    ],
)
def test_an_address_is_given_normalised(typed: str, normalised: str) -> None:
    """Trimmed, NFKC, lower case; and that form is its own."""
    assert require_email(typed) == normalised
    assert require_email(normalised) == normalised


@pytest.mark.parametrize(
    "typed",
    [
        "",
        "ada",
        "@example.com",
        "ada@",
        "ada@@example.com",
        "ada@home@example.com",
        "a@example.com,b@example.com",
        "ada <ada@example.com>",
        '"ada"@example.com',
        "ada@[127.0.0.1]",
        "ada@example.com>",
        "ada@.example.com",
        "ada@example..com",
        "ada@example.com.",
        "a da@example.com",
        "ada@exam\nple.com",
        "ada\r\nBcc: eve@example.com",
        "a\0@b.c",
        "\x1b[31m@b.c",
        "a\u202e@b.c",
        "a\ud800@b.c",
        "a" + LONGEST,
        "e\u0301" * 126 + "@b.c",
        "a@" + "b" * 50_000,
    ],
)
def test_what_is_no_address_is_refused(typed: str) -> None:
    """Nor what could end an address in a header or in a command of SMTP; what was typed is not echoed."""
    with pytest.raises(InvalidInput) as refused:
        require_email(typed, field="address")
    assert (str(refused.value), refused.value.field) == ("This is not an e-mail address.", "address")


@given(st.emails())
def test_addresses_as_they_are_in_the_wild_are_accepted(typed: str) -> None:
    """Any of letters, digits and the signs that need no quotes."""
    assert require_email(typed) == normalise_email(typed)


@given(st.text(alphabet=st.characters(categories=["L", "M", "N", "P"]), max_size=300))
def test_normalising_twice_is_normalising_once(typed: str) -> None:
    """Or an address would not be found by the form that it is stored in."""
    once = normalise_email(typed)
    assert normalise_email(once) == once


def test_what_is_too_long_is_not_normalised() -> None:
    """Composing 30,000 accents takes most of a second, and a sign-in asks for it on the event loop."""
    pile = "A" + "\u0301\u0316" * 15_000
    start = time.thread_time()
    assert normalise_email(pile) == pile
    assert time.thread_time() - start < 0.1

"""What people may say of themselves, value by value."""

import zoneinfo
from collections.abc import Mapping
from contextlib import suppress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.errors import ErrorCode
from services.problems import Problems
from services.profile_rules import TIMEZONES, cleaned

NAMES = ("first_name", "last_name", "display_name")
COLUMNS = (*NAMES, "phone", "locale", "timezone")
TOO_LONG = "The first name may have 100 characters at most."
NOT_SHOWN = "The first name has a character that cannot be shown."
NO_PHONE = "The phone number has to be written with its country code, such as +49 30 123456."
NO_LOCALE = "The locale has to be a language tag, such as en or de-CH."
NO_ZONE = "The time zone has to be a name of the IANA database, such as Europe/Berlin."


@pytest.mark.parametrize("column", NAMES)
@pytest.mark.parametrize(
    ("typed", "clean"),
    [
        ("Ada", "Ada"),
        ("  Ada \t", "Ada"),
        ("Ze\u0301lie", "Z\u00e9lie"),
        ("Жанна д'Арк", "Жанна д'Арк"),
        ("山田\u3000太郎", "山田\u3000太郎"),
        ("رضا\u200cپور", "رضا\u200cپور"),
        ("👩\u200d💻 Ada 🏳️\u200d🌈", "👩\u200d💻 Ada 🏳️\u200d🌈"),
        ("A", "A"),
        ("é" * 100, "é" * 100),
        ("e\u0301" * 100, "é" * 100),
        ("\U0001fae9", "\U0001fae9"),
    ],
)
def test_a_name_is_trimmed_and_composed(column: str, typed: str, clean: str) -> None:
    """Letters of every script, spaces, joiners, and emoji that are newer than this Python."""
    assert cleaned({column: typed}) == {column: clean}


@pytest.mark.parametrize(
    ("typed", "message"),
    [
        ("a" * 101, TOO_LONG),
        ("a" + "\u0301\u0316" * 15_000, TOO_LONG),
        ("Ada\nLovelace", NOT_SHOWN),
        ("Ada\u2028Lovelace", NOT_SHOWN),
        ("Ada\0", NOT_SHOWN),
        ("\x1b[31mAda", NOT_SHOWN),
        ("\u202eadA", NOT_SHOWN),
        ("\u2066Ada", NOT_SHOWN),
        ("Ada\ue000", NOT_SHOWN),
        ("Ada\ud800", NOT_SHOWN),
        ("\u200d", NOT_SHOWN),
        ("\U000e0041", NOT_SHOWN),
    ],
)
def test_a_name_that_cannot_be_shown_is_refused(typed: str, message: str) -> None:
    """Nothing that breaks the line, turns the text around it, or is not there to see."""
    assert refusals({"first_name": typed}) == [("firstName", message)]


@pytest.mark.parametrize(
    ("typed", "clean"),
    [
        ("+4930901820", "+4930901820"),
        (" +49 (30) 90-18.20 ", "+4930901820"),
        ("+49\u00a030\u2011901820", "+4930901820"),
        ("+1234567", "+1234567"),
        ("+123456789012345", "+123456789012345"),
    ],
)
def test_a_phone_number_loses_what_is_only_for_the_eye(typed: str, clean: str) -> None:
    """What is left is E.164: a plus sign and 7 to 15 digits."""
    assert cleaned({"phone": typed}) == {"phone": clean}


@pytest.mark.parametrize(
    "typed",
    [
        "030901820",
        "0049 30 901820",
        "+123456",
        "+1234567890123456",
        "+049309018",
        "++4930901820",
        "+49 30 x90",
        "+4930901820\n+4930901821",
        "+49\u0663\u0660901820",
        "+" + "1 " * 30_000,
    ],
)
def test_what_is_no_phone_number_is_refused(typed: str) -> None:
    """Without its country code nobody elsewhere could call it."""
    assert refusals({"phone": typed}) == [("phone", NO_PHONE)]


@pytest.mark.parametrize(
    ("typed", "clean"),
    [
        ("en", "en"),
        ("EN", "en"),
        (" de-ch ", "de-CH"),
        ("pt_BR", "pt-BR"),
        ("zh-hans-cn", "zh-Hans-CN"),
        ("i-klingon", "tlh"),
        ("en-u-ca-gregory", "en-u-ca-gregory"),
    ],
)
def test_a_locale_is_standardised(typed: str, clean: str) -> None:
    """One language has one spelling, as BCP 47 recommends it."""
    assert cleaned({"locale": typed}) == {"locale": clean}


@pytest.mark.parametrize(
    "typed", ["C", "posix", "english", "xx", "en-", "en--us", "日本", "a" * 36, "en-" * 9999]
)
def test_what_is_no_language_is_refused(typed: str) -> None:
    """A tag that is well formed has to name a language that there is, too."""
    assert refusals({"locale": typed}) == [("locale", NO_LOCALE)]


@pytest.mark.parametrize("typed", ["Europe/Berlin", "UTC", "Asia/Calcutta", "America/Argentina/Buenos_Aires"])
def test_a_time_zone_is_kept_as_it_is(typed: str) -> None:
    """An older name is not replaced by a newer: what somebody chose is what they see."""
    assert cleaned({"timezone": f" {typed} "}) == {"timezone": typed}


@pytest.mark.parametrize(
    "typed", ["Berlin", "europe/berlin", "localtime", "../etc/passwd", "CET+1", "x" * 64_000]
)
def test_what_is_no_time_zone_is_refused(typed: str) -> None:
    """Neither a path nor the zone of whatever machine is asked."""
    assert refusals({"timezone": typed}) == [("timezone", NO_ZONE)]


def test_every_time_zone_can_be_used() -> None:
    """Each name fits its column, and is a zone that Python can load."""
    assert len(TIMEZONES) > 400
    assert max(map(len, TIMEZONES)) <= 64
    assert zoneinfo.available_timezones() >= TIMEZONES


def test_what_is_absent_stays_absent() -> None:
    """So that an update leaves it as it is."""
    assert cleaned({}) == {}


@pytest.mark.parametrize("column", COLUMNS)
@pytest.mark.parametrize("value", [None, "", " \t\u3000"])
def test_null_and_blank_clear(column: str, value: str | None) -> None:
    """A form sends an empty field as an empty string."""
    assert cleaned({column: value}) == {column: None}


def test_every_bad_value_is_told_of_at_once() -> None:
    """A form shows each beside its field, and nobody has to try six times."""
    wrong = dict.fromkeys(COLUMNS, "\0") | {"last_name": "Lovelace"}
    found = refusals(wrong)
    assert [field for field, _ in found] == ["firstName", "displayName", "phone", "locale", "timezone"]


@given(st.dictionaries(st.sampled_from(COLUMNS), st.none() | st.text(max_size=150)))
def test_a_clean_profile_is_clean_already(profile: dict[str, str | None]) -> None:
    """Nothing raises but Problems; and what is accepted is accepted again, and unchanged."""
    with suppress(Problems):
        clean = cleaned(profile)
        assert clean.keys() == profile.keys()
        assert cleaned(clean) == clean


async def test_nothing_is_read_in_the_loop() -> None:
    """All lists are in memory already: a file read here would be a BlockingError."""
    cleaned({"locale": "sr-Latn-RS", "timezone": "Pacific/Chatham"})


def refusals(profile: Mapping[str, str | None]) -> list[tuple[str | None, str]]:
    """Give field and message of each problem of a profile."""
    with pytest.raises(Problems) as refused:
        cleaned(profile)
    assert all(problem.code is ErrorCode.BAD_USER_INPUT for problem in refused.value.problems)
    return [(problem.field, str(problem)) for problem in refused.value.problems]

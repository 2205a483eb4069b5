"""Scalars: an instant and an id travel both ways unchanged, and what is neither is refused."""

from datetime import UTC, datetime, timedelta, timezone
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from resolvers.scalars import parse_datetime, parse_id, serialize_datetime
from services.errors import BadUserInput

INSTANTS = st.datetimes(min_value=datetime(1, 1, 2), max_value=datetime(9999, 12, 30), timezones=st.just(UTC))


@given(INSTANTS, st.integers(-14 * 60, 14 * 60))
def test_an_instant_comes_back_as_it_went(instant: datetime, offset: int) -> None:
    """Whatever zone a program thinks in, the same instant is written in UTC."""
    elsewhere = instant.astimezone(timezone(timedelta(minutes=offset)))
    text = serialize_datetime(elsewhere)
    assert text.endswith("Z")
    assert text == serialize_datetime(instant)
    assert parse_datetime(text) == instant
    assert parse_datetime(elsewhere.isoformat()) == instant


@pytest.mark.parametrize(
    ("text", "instant"),
    [
        ("2026-01-31T12:00:00Z", datetime(2026, 1, 31, 12, tzinfo=UTC)),
        ("2026-01-31t12:00:00z", datetime(2026, 1, 31, 12, tzinfo=UTC)),
        ("2026-01-31 12:00:00.5+02:00", datetime(2026, 1, 31, 10, 0, 0, 500_000, tzinfo=UTC)),
        ("2026-01-31T12:00:00.123456789-00:00", datetime(2026, 1, 31, 12, 0, 0, 123_456, tzinfo=UTC)),
    ],
)
def test_every_spelling_of_the_standard_is_read(text: str, instant: datetime) -> None:
    """RFC 3339 section 5.6 allows small letters, a blank, and fractions of any length."""
    assert parse_datetime(text) == instant


@pytest.mark.parametrize(
    "value",
    [
        "",
        "yesterday",
        "2026-01-31",
        "2026-01-31T12:00:00",
        "2026-01-31T12:00Z",
        "20260131T120000Z",
        "2026-W05-6T12:00:00Z",
        "2026-02-30T12:00:00Z",
        "2026-01-31T24:00:00Z",
        "2026-01-31T12:00:00+25:00",
        "2026-01-31T12:00:00Z\n",
        "٢٠٢٦-01-31T12:00:00Z",
        "0001-01-01T00:00:00+14:00",
        "9999-12-31T23:59:59-14:00",
        1_769_860_800,
        True,
        None,
    ],
)
def test_what_is_no_instant_is_refused(value: object) -> None:
    """A time without an offset means something else to everybody, and a number could be anything."""
    with pytest.raises(BadUserInput) as refused:
        parse_datetime(value)
    assert str(refused.value) == ("A DateTime has to be an instant with its offset, as RFC 3339 writes it")


@given(st.uuids())
def test_an_id_comes_back_as_it_went(id_: UUID) -> None:
    """An id is the text that a client was given."""
    assert parse_id(str(id_)) == id_


def test_no_id_is_no_id() -> None:
    """Null stays null."""
    assert parse_id(None) is None


@pytest.mark.parametrize("text", ["", "1", "me", "' OR 1=1 --", "0" * 31, "0" * 33, "g" * 32])
def test_what_is_no_id_is_refused_without_quoting_it(text: str) -> None:
    """It is an answer like any other, and reaches no statement."""
    with pytest.raises(BadUserInput) as refused:
        parse_id(text)
    assert str(refused.value) == "An ID is not valid"

"""Scalars: how values travel."""

import re
from contextlib import suppress
from datetime import UTC, datetime
from uuid import UUID

from ariadne import ScalarType

from services.errors import BadUserInput

datetime_scalar = ScalarType("DateTime")

_RFC_3339 = re.compile(r"\d{4}-\d\d-\d\d[Tt ]\d\d:\d\d:\d\d(\.\d{1,9})?([Zz]|[+-]\d\d:\d\d)", re.ASCII)


@datetime_scalar.serializer
def serialize_datetime(value: datetime) -> str:
    """Write an instant as RFC 3339 does, in UTC."""
    return value.astimezone(UTC).isoformat().replace("+00:00", "Z")


@datetime_scalar.value_parser
def parse_datetime(value: object) -> datetime:
    """Read an instant.

    Raises:
        BadUserInput: it is not one, or does not say its offset.
    """
    if isinstance(value, str) and _RFC_3339.fullmatch(value):
        # Well spelled, it may still be the 30th of February, or fall out of the years that there are.
        with suppress(ValueError, OverflowError):
            return datetime.fromisoformat(value.upper()).astimezone(UTC)
    raise BadUserInput("A DateTime has to be an instant with its offset, as RFC 3339 writes it")


def find_id(value: str) -> UUID | None:
    """Read an ID that may be anybody's invention; what is none of ours names nothing."""
    try:
        return UUID(value)
    except ValueError:
        return None


def parse_id(value: str | None) -> UUID | None:
    """Read an ID of ours.

    Raises:
        BadUserInput: it is not one.
    """
    try:
        return None if value is None else UUID(value)
    except ValueError:
        raise BadUserInput("An ID is not valid") from None

"""Scalars: how values travel."""

from datetime import UTC, datetime
from uuid import UUID

from ariadne import ScalarType

from services.errors import BadUserInput

datetime_scalar = ScalarType("DateTime")


@datetime_scalar.serializer
def serialize_datetime(value: datetime) -> str:
    """Write an instant as RFC 3339 does, in UTC."""
    return value.astimezone(UTC).isoformat().replace("+00:00", "Z")


@datetime_scalar.value_parser
def parse_datetime(value: object) -> datetime:
    """Read an instant.

    Raises:
        ValueError: it is not one, or does not say its offset.
    """
    if not isinstance(value, str):
        raise ValueError("DateTime has to be a string")
    instant = datetime.fromisoformat(value)
    if instant.tzinfo is None:
        raise ValueError("DateTime needs an offset")
    return instant.astimezone(UTC)


def parse_id(value: str | None) -> UUID | None:
    """Read an ID of ours.

    Raises:
        BadUserInput: it is not one.
    """
    try:
        return None if value is None else UUID(value)
    except ValueError:
        raise BadUserInput("An ID is not valid") from None

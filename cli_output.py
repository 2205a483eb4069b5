"""What commands print: for programs JSON in the names of the GraphQL schema, for people the same, aligned."""

import json
import sys
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime

from resolvers.scalars import serialize_datetime

Record = Mapping[str, object]
"""One thing to show, its values by name."""


def write_json(record: Record) -> None:
    """Write one object on one line. Nothing but ASCII: what people typed does nothing to a terminal."""
    print(json.dumps(record, default=_plain))


def write_record(record: Record) -> None:
    """Write one thing for people, a value to a line."""
    width = max(map(len, record))
    for name, value in record.items():
        print(f"{name:{width}}  {_shown(value)}")


def write_table(columns: Sequence[str], records: Iterable[Record]) -> None:
    """Write some things for people, one to a line below the names of these columns."""
    rows = [columns, *([_shown(record[column]) for column in columns] for record in records)]
    widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
    for row in rows:
        print("  ".join(f"{cell:{width}}" for cell, width in zip(row, widths, strict=True)).rstrip())


def write_line(line: str) -> None:
    """Say something to people that is no result: it goes where errors go."""
    print(f"latchkey: {printable(line)}", file=sys.stderr)


def printable(text: str) -> str:
    """Make text safe to show: an e-mail or a name is anybody's, and a terminal obeys what it is sent."""
    return "".join(
        character if character.isprintable() else character.encode("unicode_escape").decode()
        for character in text
    )


def _plain(value: object) -> str:
    return str(serialize_datetime(value) if isinstance(value, datetime) else value)


def _shown(value: object) -> str:
    match value:
        case None:
            return "-"
        case bool():
            return "yes" if value else "no"
        case datetime():
            return _plain(value.replace(microsecond=0))
        case _:
            return printable(str(value))

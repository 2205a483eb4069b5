"""What has changed since the released schema, and would break a client of it or be dangerous for one."""

import re
from collections.abc import Iterator

from graphql import GraphQLError, GraphQLSchema
from graphql.utilities import BreakingChange, SafeChange, find_schema_changes, resolve_schema_coordinate

from contract.elements import used
from contract.findings import Finding
from contract.places import NOWHERE, Place, place

_COORDINATE = re.compile(r"@\w+(?:\(\w+:\))?|\w+\.\w+(?:\(\w+:\))?")
_TYPE = re.compile(r".*(?:union type|implemented by) (\w+)|(\w+)")


def unsafe(released: GraphQLSchema, schema: GraphQLSchema) -> Iterator[Finding]:
    """Give the breaking and the dangerous changes, by graphql-core's own comparison.

    A directive for the authors of a schema, and the types that only such directives have, concern no client.
    """
    visible = used(released)
    for change in find_schema_changes(released, schema):
        subject = _subject(change.description)
        if not isinstance(change, SafeChange) and re.split(r"[.(]", subject)[0] in visible:
            degree = "breaks clients" if isinstance(change, BreakingChange) else "is dangerous for clients"
            at = _place(schema, subject) or _place(released, subject) or NOWHERE
            yield Finding(*at, subject, f"{change.description} This {degree}.", change.type.name)


def _subject(description: str) -> str:
    """Give the coordinate of what a change is about: graphql-core writes it into the description alone."""
    coordinate, type_ = _COORDINATE.search(description), _TYPE.match(description)
    if coordinate:
        return coordinate[0]
    return (type_[1] or type_[2]) if type_ else description


def _place(schema: GraphQLSchema, coordinate: str) -> Place | None:
    try:
        resolved = resolve_schema_coordinate(schema, coordinate)
    except GraphQLError:
        return None
    # What is resolved is the last of the parts that lead to it, before the name of its kind.
    return place(resolved[-2].ast_node) if resolved else None

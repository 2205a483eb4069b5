"""What every part of a schema keeps: names, descriptions, a use."""

import re
from collections.abc import Iterator

from graphql import GraphQLSchema

from contract.elements import elements, own_types, reached, used
from contract.findings import Finding
from contract.places import place

_CAMEL = (re.compile(r"[a-z][a-zA-Z0-9]*"), "camelCase")
_CASES = {
    "directive": _CAMEL,
    "argument": _CAMEL,
    "field": _CAMEL,
    "type": (re.compile(r"[A-Z][a-zA-Z0-9]*"), "PascalCase"),
    "enum value": (re.compile(r"[A-Z][A-Z0-9]*(_[A-Z0-9]+)*"), "SCREAMING_CASE"),
}


def broken(schema: GraphQLSchema) -> Iterator[Finding]:
    """Give what is named in another case than its kind, what is not described, and what is of no use."""
    for element in elements(schema):
        at = place(element.part.ast_node)
        pattern, case = _CASES[element.kind]
        if not pattern.fullmatch(element.name):
            yield Finding(*at, element.coordinate, f"a name of its kind ({element.kind}) is {case}", "naming")
        if not (element.part.description or "").strip():
            yield Finding(*at, element.coordinate, "has no description", "description")
    useful = used(schema) | reached(schema, list(schema.directives))
    for type_ in own_types(schema):
        if type_.name not in useful:
            message = "is used by no field, argument or directive"
            yield Finding(*place(type_.ast_node), type_.name, message, "unused-type")

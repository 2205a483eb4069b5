"""What a schema consists of, each part by its coordinate (https://spec.graphql.org/draft/#sec-Schema-Coordinates)."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from graphql import (
    GraphQLEnumType,
    GraphQLField,
    GraphQLInterfaceType,
    GraphQLNamedType,
    GraphQLObjectType,
    GraphQLSchema,
    GraphQLUnionType,
    get_named_type,
    introspection_types,
    specified_directives,
    specified_scalar_types,
)
from graphql.language import DirectiveLocation

_BUILT_IN = introspection_types.keys() | specified_scalar_types.keys()

_IN_DOCUMENTS = {
    DirectiveLocation.QUERY,
    DirectiveLocation.MUTATION,
    DirectiveLocation.SUBSCRIPTION,
    DirectiveLocation.FIELD,
    DirectiveLocation.FRAGMENT_DEFINITION,
    DirectiveLocation.FRAGMENT_SPREAD,
    DirectiveLocation.INLINE_FRAGMENT,
    DirectiveLocation.VARIABLE_DEFINITION,
}
"""Where clients write directives; the other places are for the authors of a schema."""


@dataclass(frozen=True, slots=True)
class Element:
    """A part of a schema that has a name and a description."""

    coordinate: str
    kind: str
    name: str
    part: Any


def elements(schema: GraphQLSchema) -> Iterator[Element]:
    """Give every part that the schema defines for itself, in the order of the schema."""
    for directive in schema.directives:
        if directive not in specified_directives:
            yield Element(f"@{directive.name}", "directive", directive.name, directive)
            yield from _arguments(f"@{directive.name}", directive)
    for type_ in own_types(schema):
        yield Element(type_.name, "type", type_.name, type_)
        kind = "enum value" if isinstance(type_, GraphQLEnumType) else "field"
        parts = type_.values if isinstance(type_, GraphQLEnumType) else getattr(type_, "fields", {})
        for name, part in parts.items():
            yield Element(f"{type_.name}.{name}", kind, name, part)
            yield from _arguments(f"{type_.name}.{name}", part)


def _arguments(coordinate: str, part: Any) -> Iterator[Element]:
    for name, argument in getattr(part, "args", {}).items():
        yield Element(f"{coordinate}({name}:)", "argument", name, argument)


def own_types(schema: GraphQLSchema) -> list[GraphQLNamedType]:
    """Give the types that the schema defines, without those that every schema has."""
    return [type_ for name, type_ in schema.type_map.items() if name not in _BUILT_IN]


def objects(schema: GraphQLSchema) -> list[GraphQLObjectType]:
    """Give the object types that the schema defines."""
    return [type_ for type_ in own_types(schema) if isinstance(type_, GraphQLObjectType)]


def groups(schema: GraphQLSchema) -> dict[str, GraphQLField]:
    """Give the fields that group the mutations."""
    return schema.mutation_type.fields if schema.mutation_type else {}


def namespaces(schema: GraphQLSchema) -> list[GraphQLNamedType]:
    """Give the root types, and the types that group the mutations."""
    return [*_roots(schema), *(get_named_type(group.type) for group in groups(schema).values())]


def used(schema: GraphQLSchema) -> set[str]:
    """Name the types that a document can come to, and the directives that it can hold, with their types."""
    directives = [found for found in schema.directives if _IN_DOCUMENTS & set(found.locations)]
    types = reached(schema, [*_roots(schema), *directives]) - _BUILT_IN
    return types | {f"@{found.name}" for found in directives}


def reached(schema: GraphQLSchema, waiting: list[Any]) -> set[str]:
    """Name the types that can be come to from some types and directives."""
    found: set[str] = set()
    waiting = [*waiting]
    while waiting:
        element = waiting.pop()
        if isinstance(element, GraphQLNamedType):
            if element.name in found:
                continue
            found.add(element.name)
        waiting += _next(schema, element)
    return found


def _next(schema: GraphQLSchema, element: Any) -> Iterator[GraphQLNamedType]:
    fields = getattr(element, "fields", {}).values()
    for part in (*fields, *getattr(element, "args", {}).values()):
        yield get_named_type(part.type)
        yield from (get_named_type(argument.type) for argument in getattr(part, "args", {}).values())
    yield from getattr(element, "interfaces", ())
    if isinstance(element, GraphQLInterfaceType | GraphQLUnionType):
        yield from schema.get_possible_types(element)


def _roots(schema: GraphQLSchema) -> list[GraphQLNamedType]:
    return [root for root in (schema.query_type, schema.mutation_type, schema.subscription_type) if root]

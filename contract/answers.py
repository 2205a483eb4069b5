"""What answers a field: a resolver, or an attribute of what the resolver before it gives.

What a resolver gives is what its annotation says, and mypy holds it to that: nobody keeps a table of it.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import fields, is_dataclass
from enum import EnumMeta
from types import NoneType
from typing import Any, get_args, get_type_hints

from ariadne import SchemaBindable, convert_camel_case_to_snake
from graphql import GraphQLEnumType, GraphQLObjectType, GraphQLSchema, get_named_type, is_non_null_type

from contract.elements import namespaces, objects
from contract.findings import Finding
from contract.places import NOWHERE, Place, place

Bindables = Iterable[SchemaBindable | EnumMeta]

CODES = "ErrorCode"
"""The enum that has a check of its own: somebody also has to send its values."""


def faults(schema: GraphQLSchema, bindables: Bindables) -> list[Finding]:
    """Bind a schema to its resolvers, without guards; list what answers nothing and what nothing answers."""
    bindables = list(bindables)
    enums = [bindable for bindable in bindables if isinstance(bindable, EnumMeta)]
    others = [bindable for bindable in bindables if not isinstance(bindable, EnumMeta)]
    of_enums = [found for enum in enums if enum.__name__ != CODES for found in _of_enum(schema, enum)]
    unbound = [found for bindable in others for found in _bind(schema, bindable)]
    # What is half bound has no resolver in more places than anybody has to know of.
    return [*of_enums, *(unbound or _unanswered(schema))]


def sources(schema: GraphQLSchema) -> Mapping[str, set[type]]:
    """Give the classes whose attributes answer for the fields of each type of a bound schema, by its name."""
    found: defaultdict[str, set[type]] = defaultdict(set)
    waiting: list[tuple[GraphQLObjectType, Mapping[str, Any]]] = [(type_, {}) for type_ in objects(schema)]
    while waiting:
        type_, hints = waiting.pop()
        for name, field in type_.fields.items():
            answer = get_named_type(field.type)
            if isinstance(answer, GraphQLObjectType):
                hint = _returned(field.resolve) if field.resolve else hints.get(name)
                new = set(_classes(hint)) - found[answer.name]
                found[answer.name] |= new
                waiting += [(answer, _hints(source)) for source in new]
    return found


def _unanswered(schema: GraphQLSchema) -> Iterator[Finding]:
    groups, given = namespaces(schema), sources(schema)
    for type_ in objects(schema):
        for name, field in type_.fields.items():
            if field.resolve is not None:
                continue
            message = None
            found = [_has(source, name) for source in given[type_.name]]
            if type_ in groups:
                message = "has no resolver"
            # Where one of several classes lacks a field that may be null, null is its answer.
            elif not any(found) or (is_non_null_type(field.type) and not all(found)):
                message = "has neither a resolver nor an attribute"
            if message:
                yield Finding(*place(field.ast_node), f"{type_.name}.{name}", message, "resolver")


def _bind(schema: GraphQLSchema, bindable: SchemaBindable) -> Iterator[Finding]:
    try:
        bindable.bind_to_schema(schema)
    except ValueError as error:
        name = getattr(bindable, "name", type(bindable).__name__)
        yield Finding(*_place_of_type(schema, name), name, f"does not fit its resolvers: {error}", "resolver")


def _of_enum(schema: GraphQLSchema, enum: EnumMeta) -> Iterator[Finding]:
    type_ = schema.type_map.get(enum.__name__)
    values = type_.values if isinstance(type_, GraphQLEnumType) else {}
    for name in sorted(enum.__members__.keys() ^ values.keys()):
        at = place(values[name].ast_node) if name in values else _place_of_type(schema, enum.__name__)
        knows, lacks = ("schema", "code") if name in values else ("code", "schema")
        message = f"is known to the {knows}, but not to the {lacks}"
        yield Finding(*at, f"{enum.__name__}.{name}", message, "resolver")


def _place_of_type(schema: GraphQLSchema, name: str) -> Place:
    type_ = schema.type_map.get(name)
    return place(type_.ast_node) if type_ else NOWHERE


def _classes(hint: Any) -> Iterator[type]:
    """Give the classes that an annotation names: those in a union, and those in a sequence."""
    inner = get_args(hint)
    if inner:
        for each in inner:
            yield from _classes(each)
    elif isinstance(hint, type) and hint is not NoneType:
        yield hint


def _returned(resolve: Any) -> Any:
    return getattr(resolve, "__annotations__", {}).get("return")


def _hints(source: type) -> Mapping[str, Any]:
    """Give the annotations of a dataclass by the names that its attributes have in the schema."""
    hints = get_type_hints(source) if is_dataclass(source) else {}
    return {_camel(name): hint for name, hint in hints.items()}


def _has(source: type, name: str) -> bool:
    attribute = convert_camel_case_to_snake(name)
    if is_dataclass(source):
        return attribute in {field.name for field in fields(source)} or hasattr(source, attribute)
    # A Tortoise model.
    return attribute in getattr(getattr(source, "_meta", None), "fields_map", ())


def _camel(name: str) -> str:
    first, *words = name.split("_")
    return first + "".join(word.capitalize() for word in words)

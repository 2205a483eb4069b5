"""The rules that every field of the schema keeps: a function from a schema to who breaks them."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import fields, is_dataclass
from typing import Any

from ariadne import convert_camel_case_to_snake
from graphql import (
    DirectiveNode,
    GraphQLEnumType,
    GraphQLField,
    GraphQLInputObjectType,
    GraphQLInterfaceType,
    GraphQLNamedType,
    GraphQLObjectType,
    GraphQLSchema,
    get_named_type,
    introspection_types,
    specified_directives,
)

Sources = Mapping[str, type]
"""The class whose attributes answer for the fields of a type, by the name of the type."""


def faults(schema: GraphQLSchema, sources: Sources) -> list[str]:
    """List what is not described, guarded or answered, in a schema that is bound without directives."""
    return [*_undescribed(schema), *_unguarded(schema), *_unanswered(schema, sources)]


def _undescribed(schema: GraphQLSchema) -> Iterator[str]:
    for directive in schema.directives:
        if directive not in specified_directives:
            yield from _blank(f"@{directive.name}", directive)
            for name, argument in directive.args.items():
                yield from _blank(f"@{directive.name}({name})", argument)
    for type_ in _own_types(schema):
        yield from _blank(type_.name, type_)
        for name, part in _parts(type_).items():
            yield from _blank(f"{type_.name}.{name}", part)
            for argument, value in getattr(part, "args", {}).items():
                yield from _blank(f"{type_.name}.{name}({argument})", value)


def _blank(place: str, element: Any) -> Iterator[str]:
    if not (element.description or "").strip():
        yield f"{place} has no description"


def _unguarded(schema: GraphQLSchema) -> Iterator[str]:
    for type_ in _objects(schema):
        nodes = (type_.ast_node, *type_.extension_ast_nodes)
        of_type = [audience for node in nodes for audience in _audiences(node)]
        is_namespace = type_ in _namespaces(schema)
        for name, field in type_.fields.items():
            own = _audiences(field.ast_node)
            if is_namespace and (len(own) != 1 or of_type or "PARENT" in own):
                yield f"{type_.name}.{name} needs exactly one @access of its own, to others than PARENT"
            elif len(of_type) + len(own) != 1:
                yield f"{type_.name}.{name} needs exactly one @access, on itself or on its type"


def _audiences(node: Any) -> list[str]:
    """Give whom the @access directives of a definition name."""
    directives: Iterable[DirectiveNode] = (node.directives if node else None) or ()
    guards = [found for found in directives if found.name.value == "access"]
    return [getattr(argument.value, "value", "") for guard in guards for argument in guard.arguments or ()]


def _unanswered(schema: GraphQLSchema, sources: Sources) -> Iterator[str]:
    namespaces = _namespaces(schema)
    for type_ in _objects(schema):
        for name, field in type_.fields.items():
            if field.resolve is None:
                if type_ in namespaces:
                    yield f"{type_.name}.{name} has no resolver"
                elif not _has(sources.get(type_.name), convert_camel_case_to_snake(name)):
                    yield f"{type_.name}.{name} has neither a resolver nor an attribute"


def _namespaces(schema: GraphQLSchema) -> list[GraphQLNamedType]:
    """Give the root types, and the types that group the mutations."""
    roots = [root for root in (schema.query_type, schema.mutation_type, schema.subscription_type) if root]
    groups: list[GraphQLField] = list(schema.mutation_type.fields.values()) if schema.mutation_type else []
    return [*roots, *(get_named_type(group.type) for group in groups)]


def _has(source: type | None, attribute: str) -> bool:
    if source is None:
        return False
    if is_dataclass(source):
        return attribute in {field.name for field in fields(source)}
    # A Tortoise model.
    return attribute in source._meta.fields_map  # type: ignore[attr-defined]


def _own_types(schema: GraphQLSchema) -> list[GraphQLNamedType]:
    scalars = {"String", "Int", "Float", "Boolean", "ID"}
    return [
        type_
        for name, type_ in schema.type_map.items()
        if name not in introspection_types and name not in scalars
    ]


def _objects(schema: GraphQLSchema) -> list[GraphQLObjectType]:
    return [type_ for type_ in _own_types(schema) if isinstance(type_, GraphQLObjectType)]


def _parts(type_: GraphQLNamedType) -> Mapping[str, Any]:
    if isinstance(type_, GraphQLEnumType):
        return type_.values
    if isinstance(type_, GraphQLObjectType | GraphQLInterfaceType | GraphQLInputObjectType):
        return type_.fields
    return {}

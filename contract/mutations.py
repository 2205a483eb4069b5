"""How mutations are grouped, what they take and what they answer: a client that knows one knows them all."""

from collections.abc import Iterator

from graphql import (
    GraphQLField,
    GraphQLInputObjectType,
    GraphQLNamedType,
    GraphQLObjectType,
    GraphQLSchema,
    get_named_type,
    is_leaf_type,
)

from contract.elements import groups
from contract.findings import Finding
from contract.places import place

PAYLOAD = "Payload"
"""The interface of what mutations answer, and the last word of the name of each answer."""


def unconventional(schema: GraphQLSchema) -> Iterator[Finding]:
    """Give the mutations that are called, take or answer otherwise than their name says."""
    for group, opening in groups(schema).items():
        type_, wanted = get_named_type(opening.type), f"{_capital(group)}Mutations"
        if type_.name != wanted or not isinstance(type_, GraphQLObjectType):
            message = f"a group of mutations is a {wanted}, and not a {type_.name}"
            yield _finding(opening, f"Mutation.{group}", message)
            continue
        for name, field in type_.fields.items():
            # A verb alone says too little outside its group: otp.request answers RequestOtpPayload.
            stems = {_capital(name), _capital(name) + _capital(group)}
            for message in _faults(schema, field, stems):
                yield _finding(field, f"{type_.name}.{name}", message)


def _faults(schema: GraphQLSchema, field: GraphQLField, stems: set[str]) -> Iterator[str]:
    # A refusal makes its field null: of a field that cannot be, it would take the whole group along.
    if not isinstance(field.type, GraphQLNamedType):
        yield f"answers a payload that may be null, and not {field.type}"
    answer = get_named_type(field.type)
    if answer.name not in {stem + PAYLOAD for stem in stems}:
        yield f"answers {_either(stems, PAYLOAD)}, and not {answer.name}"
    elif schema.type_map.get(PAYLOAD) not in getattr(answer, "interfaces", ()):
        yield f"answers {answer.name}, which does not implement {PAYLOAD}"
    if any(not is_leaf_type(get_named_type(argument.type)) for argument in field.args.values()):
        own = {answer.name.removesuffix(PAYLOAD)} & stems or stems
        yield from _input_faults(field, own)


def _input_faults(field: GraphQLField, stems: set[str]) -> Iterator[str]:
    if list(field.args) != ["input"]:
        yield "takes one argument called input, or nothing but scalars and enums"
        return
    type_ = get_named_type(field.args["input"].type)
    if not isinstance(type_, GraphQLInputObjectType) or type_.name not in {f"{stem}Input" for stem in stems}:
        yield f"takes {_either(stems, 'Input')}, and not {type_.name}"


def _finding(field: GraphQLField, coordinate: str, message: str) -> Finding:
    return Finding(*place(field.ast_node), coordinate, message, "convention")


def _either(stems: set[str], ending: str) -> str:
    return " or ".join(f"{stem}{ending}" for stem in sorted(stems, key=len))


def _capital(name: str) -> str:
    return name[:1].upper() + name[1:]

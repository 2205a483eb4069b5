"""The contract: the schema keeps its own rules, and says what clients rely on in their very words."""

from collections.abc import Iterator

import pytest
from graphql import (
    GraphQLEnumType,
    GraphQLInputObjectType,
    GraphQLObjectType,
    GraphQLSchema,
    build_schema,
    parse,
    validate,
)

import contract
import resolvers
from contract import answers
from resolvers.payloads import Payload
from tests.support.promises import CONTRACT

VERBATIM = (
    'mutation { auth { login(input: {email: "test@example.com", password: "password", rememberMe: true})'
    " { success accessToken user { id email role } } } }",
    "mutation { auth { logout { success message } } }",
    "mutation { auth { refreshToken { success accessToken } } }",
)
"""The three documents that the first web client sends."""


@pytest.fixture(scope="module")
def schema() -> GraphQLSchema:
    """Give the schema as it is served."""
    return resolvers.build_schema()


def test_the_repository_keeps_its_contract() -> None:
    """Nobody reaches a field that its author forgot to guard, to answer or to explain."""
    assert [str(finding) for finding in contract.check().findings] == []


def test_the_schema_is_spelled_as_the_contract(schema: GraphQLSchema) -> None:
    """Names, types, nullability, arguments and defaults are those that clients were promised."""
    missing = set(_spelled(_promised())) - set(_spelled(schema))
    assert missing == set()


def _promised() -> GraphQLSchema:
    # A type of which only the name is promised has no fields here, which is no reason to refuse the rest.
    return build_schema(CONTRACT, assume_valid=True)


def _spelled(schema: GraphQLSchema) -> Iterator[str]:
    for type_ in schema.type_map.values():
        yield f"{type(type_).__name__} {type_.name}"
        if isinstance(type_, GraphQLEnumType):
            yield from (f"{type_.name}.{value}" for value in type_.values)
        elif isinstance(type_, GraphQLInputObjectType):
            for name, given in type_.fields.items():
                yield f"{type_.name}.{name}: {given.type} = {given.default_value!r}"
        elif isinstance(type_, GraphQLObjectType):
            for name, field in type_.fields.items():
                arguments = [f"{key}: {arg.type} = {arg.default_value!r}" for key, arg in field.args.items()]
                yield f"{type_.name}.{name}({', '.join(arguments)}): {field.type}"


@pytest.mark.parametrize("document", VERBATIM)
def test_the_documents_of_the_first_client_fit_the_schema(schema: GraphQLSchema, document: str) -> None:
    """A client that nobody changes goes on working."""
    assert validate(schema, parse(document)) == []


def test_every_payload_has_what_the_contract_says() -> None:
    """Whatever a mutation answers can be shown by one and the same form."""
    bound = contract.served()
    assert answers.faults(bound, resolvers.BINDABLES) == []
    given = answers.sources(bound)
    payloads = [name for name in bound.type_map if name.endswith("Payload") and name != "Payload"]
    assert len(payloads) >= 3
    for name in payloads:
        assert given[name]
        assert all(issubclass(source, Payload) for source in given[name])

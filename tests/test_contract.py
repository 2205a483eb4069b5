"""The contract: the schema keeps its own rules, and says what clients rely on in their very words."""

from collections.abc import Iterator

import pytest
from ariadne import MutationType, QueryType, load_schema_from_path, make_executable_schema
from graphql import (
    GraphQLEnumType,
    GraphQLInputObjectType,
    GraphQLObjectType,
    GraphQLSchema,
    build_schema,
    get_named_type,
    parse,
    validate,
)

import models
import resolvers
from resolvers.audit import AuditEventConnection, AuditEventEdge, PageInfo
from resolvers.payloads import LogoutPayload, Payload, ProblemData, TokensPayload, UserPayload
from services.accounts import Account
from services.errors import ErrorCode
from services.own_sessions import OwnSession
from tests.support.contract import faults
from tests.support.promises import CONTRACT

SOURCES: dict[str, type] = {
    "User": Account,
    "Profile": models.Profile,
    "Problem": ProblemData,
    "LoginPayload": TokensPayload,
    "RefreshTokenPayload": TokensPayload,
    "VerifyOtpPayload": TokensPayload,
    "LogoutPayload": LogoutPayload,
    "RegisterPayload": Payload,
    "Session": OwnSession,
    "RevokeSessionPayload": Payload,
    "RequestOtpPayload": Payload,
    "ChangePasswordPayload": Payload,
    "ResetPasswordPayload": Payload,
    "UpdateProfilePayload": UserPayload,
    "CompleteOnboardingPayload": UserPayload,
    "AuditEventConnection": AuditEventConnection,
    "AuditEventEdge": AuditEventEdge,
    "PageInfo": PageInfo,
    "AuditEvent": models.AuditEvent,
}

VERBATIM = (
    'mutation { auth { login(input: {email: "test@example.com", password: "password", rememberMe: true})'
    " { success accessToken user { id email role } } } }",
    "mutation { auth { logout { success message } } }",
    "mutation { auth { refreshToken { success accessToken } } }",
)
"""The three documents that the first web client sends."""

SMALL = """
"Guards." directive @access("Whom." to: String!) on FIELD_DEFINITION | OBJECT
"Questions." type Query { "Who asks." me: Person @access(to: "ANYONE") }
"Deeds." type Mutation { "Signing in." auth: Auth! @access(to: "ANYONE") }
"A group." type Auth { "Sign in." login("Who." name: String): Person @access(to: "ANYONE") }
"A person." type Person @access(to: "PARENT") { "The code." code: Kind "What to say." message: String }
"Kinds." enum Kind { "One." ONE }
"What is typed." input Typed { "Something." text: String }
"""
"""A schema that keeps every rule, for the tests that break one."""


@pytest.fixture(scope="module")
def schema() -> GraphQLSchema:
    """Give the schema as it is served."""
    return resolvers.build_schema()


def test_every_element_is_described_guarded_and_answered() -> None:
    """Nobody reaches a field that its author forgot to guard, to answer or to explain."""
    bound = make_executable_schema(load_schema_from_path(str(resolvers.SDL)), *resolvers.BINDABLES)
    assert faults(bound, SOURCES) == []


def _small(sdl: str, *, bound: bool = True) -> list[str]:
    query, mutation = QueryType(), MutationType()
    query.set_field("me", lambda *_: None)
    mutation.set_field("auth", lambda *_: {})
    built = make_executable_schema(sdl, query, mutation)
    if bound:
        auth = built.type_map["Auth"]
        assert isinstance(auth, GraphQLObjectType)
        auth.fields["login"].resolve = lambda *_, **__: None
    return faults(built, {"Person": ProblemData})


def test_a_schema_that_keeps_the_rules_has_no_faults() -> None:
    """The other tests of the rules break this schema, and each has to break it alone."""
    assert _small(SMALL) == []


@pytest.mark.parametrize(
    ("old", "new", "fault"),
    [
        ('me: Person @access(to: "ANYONE")', "me: Person", "Query.me needs exactly one @access"),
        ('type Person @access(to: "PARENT")', "type Person", "Person.code needs exactly one @access"),
        (
            "type Auth {",
            'type Auth @access(to: "PARENT") {',
            "Auth.login needs exactly one @access of its own",
        ),
        ('String): Person @access(to: "ANYONE")', "String): Person", "Auth.login needs exactly one @access"),
        (
            'Person @access(to: "ANYONE")',
            'Person @access(to: "PARENT")',
            "Query.me needs exactly one @access",
        ),
        ("message: String", "massage: String", "Person.massage has neither a resolver nor an attribute"),
        ('"Who asks." me', "me", "Query.me has no description"),
        ('"A group." type', "type", "Auth has no description"),
        ('"Who." name', "name", "Auth.login(name) has no description"),
        ('"One." ONE', '" " ONE', "Kind.ONE has no description"),
        ('"Something." text', "text", "Typed.text has no description"),
        ('"Whom." to', "to", "@access(to) has no description"),
        ('"Guards." directive', "directive", "@access has no description"),
    ],
)
def test_a_broken_rule_is_named(old: str, new: str, fault: str) -> None:
    """What is missing is named with its place, so that the one who forgot it knows where to look."""
    assert old in SMALL
    found = _small(SMALL.replace(old, new))
    assert found
    assert found[0].startswith(fault)


def test_a_field_without_a_resolver_is_named() -> None:
    """Ariadne builds such a schema happily and answers null."""
    assert _small(SMALL, bound=False) == ["Auth.login has no resolver"]


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


def test_every_payload_has_what_the_contract_says(schema: GraphQLSchema) -> None:
    """Whatever a mutation answers can be shown by one and the same form."""
    payload = schema.type_map["Payload"]
    assert schema.mutation_type is not None
    for namespace in schema.mutation_type.fields.values():
        group = get_named_type(namespace.type)
        assert isinstance(group, GraphQLObjectType)
        for field in group.fields.values():
            assert isinstance(field.type, GraphQLObjectType)
            assert payload in field.type.interfaces
            assert issubclass(SOURCES[field.type.name], Payload)


def test_the_codes_of_the_schema_are_those_of_the_services(schema: GraphQLSchema) -> None:
    """A code that the schema does not list could not be sent, and one that nobody raises would be a lie."""
    codes = schema.type_map["ErrorCode"]
    assert isinstance(codes, GraphQLEnumType)
    assert set(codes.values) == {code.value for code in ErrorCode}

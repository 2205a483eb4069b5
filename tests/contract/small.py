"""A schema that keeps every rule and holds one of everything, for the tests that break a rule."""

from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from ariadne import MutationType, ObjectType, QueryType, SchemaBindable
from graphql import GraphQLSchema

from contract import answers, guards, mutations, rules
from contract.places import Excerpt
from contract.sdl import understand

FILE = "small.graphql"

SMALL = """\
"Guards." directive @access("Whom." to: String!) on FIELD_DEFINITION | OBJECT
"Questions."
type Query {
  "Who asks."
  me: Person @access(to: "ANYONE")
}
"Deeds."
type Mutation {
  "Signing in."
  auth: AuthMutations! @access(to: "ANYONE")
}
"A group."
type AuthMutations {
  "Sign in."
  login("Who." input: LoginInput!): LoginPayload @access(to: "ANYONE")
  "Ask for a code."
  request("Which." input: RequestAuthInput): RequestAuthPayload @access(to: "ANYONE")
  "Leave."
  leave("How." kind: Kind): LeavePayload @access(to: "ANYONE")
}
"A person."
type Person @access(to: "PARENT") {
  "Their name."
  firstName: String
  "Their friends."
  friends: [Person!]!
  "Their kind."
  kind: Kind
}
"Kinds."
enum Kind {
  "One."
  ONE_KIND
}
"What is typed."
input LoginInput {
  "Something."
  text: String
}
"What is asked."
input RequestAuthInput {
  "Something."
  text: String
}
"Answers."
interface Payload {
  "Whether."
  success: Boolean
}
"An answer."
type LoginPayload implements Payload @access(to: "PARENT") {
  "Whether."
  success: Boolean
  "Who."
  person: Person
}
"An answer."
type RequestAuthPayload implements Payload @access(to: "PARENT") {
  "Whether."
  success: Boolean
}
"An answer."
type LeavePayload implements Payload @access(to: "PARENT") {
  "Whether."
  success: Boolean
}
"""


class Kind(StrEnum):
    """Kinds."""

    ONE_KIND = "ONE_KIND"


@dataclass
class Person:
    """A person; their kind is not stored."""

    first_name: str
    friends: "list[Person]"

    @property
    def kind(self) -> Kind:
        """The only one."""
        return Kind.ONE_KIND


@dataclass
class Payload:
    """An answer."""

    success: bool


@dataclass
class LoginPayload(Payload):
    """An answer with a person."""

    person: Person | None


def _me(*_: Any) -> Person | None:
    return None


def _login(*_: Any, **__: Any) -> LoginPayload | Payload:
    return LoginPayload(True, None)


async def _answer(*_: Any, **__: Any) -> Payload:
    return Payload(True)


def bindables() -> list[SchemaBindable | type[Kind]]:
    """Give what answers the schema."""
    query, mutation, auth = QueryType(), MutationType(), ObjectType("AuthMutations")
    query.set_field("me", _me)
    mutation.set_field("auth", lambda *_: {})
    for name, resolve in (("login", _login), ("request", _answer), ("leave", _answer)):
        auth.set_field(name, resolve)
    return [query, mutation, auth, Kind]


def built(sdl: str) -> GraphQLSchema:
    """Build a schema that has to be valid."""
    return understand([Excerpt(sdl, FILE)]).require()


def faults(sdl: str) -> list[str]:
    """Check a schema by every rule that is about the SDL and its resolvers."""
    schema = built(sdl)
    return [
        str(finding)
        for finding in (
            *rules.broken(schema),
            *guards.unguarded(schema),
            *mutations.unconventional(schema),
            *answers.faults(schema, bindables()),
        )
    ]


def line_of(sdl: str, text: str) -> int:
    """Give the line on which a text stands."""
    assert text in sdl
    return sdl[: sdl.index(text)].count("\n") + 1

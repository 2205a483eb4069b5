"""The one guard: `@access` in the SDL wraps the resolver of its field, and turns problems into payloads."""

from collections.abc import Awaitable, Callable
from enum import StrEnum
from inspect import isawaitable
from typing import Any

from ariadne import SchemaDirectiveVisitor
from graphql import GraphQLField, GraphQLInterfaceType, GraphQLObjectType, default_field_resolver

from resolvers.context import Info
from resolvers.payloads import Payload
from services.errors import Problem
from services.problems import Problems

Resolver = Callable[..., Any]


class Audience(StrEnum):
    """Whom a field answers; the descriptions are in the SDL."""

    ANYONE = "ANYONE"
    OPTIONAL = "OPTIONAL"
    USER = "USER"
    PARENT = "PARENT"


class AccessDirective(SchemaDirectiveVisitor):
    """Guards fields. On a type it can only say that its fields need no guard of their own."""

    def visit_field_definition(
        self, field: GraphQLField, object_type: GraphQLObjectType | GraphQLInterfaceType
    ) -> GraphQLField:
        """Put the guard before the resolver."""
        field.resolve = guarded(field.resolve or default_field_resolver, Audience(self.args["to"]))
        return field

    def visit_object(self, object_: GraphQLObjectType) -> GraphQLObjectType:
        """Accept a type whose fields need no guard of their own.

        Raises:
            ValueError: the type asks for a guard, which only its fields can have.
        """
        if self.args["to"] != Audience.PARENT:
            raise ValueError(f"{object_.name}: only PARENT may stand on a type")
        return object_


def guarded(resolve: Resolver, audience: Audience) -> Resolver:
    """Give a resolver that asks who is there first, and answers what a person mistyped as data."""
    check = _CHECKS[audience]

    async def resolve_guarded(parent: Any, info: Info, **arguments: Any) -> Any:
        if check is not None:
            await check(info)
        try:
            result = resolve(parent, info, **arguments)
            return await result if isawaitable(result) else result
        except Problem as problem:
            return Payload.refusing(problem)
        except Problems as found:
            return Payload.refusing(*found.problems)

    return resolve_guarded


async def _optional(info: Info) -> None:
    await info.context.identify()


async def _user(info: Info) -> None:
    await info.context.viewer()


_CHECKS: dict[Audience, Callable[[Info], Awaitable[None]] | None] = {
    Audience.ANYONE: None,
    Audience.OPTIONAL: _optional,
    Audience.USER: _user,
    Audience.PARENT: None,
}

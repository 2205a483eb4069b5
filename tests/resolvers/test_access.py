"""The one guard: whom it lets pass, whom it stops before anything runs, and what it makes of problems."""

from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

import pytest
from ariadne import ObjectType, QueryType, make_executable_schema
from graphql import ExecutionResult, GraphQLSchema, graphql

from models import Role
from resolvers.access import AccessDirective
from services.accounts import Account, Anonymous, Viewer
from services.errors import TokenExpired, Unauthenticated
from services.problems import InvalidCredentials

SDL = """
directive @access(to: Audience!) on FIELD_DEFINITION | OBJECT
enum Audience { ANYONE OPTIONAL USER PARENT }
type Query {
  anyone: String @access(to: ANYONE)
  optional: String @access(to: OPTIONAL)
  user: String @access(to: USER)
  both: Person @access(to: USER)
  refused: Answer @access(to: ANYONE)
}
type Person @access(to: PARENT) { name: String  email: String @access(to: USER) }
type Answer @access(to: PARENT) { success: Boolean!  message: String!  problems: [Problem!]! }
type Problem @access(to: PARENT) { code: String!  message: String!  field: String }
"""
SOMEBODY = Viewer(
    Account(
        id=UUID(int=1),
        email="ada@example.com",
        role=Role.USER,
        created_at=datetime(2026, 1, 1, tzinfo=UTC),
        verified_at=None,
        onboarded_at=None,
        last_login_at=None,
        is_sign_in=True,
        session_id=UUID(int=2),
    )
)


@dataclass
class Context:
    """Stands for the context of a request: who asks, or why nobody can be told; and what ran."""

    who: Viewer | Anonymous | Exception
    asked: int = 0
    ran: list[str] = field(default_factory=list)

    async def identify(self) -> Viewer | Anonymous:
        """Tell who asks."""
        self.asked += 1
        if isinstance(self.who, Exception):
            raise self.who
        return self.who

    async def viewer(self) -> Viewer:
        """Give the viewer, or refuse."""
        viewer = await self.identify()
        if isinstance(viewer, Anonymous):
            raise Unauthenticated
        return viewer


@pytest.fixture(scope="module")
def schema() -> GraphQLSchema:
    """Give a schema with a field for each audience."""
    query, person = QueryType(), ObjectType("Person")

    def answer(_: Any, info: Any) -> str:
        info.context.ran.append(info.field_name)
        return str(info.field_name)

    async def refuse(_: Any, info: Any) -> None:
        info.context.ran.append(info.field_name)
        raise InvalidCredentials

    for name in ("anyone", "optional", "user"):
        query.set_field(name, answer)
    query.set_field("both", lambda *_: {"name": "Ada"})
    query.set_field("refused", refuse)
    person.set_field("email", answer)
    return make_executable_schema(SDL, query, person, directives={"access": AccessDirective})  # type: ignore[type-abstract]


async def ask(schema: GraphQLSchema, document: str, context: Context) -> ExecutionResult:
    """Run a document."""
    return await graphql(schema, document, context_value=context)


EXPIRED, ANONYMOUS = TokenExpired(), Anonymous()


@pytest.mark.parametrize(
    ("name", "who", "error", "asked"),
    [
        ("anyone", SOMEBODY, None, 0),
        ("anyone", ANONYMOUS, None, 0),
        ("anyone", EXPIRED, None, 0),
        ("optional", SOMEBODY, None, 1),
        ("optional", ANONYMOUS, None, 1),
        ("optional", EXPIRED, TokenExpired, 1),
        ("user", SOMEBODY, None, 1),
        ("user", ANONYMOUS, Unauthenticated, 1),
        ("user", EXPIRED, TokenExpired, 1),
    ],
)
async def test_each_audience_lets_pass_whom_it_should(
    schema: GraphQLSchema, name: str, who: Any, error: type[Exception] | None, asked: int
) -> None:
    """Who is stopped is stopped before the resolver runs; for ANYONE nobody even looks at the token."""
    context = Context(who)
    result = await ask(schema, f"{{ {name} }}", context)
    assert context.asked == asked
    if error is None:
        assert (result.data, result.errors) == ({name: name}, None)
        assert context.ran == [name]
    else:
        assert result.data == {name: None}
        assert result.errors is not None
        assert [type(found.original_error) for found in result.errors] == [error]
        assert context.ran == []


async def test_a_field_may_be_guarded_more_than_its_object(schema: GraphQLSchema) -> None:
    """Both guards hold, each on its own field."""
    context = Context(SOMEBODY)
    result = await ask(schema, "{ both { name email } }", context)
    assert (result.data, result.errors) == ({"both": {"name": "Ada", "email": "email"}}, None)
    assert context.asked == 2


async def test_a_problem_becomes_the_payload(schema: GraphQLSchema) -> None:
    """What a person typed is data that a form can show, and no error."""
    document = "{ refused { success message problems { code message field } } }"
    result = await ask(schema, document, Context(ANONYMOUS))
    text = "The e-mail address or the password is wrong."
    assert result.errors is None
    assert result.data == {
        "refused": {
            "success": False,
            "message": text,
            "problems": [{"code": "INVALID_CREDENTIALS", "message": text, "field": None}],
        }
    }


@pytest.mark.parametrize("audience", ["ANYONE", "OPTIONAL", "USER"])
def test_a_type_cannot_guard(audience: str) -> None:
    """A guard on a type would run for none of its fields: the server does not even start with one."""
    sdl = SDL.replace("type Person @access(to: PARENT)", f"type Person @access(to: {audience})")
    with pytest.raises(ValueError, match="Person: only PARENT may stand on a type"):
        make_executable_schema(sdl, directives={"access": AccessDirective})  # type: ignore[type-abstract]

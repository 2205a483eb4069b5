"""The schema and what answers it. A resolver translates; no rule lives here."""

from pathlib import Path

from ariadne import load_schema_from_path, make_executable_schema
from graphql import GraphQLSchema

from resolvers import account, audit, auth, otp, users
from resolvers.access import AccessDirective
from resolvers.scalars import datetime_scalar
from services.errors import ErrorCode

SDL = Path(__file__).parent.parent / "schema"

BINDABLES = (
    datetime_scalar,
    *auth.bindables,
    *otp.bindables,
    *account.bindables,
    *users.bindables,
    *audit.bindables,
    ErrorCode,
)
"""What answers the schema: resolvers by type and field, enums and scalars."""


def build_schema() -> GraphQLSchema:
    """Bind the SDL files to the resolvers."""
    return make_executable_schema(
        load_schema_from_path(str(SDL)),
        *BINDABLES,
        # It is abstract to mypy, because it visits no more than it guards.
        directives={"access": AccessDirective},  # type: ignore[type-abstract]
        convert_names_case=True,
    )

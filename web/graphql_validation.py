"""Parsing and validating: what does not fit is said with its place, and without any value in it."""

import re
from collections.abc import Sequence

from graphql import (
    DocumentNode,
    GraphQLError,
    GraphQLSchema,
    NoSchemaIntrospectionCustomRule,
    ObjectFieldNode,
    ValueNode,
    VariableNode,
    parse,
    specified_rules,
    validate,
)
from graphql.validation.rules import overlapping_fields_can_be_merged

from services.errors import ParseFailed, QueryTooComplex, Refusal, ValidationFailed
from web.graphql_caps import MAX_COMMENTS, MAX_TOKENS

MAX_ERRORS = 5

MAX_COMPARISONS = 1_000
"""How much validation may compare fields that are answered by one name: a hundred times what clients need."""

# The library reads this when its rule starts, and says that it may be assigned to.
overlapping_fields_can_be_merged.MAX_COMPLEXITY_BUDGET = MAX_COMPARISONS

_ABORTED, _PARSING_ABORTED = "Validation aborted.", "Parsing aborted."
_OF_A_VALUE = re.compile(
    r"Expected (?:a )?(?:value|variable)|\w+ cannot represent|Enum '\w+' cannot represent"
)
_SAFE = re.compile(
    r"""
    Expected\ value\ of\ (?:non-null\ )?type\ '[\w!\[\]]+'
        (?:\ to\ include\ required\ field\ '\w+'
        |\ not\ to\ include\ unknown\ field\ '\w+'
        |\ to\ be\ an\ object
        |\ not\ to\ be\ None)?
    | (?:Int|Float|String|Boolean|ID|Enum\ '\w+')\ cannot\ represent\ [\w\ -]*value
    """,
    re.VERBOSE,
)
"""What graphql-core says of a value before it quotes it: names, and words of its own."""
_UNKNOWN_ENUM_VALUE = re.compile(r"Value '\w+' does not exist in ('\w+' enum)\..*")
_EXPECTED = re.compile(r"Syntax Error: (Expected (?:[\w<>]+|'\S+')), found")


class DocumentErrors(Exception):
    """What is wrong with a document, each with its place and with one of our own errors as its cause."""

    def __init__(self, errors: Sequence[GraphQLError]) -> None:
        """Keep the errors."""
        super().__init__("the document cannot be run")
        self.errors = errors


def parsed(query: str) -> DocumentNode:
    """Parse a document, as far as its caps reach.

    Raises:
        DocumentErrors: it is not GraphQL.
        QueryTooComplex: it has too many tokens or comments, or is nested deeper than the parser goes.
    """
    try:
        return parse(query, max_lexical_tokens=MAX_TOKENS, max_comments=MAX_COMMENTS)
    except GraphQLError as error:
        if error.message.endswith(_PARSING_ABORTED):
            raise QueryTooComplex from None
        # The parser quotes what it stumbled over, which may be a secret: only the place is passed on.
        expected = _EXPECTED.match(error.message)
        said = f"{ParseFailed.message}: {expected[1]}" if expected else ParseFailed.message
        raise DocumentErrors([_located(error, ParseFailed(said))]) from None


def require_fit(document: DocumentNode, schema: GraphQLSchema, *, allow_introspection: bool) -> None:
    """Validate a document.

    Raises:
        DocumentErrors: it does not fit the schema.
        QueryTooComplex: validating it would take too long.
    """
    hidden = () if allow_introspection else (NoSchemaIntrospectionCustomRule,)
    errors = validate(
        schema,
        document,
        (*specified_rules, *hidden),
        max_errors=MAX_ERRORS,
        # A suggestion is a piece of the schema, which is not to be read where introspection is off.
        hide_suggestions=not allow_introspection,
    )
    if any(error.message == _ABORTED for error in errors):
        raise QueryTooComplex
    if errors:
        raise DocumentErrors([_located(error, ValidationFailed(_said(error))) for error in errors])


def _said(error: GraphQLError) -> str:
    """Say what does not fit. What is said of a value goes on to quote it, and it may be a secret."""
    of_a_value = any(
        isinstance(node, (ValueNode, ObjectFieldNode)) and not isinstance(node, VariableNode)
        for node in error.nodes or ()
    )
    if not of_a_value and not _OF_A_VALUE.match(error.message):
        return error.message
    safe = _SAFE.match(error.message)
    enum = _UNKNOWN_ENUM_VALUE.fullmatch(error.message)
    if enum:
        return f"The value does not exist in {enum[1]}"
    return safe[0] if safe else "A value does not fit the type of its place"


def _located(error: GraphQLError, refusal: Refusal) -> GraphQLError:
    return GraphQLError(str(refusal), source=error.source, positions=error.positions, original_error=refusal)

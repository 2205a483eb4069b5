"""Documents: parsed, capped, validated, and remembered, so that a client's few operations cost this once."""

import re
from collections import OrderedDict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from graphql import (
    DocumentNode,
    FragmentDefinitionNode,
    GraphQLError,
    GraphQLSchema,
    NoSchemaIntrospectionCustomRule,
    ObjectFieldNode,
    OperationDefinitionNode,
    OperationType,
    ValueNode,
    VariableNode,
    get_operation_ast,
    parse,
    specified_rules,
    validate,
)

from services.errors import BadUserInput, ParseFailed, QueryTooComplex, Refusal, ValidationFailed
from web import graphql_caps
from web.graphql_caps import MAX_COMMENTS, MAX_TOKENS, mutation_fields

MAX_REMEMBERED = 128
MAX_REMEMBERED_LENGTH = 2 * 1024
"""In characters. A parsed document takes some 200 bytes for each of them, so all take 50 MB at the worst."""

MAX_ERRORS = 5

_ABORTED = "Validation aborted."
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


@dataclass(frozen=True, slots=True)
class Document:
    """A document that fits the schema, and how many mutation fields each of its operations would run."""

    ast: DocumentNode
    mutation_fields: Mapping[str | None, int]

    def operation(self, name: str | None) -> OperationDefinitionNode:
        """Give the operation to be run.

        Raises:
            BadUserInput: there is none of this name, or there are several and none is named.
        """
        operation = get_operation_ast(self.ast, name)
        if operation is None:
            raise BadUserInput("operationName has to name an operation of the document")
        return operation


@dataclass(slots=True)
class Documents:
    """Prepares documents for one schema. The least recently used is forgotten first; long ones never stay."""

    schema: GraphQLSchema
    allow_introspection: bool
    _remembered: OrderedDict[str, Document] = field(default_factory=OrderedDict)

    def prepare(self, query: str) -> Document:
        """Parse and validate a document, or remember it.

        Raises:
            DocumentErrors: it is not GraphQL, or it does not fit the schema.
            QueryTooComplex: it is larger than any of our clients needs.
            BadUserInput: it has a string that nothing can store.
        """
        known = self._remembered.get(query)
        if known is not None:
            self._remembered.move_to_end(query)
            return known
        document = self._prepare(query)
        if len(query) <= MAX_REMEMBERED_LENGTH:
            self._remembered[query] = document
            if len(self._remembered) > MAX_REMEMBERED:
                self._remembered.popitem(last=False)
        return document

    def _prepare(self, query: str) -> Document:
        ast = _parsed(query)
        graphql_caps.require(ast)
        self._validate(ast)
        fragments = {
            node.name.value: node for node in ast.definitions if isinstance(node, FragmentDefinitionNode)
        }
        operations = [node for node in ast.definitions if isinstance(node, OperationDefinitionNode)]
        return Document(
            ast,
            {
                operation.name.value if operation.name else None: mutation_fields(operation, fragments)
                for operation in operations
                if operation.operation is OperationType.MUTATION
            },
        )

    def _validate(self, ast: DocumentNode) -> None:
        hidden = () if self.allow_introspection else (NoSchemaIntrospectionCustomRule,)
        errors = validate(
            self.schema,
            ast,
            (*specified_rules, *hidden),
            max_errors=MAX_ERRORS,
            # A suggestion is a piece of the schema, which is not to be read where introspection is off.
            hide_suggestions=not self.allow_introspection,
        )
        if any(error.message == _ABORTED for error in errors):
            raise QueryTooComplex
        if errors:
            raise DocumentErrors([_located(error, ValidationFailed(_said(error))) for error in errors])


def _parsed(query: str) -> DocumentNode:
    try:
        return parse(query, max_lexical_tokens=MAX_TOKENS, max_comments=MAX_COMMENTS)
    except GraphQLError as error:
        if "Parsing aborted" in error.message or "nested" in error.message:
            raise QueryTooComplex from None
        # The parser quotes what it stumbled over, which may be a secret: only the place is passed on.
        expected = _EXPECTED.match(error.message)
        said = f"{ParseFailed.message}: {expected[1]}" if expected else ParseFailed.message
        raise DocumentErrors([_located(error, ParseFailed(said))]) from None


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

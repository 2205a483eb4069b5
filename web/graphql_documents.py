"""Documents: prepared, found again, or known by name, so that a client's few operations cost this once."""

from collections import OrderedDict
from collections.abc import Mapping
from dataclasses import dataclass, field
from hashlib import sha256

from graphql import DocumentNode, GraphQLSchema, OperationDefinitionNode, OperationType, get_operation_ast

from services.errors import BadUserInput, DocumentUnknown
from web import graphql_caps
from web.graphql_costs import Costs
from web.graphql_selections import fragments_of, label, mutation_fields
from web.graphql_validation import parsed, require_fit

MAX_REMEMBERED = 128
MAX_REMEMBERED_LENGTH = 2 * 1024
"""In characters. A parsed document takes some 90 bytes for each of them, so all take 25 MB at the worst."""


@dataclass(frozen=True, slots=True)
class Document:
    """A document that fits the schema; of each operation, its label and how many mutations it runs."""

    ast: DocumentNode
    labels: Mapping[str | None, str]
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
    """Finds documents for one schema. The least recently used is forgotten first; long ones never stay."""

    schema: GraphQLSchema
    allow_introspection: bool
    trusted: Mapping[str, Document] | None = None
    _remembered: OrderedDict[str, Document] = field(default_factory=OrderedDict)
    _costs: Costs = field(init=False)

    def __post_init__(self) -> None:
        """Read the weights of the schema."""
        self._costs = Costs(self.schema)

    def find(self, query: str | None, document_id: str | None = None) -> Document:
        """Give the document that a request sends or, by its hash, names.

        With trusted documents, a text that is none of them is not even parsed.

        Raises:
            DocumentUnknown: it is none of the trusted documents, or there are none and no text is sent.
            BadUserInput: both are given, and are not of the same document.
            DocumentErrors, QueryTooComplex, BadUserInput: as `prepare`.
        """
        if self.trusted is None:
            if query is None:
                raise DocumentUnknown
            return self._recall(query)
        name = document_id if query is None else hash_of(query)
        if document_id not in (None, name):
            raise BadUserInput("documentId has to be the SHA-256 of query")
        if name is None or name not in self.trusted:
            raise DocumentUnknown
        return self.trusted[name]

    def prepare(self, query: str) -> Document:
        """Parse and validate a document.

        Raises:
            DocumentErrors: it is not GraphQL, or it does not fit the schema.
            QueryTooComplex: it is larger or costlier than any of our clients needs.
            BadUserInput: it has a string that nothing can store.
        """
        graphql_caps.require_length(query)
        ast = parsed(query)
        graphql_caps.require(ast)
        require_fit(ast, self.schema, allow_introspection=self.allow_introspection)
        self._costs.require(ast)
        fragments = fragments_of(ast)
        operations = [node for node in ast.definitions if isinstance(node, OperationDefinitionNode)]
        return Document(
            ast,
            {_name(operation): label(operation, fragments) for operation in operations},
            {
                _name(operation): mutation_fields(operation, fragments)
                for operation in operations
                if operation.operation is OperationType.MUTATION
            },
        )

    def _recall(self, query: str) -> Document:
        if len(query) > MAX_REMEMBERED_LENGTH:
            return self.prepare(query)
        name = hash_of(query)
        document = self._remembered.pop(name, None) or self.prepare(query)
        self._remembered[name] = document
        if len(self._remembered) > MAX_REMEMBERED:
            self._remembered.popitem(last=False)
        return document


def _name(operation: OperationDefinitionNode) -> str | None:
    return operation.name.value if operation.name else None


def hash_of(query: str) -> str:
    """Give the name of a document: the SHA-256 of its text, in hexadecimal digits."""
    return sha256(query.encode()).hexdigest()

"""Documents: parsed, capped, validated, and remembered, so that a client's few operations cost this once."""

from collections import OrderedDict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from graphql import (
    DirectiveNode,
    DocumentNode,
    FieldNode,
    FragmentDefinitionNode,
    FragmentSpreadNode,
    GraphQLError,
    GraphQLSchema,
    GraphQLSyntaxError,
    InlineFragmentNode,
    ListTypeNode,
    ListValueNode,
    Node,
    NoSchemaIntrospectionCustomRule,
    ObjectValueNode,
    OperationDefinitionNode,
    OperationType,
    SelectionSetNode,
    ValueNode,
    get_operation_ast,
    parse,
    specified_rules,
    validate,
)
from graphql.language.ast import QUERY_DOCUMENT_KEYS

from services.errors import BadUserInput, ParseFailed, QueryTooComplex, Refusal, ValidationFailed

MAX_TOKENS = 2000
MAX_COMMENTS = 200
MAX_DEPTH = 15
MAX_ALIASES = 30
MAX_DIRECTIVES = 50
MAX_REMEMBERED = 500
MAX_REMEMBERED_LENGTH = 8 * 1024


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
    """Prepares documents for one schema. The least recently used is forgotten first; long ones are never kept."""

    schema: GraphQLSchema
    allow_introspection: bool
    _remembered: OrderedDict[str, Document] = field(default_factory=OrderedDict)

    def prepare(self, query: str) -> Document:
        """Parse and validate a document, or remember it.

        Raises:
            DocumentErrors: it is not GraphQL, or it does not fit the schema.
            QueryTooComplex: it is larger than any of our clients needs.
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
        fragments = {node.name.value: node for node in ast.definitions if isinstance(node, FragmentDefinitionNode)}
        _require_caps(ast)
        rules = [*specified_rules, *([] if self.allow_introspection else [NoSchemaIntrospectionCustomRule])]
        errors = validate(self.schema, ast, rules, max_errors=5)
        if errors:
            raise DocumentErrors([_invalid(error, hints=self.allow_introspection) for error in errors])
        operations = [node for node in ast.definitions if isinstance(node, OperationDefinitionNode)]
        return Document(
            ast,
            {
                operation.name.value if operation.name else None: _mutation_fields(operation, fragments)
                for operation in operations
                if operation.operation is OperationType.MUTATION
            },
        )


def _parsed(query: str) -> DocumentNode:
    try:
        return parse(query, max_lexical_tokens=MAX_TOKENS, max_comments=MAX_COMMENTS)
    except GraphQLError as error:
        if "Parsing aborted" in error.message or "nested" in error.message:
            raise QueryTooComplex from None
        # The parser quotes what it stumbled over, which may be a secret: only the place is passed on.
        raise DocumentErrors([_located(error, ParseFailed())]) from None


def _invalid(error: GraphQLError, *, hints: bool) -> GraphQLError:
    """Say what does not fit, but quote no literal, as it may be a secret, and hint at nothing that is hidden."""
    if any(isinstance(node, ValueNode) for node in error.nodes or ()):
        return _located(error, ValidationFailed("A value does not fit the type of its place"))
    return _located(error, ValidationFailed(error.message if hints else error.message.partition(" Did you mean")[0]))


def _located(error: GraphQLError, refusal: Refusal) -> GraphQLError:
    return GraphQLError(str(refusal), source=error.source, positions=error.positions, original_error=refusal)


def _require_caps(ast: DocumentNode) -> None:
    """Walk the whole document without recursion, as deep as it may be, before anything recursive sees it."""
    aliases = directives = 0
    waiting: list[tuple[Node, int]] = [(definition, 0) for definition in ast.definitions]
    while waiting:
        node, depth = waiting.pop()
        aliases += isinstance(node, FieldNode) and node.alias is not None
        directives += isinstance(node, DirectiveNode)
        if depth > MAX_DEPTH or aliases > MAX_ALIASES or directives > MAX_DIRECTIVES:
            raise QueryTooComplex
        deeper = depth + isinstance(node, (SelectionSetNode, ListTypeNode, ListValueNode, ObjectValueNode))
        waiting.extend((child, deeper) for child in _children(node))


def _children(node: Node) -> Iterator[Node]:
    for key in QUERY_DOCUMENT_KEYS.get(node.kind, ()):
        child = getattr(node, key)
        if isinstance(child, Node):
            yield child
        elif child:
            yield from child


def _mutation_fields(operation: OperationDefinitionNode, fragments: Mapping[str, FragmentDefinitionNode]) -> int:
    """Count the fields below the namespaces that would run, each once however often it is selected.

    `@skip` and `@include` are not weighed: what a document could run is what counts.
    """
    found: set[tuple[str, str]] = set()
    for group in _fields(operation.selection_set, fragments):
        if group.selection_set is not None:
            found |= {(_key(group), _key(field)) for field in _fields(group.selection_set, fragments)}
    return len(found)


def _fields(selection_set: SelectionSetNode, fragments: Mapping[str, FragmentDefinitionNode]) -> Iterator[FieldNode]:
    for selection in selection_set.selections:
        if isinstance(selection, FieldNode):
            yield selection
        elif isinstance(selection, FragmentSpreadNode):
            yield from _fields(fragments[selection.name.value].selection_set, fragments)
        elif isinstance(selection, InlineFragmentNode):
            yield from _fields(selection.selection_set, fragments)


def _key(field: FieldNode) -> str:
    return field.alias.value if field.alias else field.name.value

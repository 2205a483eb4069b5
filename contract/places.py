"""Where GraphQL stands: every text knows its file and its line, and so does all that is parsed from it."""

from collections.abc import Sequence
from typing import Any

from graphql import (
    DefinitionNode,
    DocumentNode,
    EnumValueDefinitionNode,
    FieldDefinitionNode,
    FieldNode,
    GraphQLError,
    InputValueDefinitionNode,
    Node,
    Source,
    SourceLocation,
    VariableDefinitionNode,
    Visitor,
    concat_ast,
    parse,
    visit,
)
from graphql.language import TypeSystemExtensionNode

Place = tuple[str, int]
"""A file and a line of it, counted from 1."""

NOWHERE: Place = ("schema", 1)

_NAMED = (
    DefinitionNode
    | TypeSystemExtensionNode
    | FieldDefinitionNode
    | InputValueDefinitionNode
    | EnumValueDefinitionNode
    | FieldNode
)


class Excerpt(Source):
    """GraphQL that stands in a file, from a line of it onward."""

    def __init__(self, text: str, file: str, line: int = 1, *, on_one_line: bool = False) -> None:
        """Take the text and its place; a string of JSON has all its lines on one of the file."""
        super().__init__(text, file, SourceLocation(line, 1))
        self.on_one_line = on_one_line

    def place(self, position: int) -> Place:
        """Give the file and the line of a position in the text."""
        line = 1 if self.on_one_line else self.get_location(position).line
        return self.name, self.location_offset.line + line - 1


def parsed(texts: Sequence[Excerpt]) -> tuple[DocumentNode, list[GraphQLError]]:
    """Parse texts into one document, and give the errors of those that are no GraphQL."""
    documents, errors = list[DocumentNode](), list[GraphQLError]()
    for text in texts:
        try:
            documents.append(parse(text))
        except GraphQLError as error:
            errors.append(error)
    return concat_ast(documents), errors


def place(node: Node | None) -> Place:
    """Give the place of a node: of its name if it has one, as a description may stand before that."""
    loc = getattr(getattr(node, "name", None) or node, "loc", None)
    return loc.source.place(loc.start) if loc and isinstance(loc.source, Excerpt) else NOWHERE


def place_of(error: GraphQLError) -> Place:
    """Give the place that an error of graphql-core is about."""
    if error.nodes:
        return place(error.nodes[0])
    return error.source.place(_position(error)) if isinstance(error.source, Excerpt) else NOWHERE


def subject_of(error: GraphQLError, document: Node) -> str:
    """Name what stands around an error: `User.email` in a schema, `Login.auth.login` in an operation."""
    path = _Path(error)
    visit(document, path)
    return ".".join(path.names) or "document"


def _position(error: GraphQLError) -> int:
    return next(iter(error.positions or ()), 0)


class _Path(Visitor):
    """Collects the names of definitions and fields around the place of an error, from outside to inside."""

    def __init__(self, error: GraphQLError) -> None:
        super().__init__()
        self._source, self._position = error.source, _position(error)
        self.names: list[str] = []

    def enter(self, node: Node, *_: Any) -> None:
        loc = node.loc
        if not loc or loc.source is not self._source or not loc.start <= self._position < loc.end:
            return
        name = getattr(node, "name", None)
        if isinstance(node, VariableDefinitionNode):
            self.names.append(f"${node.variable.name.value}")
        elif isinstance(node, _NAMED) and name:
            self.names.append(name.value)

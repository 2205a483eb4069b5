"""Caps on the shape of a document: its text, and one walk over what was parsed, before it is validated."""

from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

from graphql import (
    DirectiveNode,
    DocumentNode,
    FieldNode,
    FragmentDefinitionNode,
    FragmentSpreadNode,
    InlineFragmentNode,
    ListTypeNode,
    ListValueNode,
    Node,
    ObjectValueNode,
    OperationDefinitionNode,
    SelectionSetNode,
    StringValueNode,
)
from graphql.language.ast import QUERY_DOCUMENT_KEYS

from services.errors import BadUserInput, QueryTooComplex
from web.graphql_selections import fragments_of, root_fields

MAX_LENGTH = 8 * 1024
"""In characters: what a lexer written in Python reads in some milliseconds. Secrets belong in variables."""

MAX_TOKENS = 500
"""Five times what asks for everything that there is."""

MAX_COMMENTS = 200
MAX_DEPTH = 20
MAX_ROOT_FIELDS = 10

CAPS = {"definitions": 40, "selections": 300, "aliases": 30, "directives": 50}
"""How many of each a document may have, in all."""

NUL = "\0"
"""The one character that PostgreSQL cannot store, and that nobody types."""


@dataclass(slots=True)
class _Definition:
    """How deep a definition is, and how deep in it other fragments are spread."""

    depth: int = 0
    spreads: dict[str, int] = field(default_factory=dict)


def require_length(query: str) -> None:
    """Hold the text of a document to its cap.

    Raises:
        QueryTooComplex: it is longer than any of our clients needs.
    """
    if len(query) > MAX_LENGTH:
        raise QueryTooComplex(f"The document is longer than {MAX_LENGTH} characters")


def require(document: DocumentNode) -> None:
    """Hold a document to the caps; the depth is what it is once every fragment is in its place.

    Raises:
        QueryTooComplex: it is larger than any of our clients needs.
        BadUserInput: a string holds what no database takes.
    """
    counts = Counter({"definitions": len(document.definitions)})
    _require_counts(counts)
    measured = [(node, _measured(node, counts)) for node in document.definitions]
    _require_counts(counts)
    deep = {node.name.value: found for node, found in measured if isinstance(node, FragmentDefinitionNode)}
    if any(_depth(found, deep, {}) > MAX_DEPTH for _, found in measured):
        raise QueryTooComplex(f"The document is nested more than {MAX_DEPTH} deep")
    fragments = fragments_of(document)
    for node in document.definitions:
        if isinstance(node, OperationDefinitionNode) and root_fields(node, fragments) > MAX_ROOT_FIELDS:
            raise QueryTooComplex(f"An operation has more than {MAX_ROOT_FIELDS} fields at its root")


def _require_counts(counts: Counter[str]) -> None:
    for name, cap in CAPS.items():
        if counts[name] > cap:
            raise QueryTooComplex(f"The document has more than {cap} {name}")


def _count(node: Node, counts: Counter[str]) -> None:
    if isinstance(node, (FieldNode, FragmentSpreadNode, InlineFragmentNode)):
        counts["selections"] += 1
        counts["aliases"] += isinstance(node, FieldNode) and node.alias is not None
    elif isinstance(node, DirectiveNode):
        counts["directives"] += 1
    elif isinstance(node, StringValueNode) and NUL in node.value:
        raise BadUserInput("A string may not hold the character U+0000")


def _measured(definition: Node, counts: Counter[str]) -> _Definition:
    """Walk without recursion, as deep as it may be."""
    measured = _Definition()
    waiting: list[tuple[Node, int]] = [(definition, 0)]
    while waiting:
        node, depth = waiting.pop()
        _count(node, counts)
        if isinstance(node, FragmentSpreadNode):
            measured.spreads[node.name.value] = max(depth, measured.spreads.get(node.name.value, 0))
        if isinstance(node, (SelectionSetNode, ListTypeNode, ListValueNode, ObjectValueNode)):
            depth += 1
            measured.depth = max(depth, measured.depth)
        waiting.extend((child, depth) for child in _children(node))
    return measured


def _depth(definition: _Definition, fragments: Mapping[str, _Definition], known: dict[str, int]) -> int:
    deepest = definition.depth
    for name, depth in definition.spreads.items():
        if name not in known:
            # A cycle, which validation will refuse, comes back to this zero and ends.
            known[name] = 0
            known[name] = _depth(fragments[name], fragments, known) if name in fragments else 0
        deepest = max(deepest, depth + known[name])
    return deepest


def _children(node: Node) -> Iterator[Node]:
    for name in QUERY_DOCUMENT_KEYS.get(node.kind, ()):
        child = getattr(node, name)
        if isinstance(child, Node):
            yield child
        elif child:
            yield from child

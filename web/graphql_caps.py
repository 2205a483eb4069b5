"""Caps on documents, by one walk over what was parsed, before anything of it is validated or run."""

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

MAX_TOKENS = 1000
MAX_COMMENTS = 200
MAX_DEPTH = 20
MAX_ALIASES = 30
MAX_DIRECTIVES = 50
MAX_DEFINITIONS = 40
MAX_SELECTIONS = 300
MAX_REPETITIONS = 20
"""How often a field that has fields may be selected by one name: validation compares each with each."""

NUL = "\0"
"""The one character that PostgreSQL cannot store, and that nobody types."""


@dataclass(slots=True)
class _Definition:
    """How deep a definition is, and how deep in it other fragments are spread."""

    depth: int = 0
    spreads: dict[str, int] = field(default_factory=dict)


@dataclass(slots=True)
class _Tally:
    """What has been counted so far, over the whole document."""

    aliases: int = 0
    directives: int = 0
    selections: int = 0
    repetitions: dict[str, int] = field(default_factory=dict)

    def count(self, node: Node) -> None:
        if isinstance(node, FieldNode):
            self.selections += 1
            self.aliases += node.alias is not None
            if node.selection_set is not None:
                self.repetitions[key(node)] = self.repetitions.get(key(node), 0) + 1
        elif isinstance(node, (FragmentSpreadNode, InlineFragmentNode)):
            self.selections += 1
        elif isinstance(node, DirectiveNode):
            self.directives += 1
        elif isinstance(node, StringValueNode) and NUL in node.value:
            raise BadUserInput("A string may not hold the character U+0000")

    @property
    def is_excessive(self) -> bool:
        return (
            self.aliases > MAX_ALIASES
            or self.directives > MAX_DIRECTIVES
            or self.selections > MAX_SELECTIONS
            or max(self.repetitions.values(), default=0) > MAX_REPETITIONS
        )


def require(document: DocumentNode) -> None:
    """Hold a document to the caps; the depth is what it is once every fragment is in its place.

    Raises:
        QueryTooComplex: it is larger than any of our clients needs.
        BadUserInput: a string holds what no database takes.
    """
    if len(document.definitions) > MAX_DEFINITIONS:
        raise QueryTooComplex
    tally, fragments, operations = _Tally(), dict[str, _Definition](), list[_Definition]()
    for node in document.definitions:
        measured = _measured(node, tally)
        if isinstance(node, FragmentDefinitionNode):
            fragments[node.name.value] = measured
        else:
            operations.append(measured)
    if tally.is_excessive or any(
        _depth(definition, fragments, {}) > MAX_DEPTH for definition in (*fragments.values(), *operations)
    ):
        raise QueryTooComplex


def mutation_fields(
    operation: OperationDefinitionNode, fragments: Mapping[str, FragmentDefinitionNode]
) -> int:
    """Count the fields below the namespaces that would run, each once however often it is selected.

    The count is conservative: what `@skip` and `@include` say is not weighed, as it hangs on variables, and
    what a document could run is what counts. `__typename`, which clients put everywhere, runs nothing.
    """
    found: set[tuple[str, str]] = set()
    for group in _fields(operation.selection_set, fragments, set()):
        if group.selection_set is None:
            found.add((key(group), ""))
        else:
            found |= {(key(group), key(field)) for field in _fields(group.selection_set, fragments, set())}
    return len(found)


def key(node: FieldNode) -> str:
    """Give the name under which a field is answered: fields of one name are merged and run once."""
    return node.alias.value if node.alias else node.name.value


def _measured(definition: Node, tally: _Tally) -> _Definition:
    """Walk without recursion, as deep as it may be."""
    measured = _Definition()
    waiting: list[tuple[Node, int]] = [(definition, 0)]
    while waiting:
        node, depth = waiting.pop()
        tally.count(node)
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


def _fields(
    selection_set: SelectionSetNode, fragments: Mapping[str, FragmentDefinitionNode], spread: set[str]
) -> Iterator[FieldNode]:
    """Give the fields of a selection set; a fragment adds the same fields however often it is spread."""
    for selection in selection_set.selections:
        if isinstance(selection, FieldNode):
            if selection.name.value != "__typename":
                yield selection
        elif isinstance(selection, InlineFragmentNode):
            yield from _fields(selection.selection_set, fragments, spread)
        elif isinstance(selection, FragmentSpreadNode) and selection.name.value not in spread:
            spread.add(selection.name.value)
            yield from _fields(fragments[selection.name.value].selection_set, fragments, spread)

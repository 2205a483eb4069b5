"""Names for operations: a typed client has one method for each, so that none may be without or share one."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from typing import Any

from graphql import (
    DocumentNode,
    FragmentDefinitionNode,
    FragmentSpreadNode,
    NameNode,
    Node,
    OperationDefinitionNode,
    Visitor,
    visit,
)

NAMELESS = "Example"

_Named = OperationDefinitionNode | FragmentDefinitionNode


def named(documents: Sequence[DocumentNode]) -> Iterator[DocumentNode]:
    """Give the documents with every name given once: the first keeps it, the others get a number after it."""
    taken: set[tuple[type[Node], str]] = set()
    for document in documents:
        names: dict[tuple[type[Node], str | None], str] = {}
        for node in document.definitions:
            if isinstance(node, _Named):
                kind: type[Node] = type(node)
                old = node.name.value if node.name else None
                names[kind, old] = new = _free(taken, kind, old or NAMELESS)
                taken.add((kind, new))
        renamed: DocumentNode = visit(document, _Renaming(names))
        yield renamed


def _free(taken: set[tuple[type[Node], str]], kind: type[Node], name: str) -> str:
    number, new = 1, name
    while (kind, new) in taken:
        number += 1
        new = f"{name}{number}"
    return new


class _Renaming(Visitor):
    """Gives definitions, and the spreads of fragments, their new names at the places of the old ones."""

    def __init__(self, names: Mapping[tuple[type[Node], str | None], str]) -> None:
        super().__init__()
        self._names = names

    def enter(self, node: Node, *_: Any) -> Node | None:
        if not isinstance(node, _Named | FragmentSpreadNode):
            return None
        kind = FragmentDefinitionNode if isinstance(node, FragmentSpreadNode) else type(node)
        old = node.name.value if node.name else None
        return replace(node, name=NameNode(value=self._names[kind, old], loc=(node.name or node).loc))

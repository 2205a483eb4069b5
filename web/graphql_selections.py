"""Selections with every fragment in its place: which fields an operation could run."""

from collections.abc import Iterator, Mapping

from graphql import (
    DocumentNode,
    FieldNode,
    FragmentDefinitionNode,
    FragmentSpreadNode,
    InlineFragmentNode,
    OperationDefinitionNode,
    OperationType,
    SelectionSetNode,
)

Fragments = Mapping[str, FragmentDefinitionNode]

SEVERAL = "several"
"""The label of an operation that runs more than one field."""


def fragments_of(document: DocumentNode) -> Fragments:
    """Give the fragments of a document by their names."""
    nodes = [node for node in document.definitions if isinstance(node, FragmentDefinitionNode)]
    return {node.name.value: node for node in nodes}


def key(node: FieldNode) -> str:
    """Give the name under which a field is answered: fields of one name are merged and run once."""
    return node.alias.value if node.alias else node.name.value


def root_fields(operation: OperationDefinitionNode, fragments: Fragments) -> int:
    """Count the fields at the root of an operation."""
    return len({key(field) for field in _fields(operation.selection_set, fragments, set())})


def mutation_fields(operation: OperationDefinitionNode, fragments: Fragments) -> int:
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


def label(operation: OperationDefinitionNode, fragments: Fragments) -> str:
    """Name an operation by the one field that it runs, in the words of the schema: `me`, `auth.login`.

    Whatever clients call their operations and fields, there are only so many labels: of several fields it is
    `several`, and not every combination of them.
    """
    names = set(_names(operation, fragments)) or {"__typename"}
    return names.pop() if len(names) == 1 else SEVERAL


def _names(operation: OperationDefinitionNode, fragments: Fragments) -> Iterator[str]:
    for field in _fields(operation.selection_set, fragments, set()):
        name = field.name.value
        if operation.operation is OperationType.MUTATION and field.selection_set is not None:
            yield from (f"{name}.{f.name.value}" for f in _fields(field.selection_set, fragments, set()))
        else:
            yield name


def _fields(selection_set: SelectionSetNode, fragments: Fragments, spread: set[str]) -> Iterator[FieldNode]:
    """Give the fields of a selection set; a fragment adds the same fields however often it is spread."""
    for selection in selection_set.selections:
        if isinstance(selection, FieldNode):
            if selection.name.value != "__typename":
                yield selection
        elif isinstance(selection, InlineFragmentNode):
            yield from _fields(selection.selection_set, fragments, spread)
        elif isinstance(selection, FragmentSpreadNode) and (name := selection.name.value) not in spread:
            spread.add(name)
            # Validation will say that there is no such fragment.
            if name in fragments:
                yield from _fields(fragments[name].selection_set, fragments, spread)

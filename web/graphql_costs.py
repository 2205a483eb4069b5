"""Costs: what an operation could cost at most, by the weights that `@cost` gives the fields of the schema."""

from collections.abc import Mapping
from typing import NamedTuple

from graphql import (
    DocumentNode,
    FieldNode,
    FragmentSpreadNode,
    GraphQLInterfaceType,
    GraphQLNamedType,
    GraphQLObjectType,
    GraphQLSchema,
    InlineFragmentNode,
    IntValueNode,
    OperationDefinitionNode,
    OperationType,
    SelectionSetNode,
    get_directive_values,
    get_named_type,
    get_nullable_type,
    is_list_type,
)

from services.errors import QueryTooComplex
from web.graphql_selections import Fragments, fragments_of, mutation_fields

MAX_COST = 1000
"""What one operation may cost: two of the longest pages of the audit trail."""

PAGE_SIZE = "first"
"""The argument that says how long the lists of the connection are which its field gives."""


class Weight(NamedTuple):
    """What `@cost` says of a field: the work of itself, and how long its list may be."""

    weight: int
    most: int


USUAL = Weight(weight=0, most=10)
"""What holds for a field without `@cost`: the defaults of the directive."""

Weights = Mapping[tuple[str, str], Weight]


def weights(schema: GraphQLSchema) -> Weights:
    """Read what `@cost` says, by type and field."""
    directive = schema.get_directive("cost")
    found: dict[tuple[str, str], Weight] = {}
    for type_ in schema.type_map.values():
        if isinstance(type_, (GraphQLObjectType, GraphQLInterfaceType)):
            for name, field in type_.fields.items():
                if (
                    directive
                    and field.ast_node
                    and (values := get_directive_values(directive, field.ast_node))
                ):
                    found[type_.name, name] = Weight(**values)
    return found


class Costs:
    """Knows what the operations of one schema could cost."""

    def __init__(self, schema: GraphQLSchema) -> None:
        """Read the weights, once."""
        self._schema = schema
        self._weights = weights(schema)

    def require(self, document: DocumentNode) -> None:
        """Hold each operation of a document that fits the schema to the most that one may cost.

        Raises:
            QueryTooComplex: one of them could cost more.
        """
        fragments = fragments_of(document)
        bill = _Bill(self._schema, self._weights, fragments)
        for node in document.definitions:
            if not isinstance(node, OperationDefinitionNode) or _runs_too_much(node, fragments):
                continue
            if bill.of(node) > MAX_COST:
                raise QueryTooComplex(f"An operation could cost more than {MAX_COST}")


class _Bill:
    """Adds up. What is selected twice counts twice, although it runs once: a bill is never too low."""

    def __init__(self, schema: GraphQLSchema, weights: Weights, fragments: Fragments) -> None:
        self._schema, self._weights, self._fragments = schema, weights, fragments
        # A fragment costs the same wherever lists are as long, so that fragments of fragments do not multiply
        # the adding up.
        self._known: dict[tuple[str, int | None], int] = {}

    def of(self, operation: OperationDefinitionNode) -> int:
        """Give the most that an operation could cost."""
        root = self._schema.get_root_type(operation.operation)
        return self._selected(operation.selection_set, root, None) if root else 0

    def _selected(self, selection_set: SelectionSetNode, parent: GraphQLNamedType, page: int | None) -> int:
        cost = 0
        for node in selection_set.selections:
            if isinstance(node, FieldNode):
                cost += self._field(node, parent, page)
            elif isinstance(node, InlineFragmentNode):
                condition = node.type_condition
                type_ = self._schema.type_map[condition.name.value] if condition else parent
                cost += self._selected(node.selection_set, type_, page)
            elif isinstance(node, FragmentSpreadNode):
                cost += self._spread(node.name.value, page)
        return cost

    def _spread(self, name: str, page: int | None) -> int:
        if (name, page) not in self._known:
            fragment = self._fragments[name]
            type_ = self._schema.type_map[fragment.type_condition.name.value]
            self._known[name, page] = self._selected(fragment.selection_set, type_, page)
        return self._known[name, page]

    def _field(self, node: FieldNode, parent: GraphQLNamedType, page: int | None) -> int:
        name = node.name.value
        if name.startswith("__") or not isinstance(parent, (GraphQLObjectType, GraphQLInterfaceType)):
            # Introspection has a rule of its own among those of validation.
            return 0
        field = parent.fields[name]
        weight, most = self._weights.get((parent.name, name), USUAL)
        if node.selection_set is None:
            return weight
        inside = _page(node, most) if PAGE_SIZE in field.args else None
        each = 1 + self._selected(node.selection_set, get_named_type(field.type), inside)
        length = 1 if not is_list_type(get_nullable_type(field.type)) else most if page is None else page
        return weight + length * each


def _runs_too_much(operation: OperationDefinitionNode, fragments: Fragments) -> bool:
    """Tell whether an operation is refused for another reason, which is what its author has to hear."""
    return operation.operation is OperationType.MUTATION and mutation_fields(operation, fragments) > 1


def _page(node: FieldNode, most: int) -> int:
    """Read how long a page is, where the document itself says so; else it may be the longest."""
    for argument in node.arguments or ():
        if argument.name.value == PAGE_SIZE and isinstance(argument.value, IntValueNode):
            # What is out of range, the service refuses in words of its own.
            return max(1, min(int(argument.value.value), most))
    return most

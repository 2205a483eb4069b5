"""Whom a field answers: every field has exactly one `@access`, on itself or on its type."""

from collections.abc import Iterable, Iterator
from typing import Any

from graphql import DirectiveNode, GraphQLSchema

from contract.elements import namespaces, objects
from contract.findings import Finding
from contract.places import place


def unguarded(schema: GraphQLSchema) -> Iterator[Finding]:
    """Give the fields that nobody, or more than one guard, stands before."""
    groups = namespaces(schema)
    for type_ in objects(schema):
        of_type = [whom for node in (type_.ast_node, *type_.extension_ast_nodes) for whom in _audiences(node)]
        for name, field in type_.fields.items():
            own, message = _audiences(field.ast_node), None
            if type_ in groups and (len(own) != 1 or of_type or "PARENT" in own):
                message = "needs exactly one @access of its own, to others than PARENT"
            elif len(of_type) + len(own) != 1:
                message = "needs exactly one @access, on itself or on its type"
            if message:
                yield Finding(*place(field.ast_node), f"{type_.name}.{name}", message, "access")


def _audiences(node: Any) -> list[str]:
    """Give whom the @access directives of a definition name."""
    directives: Iterable[DirectiveNode] = (node.directives if node else None) or ()
    guards = [found for found in directives if found.name.value == "access"]
    return [getattr(argument.value, "value", "") for guard in guards for argument in guard.arguments or ()]

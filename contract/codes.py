"""Error codes: what the schema declares is what the code sends, and nothing is declared that nobody sends."""

from collections.abc import Iterator
from pathlib import Path

from graphql import GraphQLEnumType, GraphQLSchema

from contract.errors_in_code import ENUM, read
from contract.findings import Finding
from contract.places import place


def unmatched(schema: GraphQLSchema, root: Path) -> Iterator[Finding]:
    """Give the codes that are sent but not declared, and those that are declared but never sent."""
    type_ = schema.type_map.get(ENUM)
    declared = type_.values if isinstance(type_, GraphQLEnumType) else {}
    code = read(root)
    for name, at in code.names:
        if name not in declared:
            message = "can be sent, but is not declared in the schema"
            yield Finding(*at, f"{ENUM}.{name}", message, "undeclared-code")
    for error in code.errors:
        if error.name not in code.made:
            message = f"the code {error.code} is declared for it, but nothing raises it"
            yield Finding(*error.place, error.name, message, "unsent-code")
    for name in declared.keys() - {error.code for error in code.errors}:
        message = "is declared, but no error has it"
        yield Finding(*place(declared[name].ast_node), f"{ENUM}.{name}", message, "unsent-code")

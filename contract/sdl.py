"""The SDL: read file by file, so that everything in it knows its place, and printed as one text."""

import os
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from graphql import (
    DefinitionNode,
    DirectiveDefinitionNode,
    DocumentNode,
    GraphQLSchema,
    SchemaDefinitionNode,
    build_ast_schema,
    print_ast,
    validate_schema,
)
from graphql.language import TypeSystemExtensionNode
from graphql.validation.validate import validate_sdl

from contract.findings import CannotCheck, Finding, read_text
from contract.places import Excerpt, parsed, place_of, subject_of

SUFFIXES = (".graphql", ".graphqls", ".gql")
"""The files below schema/ that Ariadne loads."""

_MEMBERS = ("interfaces", "directives", "fields", "values", "types", "operation_types")


@dataclass(frozen=True, slots=True)
class Sdl:
    """What was read: the schema it makes, if it makes one, and what is wrong with it otherwise."""

    document: DocumentNode
    schema: GraphQLSchema | None
    findings: Sequence[Finding]

    def require(self) -> GraphQLSchema:
        """Give the schema.

        Raises:
            CannotCheck: there is none; the message is the first of the findings.
        """
        if self.schema is None:
            raise CannotCheck(str(self.findings[0]))
        return self.schema


def read(folder: Path, *, root: Path) -> Sdl:
    """Read every file of the SDL below a folder, in the order in which Ariadne does."""
    paths = sorted(
        Path(parent, name)
        for parent, _, names in os.walk(folder)
        for name in names
        if name.lower().endswith(SUFFIXES)
    )
    return understand([_excerpt(str(path.relative_to(root)), root=root) for path in paths])


def understand(texts: Sequence[Excerpt]) -> Sdl:
    """Parse the texts and make one schema of them, which nothing answers yet."""
    document, errors = parsed(texts)
    schema = None
    errors = errors or list(validate_sdl(document))
    if not errors:
        schema = build_ast_schema(document, assume_valid_sdl=True)
        errors = validate_schema(schema)
    findings = [
        Finding(*place_of(error), subject_of(error, document), error.message, "sdl") for error in errors
    ]
    return Sdl(document, None if errors else schema, findings)


def load(name: str, *, root: Path) -> GraphQLSchema:
    """Give the schema that one file of SDL makes.

    Raises:
        CannotCheck: there is no such file, or it makes none.
    """
    return understand([_excerpt(name, root=root)]).require()


def printed(document: DocumentNode) -> str:
    """Write the SDL with its descriptions and directives, sorted by name, each type in one piece.

    It depends on what the schema is and not on which file says so: two of them can be compared by lines.
    """
    definitions = [node for node in document.definitions if not isinstance(node, TypeSystemExtensionNode)]
    extensions = [node for node in document.definitions if isinstance(node, TypeSystemExtensionNode)]
    whole = [_extended(node, extensions) for node in definitions]
    return "\n\n".join(print_ast(node) for node in sorted(whole, key=_rank)) + "\n"


def _excerpt(name: str, *, root: Path) -> Excerpt:
    return Excerpt(read_text(name, root=root), name)


def _extended(node: Any, extensions: Sequence[Any]) -> DefinitionNode:
    """Give a definition with what all its extensions add to it."""
    own = [extension for extension in extensions if _name(extension) == _name(node)]
    members = {
        name: tuple(member for part in (node, *own) for member in getattr(part, name, None) or ())
        for name in _MEMBERS
        if hasattr(node, name)
    }
    extended: DefinitionNode = replace(node, **members) if own else node
    return extended


def _name(node: Any) -> str:
    name: str = node.name.value if getattr(node, "name", None) else "schema"
    return f"@{name}" if isinstance(node, DirectiveDefinitionNode) else name


def _rank(node: DefinitionNode) -> tuple[bool, bool, str]:
    first = isinstance(node, SchemaDefinitionNode)
    return not first, not isinstance(node, DirectiveDefinitionNode), _name(node)

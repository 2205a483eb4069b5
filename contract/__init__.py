"""The contract with clients, checked: the SDL, what answers it, its changes, and what clients send."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from graphql import DocumentNode, GraphQLSchema

from contract import (
    allowances,
    answers,
    changes,
    codegen,
    codes,
    documents,
    guards,
    mutations,
    operations,
    rules,
    sdl,
)
from contract.allowances import Allowance
from contract.documents import Document
from contract.findings import CannotCheck, Finding
from resolvers import BINDABLES

ROOT = Path(__file__).parent.parent

SDL = "schema"
RELEASED = "docs/schema.graphql"
"""The schema that clients were last promised, as `latchkey schema print` wrote it. Below schema/, it would be
served."""

DOCUMENTS = ("client/**/*.graphql", "web/**/*.graphql", "README.md", "docs/**/*.md", "client/**/*.md")
"""The files of our own with documents that clients send."""


@dataclass(frozen=True, slots=True)
class Report:
    """What came of a check: the findings, those that are allowed, and the documents that fit the schema."""

    schema: GraphQLSchema | None
    findings: Sequence[Finding]
    allowed: Sequence[tuple[Finding, Allowance]] = ()
    fitting: Sequence[DocumentNode] = ()


def printed(root: Path = ROOT) -> str:
    """Write the SDL as it is served, with its descriptions and directives.

    Raises:
        CannotCheck: it makes no schema.
    """
    read = sdl.read(root / SDL, root=root)
    read.require()
    return sdl.printed(read.document)


def served(root: Path = ROOT) -> GraphQLSchema:
    """Give the schema of a checkout, which nothing answers yet.

    Raises:
        CannotCheck: the SDL makes none.
    """
    return sdl.read(root / SDL, root=root).require()


def check(root: Path = ROOT, *, allow: Sequence[Allowance] = ()) -> Report:
    """Check a whole checkout, but for its resolvers, which are those of this process.

    Raises:
        CannotCheck: a part of it cannot be checked.
    """
    read = sdl.read(root / SDL, root=root)
    schema = read.schema
    if schema is None:
        return Report(None, sorted(read.findings))
    found = [
        *rules.broken(schema),
        *guards.unguarded(schema),
        *mutations.unconventional(schema),
        *codes.unmatched(schema, root),
        *changes.unsafe(sdl.load(RELEASED, root=root), schema),
        *answers.faults(schema, BINDABLES),
    ]
    sifted = allowances.sift(found, [*allowances.read(root), *allow])
    sent = _checked([each for pattern in DOCUMENTS for each in documents.find(pattern, root=root)], schema)
    return replace(sent, findings=sorted([*sifted.findings, *sent.findings]), allowed=sifted.allowed)


def check_clients(patterns: Sequence[str], schema: GraphQLSchema, *, root: Path) -> Report:
    """Check what clients send, in the files that patterns find below a folder.

    Raises:
        CannotCheck: a pattern finds no document, or a file cannot be read.
    """
    found: list[Document | Finding] = []
    for pattern in patterns:
        of_pattern = list(documents.find(pattern, root=root))
        if not of_pattern:
            raise CannotCheck(f"{pattern} finds no document")
        found += of_pattern
    return _checked(found, schema)


def with_typed_client(report: Report) -> Report:
    """Generate a typed client of the documents that fit, and add what hinders it to the findings.

    Raises:
        CannotCheck: there is no ariadne-codegen.
    """
    hindrances = codegen.faults(report.fitting, report.schema) if report.schema else ()
    return replace(report, findings=sorted([*report.findings, *hindrances]))


def _checked(found: Sequence[Document | Finding], schema: GraphQLSchema) -> Report:
    checked = operations.check([each for each in found if isinstance(each, Document)], schema)
    unreadable = [each for each in found if isinstance(each, Finding)]
    return Report(schema, sorted([*unreadable, *checked.findings]), fitting=checked.fitting)

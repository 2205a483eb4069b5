"""Whether what clients send fits a schema: every document is validated as the server would."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from graphql import (
    DocumentNode,
    ExecutableDefinitionNode,
    GraphQLError,
    GraphQLSchema,
    OperationDefinitionNode,
    get_variable_values,
    validate,
)

from contract.documents import Document
from contract.findings import Finding
from contract.places import parsed, place_of, subject_of

RULE = "operation"


@dataclass(frozen=True, slots=True)
class Checked:
    """What came of the documents: those that fit, parsed, and what is wrong with the others."""

    fitting: Sequence[DocumentNode]
    findings: Sequence[Finding]


def check(documents: Sequence[Document], schema: GraphQLSchema) -> Checked:
    """Parse and validate every document; an example of SDL is no operation, and is let be."""
    fitting, findings = list[DocumentNode](), list[Finding]()
    for document in documents:
        ast, errors = parsed(document.texts)
        if document.is_example and not errors and not _executable(ast):
            continue
        errors = errors or [*validate(schema, ast), *_variable_errors(document, ast, schema)]
        findings += [
            Finding(*place_of(error), subject_of(error, ast), error.message, RULE) for error in errors
        ]
        if not errors:
            fitting.append(ast)
    return Checked(fitting, findings)


def _executable(ast: DocumentNode) -> bool:
    return any(isinstance(node, ExecutableDefinitionNode) for node in ast.definitions)


def _variable_errors(document: Document, ast: DocumentNode, schema: GraphQLSchema) -> Iterator[GraphQLError]:
    operations = [node for node in ast.definitions if isinstance(node, OperationDefinitionNode)]
    if document.variables is not None and len(operations) == 1:
        definitions = operations[0].variable_definitions or ()
        values = get_variable_values(schema, definitions, dict(document.variables))
        if isinstance(values, list):
            yield from values

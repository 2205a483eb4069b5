"""The documents that the client sends: each fits the schema, and is what its name says."""

import json
import re
from pathlib import Path

import pytest
from graphql import (
    FieldNode,
    OperationDefinitionNode,
    SelectionSetNode,
    parse,
    print_ast,
    validate,
)

from resolvers import build_schema
from tests.support.npm import CLIENT, Npm
from web.graphql_documents import Documents

SCHEMA = build_schema()
DOCUMENTS = sorted((CLIENT / "operations").iterdir())


def operation(text: str) -> OperationDefinitionNode:
    """Give the only definition of a document."""
    (definition,) = parse(text).definitions
    assert isinstance(definition, OperationDefinitionNode)
    return definition


@pytest.mark.parametrize("document", DOCUMENTS, ids=lambda path: path.stem)
def test_a_document_is_an_operation_of_the_schema(document: Path) -> None:
    """One, by the name of its file, valid and within the caps of the server."""
    text = document.read_text()
    assert document.suffix == ".graphql"
    assert validate(SCHEMA, parse(text)) == []
    Documents(SCHEMA, allow_introspection=False).prepare(text)
    name = operation(text).name
    assert name is not None
    assert document.stem == re.sub(r"(?<!^)(?=[A-Z])", "_", name.value).lower()


def test_whoever_is_signed_in_is_shown_with_the_same_fields() -> None:
    """A page may put the person of one answer in the place of the person of another one."""
    shown = {
        path.stem: print_ast(selection)
        for path in DOCUMENTS
        for selection in _people(operation(path.read_text()).selection_set)
        if path.stem != "sessions"
    }
    assert set(shown) == {"complete_onboarding", "login", "me", "update_profile", "verify_code"}
    assert len(set(shown.values())) == 1


def _people(selection: SelectionSetNode) -> list[SelectionSetNode]:
    found = []
    for field in selection.selections:
        assert isinstance(field, FieldNode)
        if field.selection_set is not None:
            mine = [field.selection_set] if field.name.value in ("me", "user") else []
            found += mine + _people(field.selection_set)
    return found


def test_what_the_client_sends_is_these_documents(node: Npm) -> None:
    """Every one of them, and nothing else: `make client` puts the module together."""
    module = (CLIENT / "operations.js").read_text()
    assert module == node.run("npm", "run", "--silent", "operations:print")
    sent = dict(re.findall(r'^export const (\w+) =\n  (".*");$', module, re.MULTILINE))
    assert {name.lower(): print_ast(parse(json.loads(text))) for name, text in sent.items()} == {
        path.stem: print_ast(parse(path.read_text())) for path in DOCUMENTS
    }


def test_no_other_module_holds_a_document() -> None:
    """What is not among them could not be checked."""
    for path in CLIENT.glob("*.js"):
        if path.name != "operations.js":
            assert re.findall(r"\b(?:query|mutation)\b \w* ?[({]", path.read_text()) == [], path.name

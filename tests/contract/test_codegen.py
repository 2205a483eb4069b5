"""The typed client, generated for real: what clients send has to make one that Python can import."""

from pathlib import Path

import pytest
from graphql import DocumentNode, parse, print_ast

import contract
from contract import codegen, names
from contract.findings import CannotCheck
from contract.places import Excerpt
from tests.contract.small import SMALL, built

PERSON = "fragment Person on Person { firstName }"


def hindrances(*texts: str) -> list[str]:
    """Generate a client of documents against the small schema, and give what hinders it."""
    documents = [parse(Excerpt(text, f"{number}.graphql")) for number, text in enumerate(texts)]
    return [str(finding) for finding in codegen.faults(documents, built(SMALL))]


def test_a_client_of_this_repository_can_be_generated() -> None:
    """Every operation of the clients, the README and the pages becomes a method."""
    report = contract.with_typed_client(contract.check())
    assert report.findings == []
    assert len(report.fitting) >= 8


def test_documents_with_the_same_names_or_none_make_one_client() -> None:
    """The examples of a page know nothing of each other."""
    again = "query Me { me { ...Person } } fragment Person on Person { kind }"
    assert (
        hindrances(f"query Me {{ me {{ ...Person }} }} {PERSON}", again, "{ me { kind } }", "{ me { kind } }")
        == []
    )


def test_an_operation_that_no_client_can_have_is_named() -> None:
    """The module of its method would be the module of the client itself. The others are not to blame."""
    others = "query Me { me { kind } } query You { me { kind } }"
    reason = "ariadne_codegen.exceptions.ParsingError: Duplicated file names: client.py"
    message = f"no typed client can be generated of it: {reason} [codegen]"
    found = hindrances(others, f"{PERSON}\n\nquery Client {{ me {{ ...Person }} }}")
    assert found == [f"1.graphql:3: Client: {message}"]


def test_operations_that_would_have_one_method_are_named() -> None:
    """ariadne-codegen writes one over the other, and says nothing."""
    reason = "two names are one in Python, so that a method is missing"
    message = f"no typed client can be generated of it, together with 1 others: {reason} [codegen]"
    found = hindrances("query getMe { me { kind } }", "query GetMe { me { kind } }")
    assert found == [f"0.graphql:1: getMe: {message}"]


def test_a_client_that_python_cannot_import_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    """What was generated is not only looked at."""
    monkeypatch.setattr(codegen, "_IMPORT", "raise ImportError('no such module')")
    message = "schema:1: schema: no typed client can be generated: ImportError: no such module [codegen]"
    assert hindrances("query Me { me { kind } }") == [message]


def test_without_operations_there_is_nothing_to_generate() -> None:
    """ariadne-codegen would call that an error."""
    assert hindrances() == []


@pytest.mark.parametrize("missing", ["python", "interpreter"])
def test_a_missing_environment_is_no_finding(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, missing: str
) -> None:
    """Whoever runs the check is told what to install."""
    path = tmp_path / "codegen" / "bin" / "python"
    monkeypatch.setattr(codegen, "PYTHON", path)
    if missing == "interpreter":
        path.parent.mkdir(parents=True)
        path.write_text("no program")
    advice = "run `make install-codegen`" if missing == "python" else "cannot be run: "
    with pytest.raises(CannotCheck, match=advice):
        hindrances("query Me { me { kind } }")


def test_names_are_given_once() -> None:
    """The first keeps its name; a fragment and what spreads it are renamed together."""
    texts = [
        "{ a }",
        "query A { a ...F } fragment F on T { a }",
        "{ a }",
        "fragment F on T { b } query A { ...F }",
    ]
    renamed: list[DocumentNode] = list(names.named([parse(text) for text in texts]))
    expected = [
        "query Example { a }",
        "query A { a ...F } fragment F on T { a }",
        "query Example2 { a }",
        "fragment F2 on T { b } query A2 { ...F2 }",
    ]
    assert [print_ast(document) for document in renamed] == [print_ast(parse(text)) for text in expected]

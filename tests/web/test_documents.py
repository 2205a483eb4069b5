"""Documents: what of them is said when they do not fit, what is too much, and what is remembered."""

import gc
import tracemalloc
from hashlib import sha256

import pytest

from resolvers import build_schema
from tests.support import hostile
from web import graphql_documents
from web.graphql_documents import Documents
from web.graphql_validation import DocumentErrors

SCHEMA = build_schema()
CANARY = "s3cretcanary"


def prepare(query: str, *, allow_introspection: bool = True) -> None:
    """Prepare a document as the first one of a server."""
    Documents(SCHEMA, allow_introspection=allow_introspection).prepare(query)


def refused(query: str, *, allow_introspection: bool = True) -> list[tuple[str, list[tuple[int, int]]]]:
    """Give what is said of a document, and of which places."""
    with pytest.raises(DocumentErrors) as caught:
        prepare(query, allow_introspection=allow_introspection)
    return [(e.message, [(at.line, at.column) for at in e.locations or ()]) for e in caught.value.errors]


LOGIN = "mutation { auth { login(input: %s) { success } } }"
PLACES: dict[str, list[tuple[str, list[tuple[int, int]]]]] = {
    "{ me { idd nam } }": [
        ("Cannot query field 'idd' on type 'User'. Did you mean 'id'?", [(1, 8)]),
        ("Cannot query field 'nam' on type 'User'.", [(1, 12)]),
    ],
    "{\n  me\n}": [
        ("Field 'me' of type 'User' must have a selection of subfields. Did you mean 'me { ... }'?", [(2, 3)])
    ],
    "{ me { id(x: 1) } }": [("Unknown argument 'x' on field 'User.id'.", [(1, 11)])],
    "{ me { id @skip(if: $s) } }": [("Variable '$s' is not defined.", [(1, 21), (1, 1)])],
    "query ($a: Int) { me { id } }": [("Variable '$a' is never used.", [(1, 8)])],
    "{ ...A } fragment A on Query { ...A }": [("Cannot spread fragment 'A' within itself.", [(1, 32)])],
    "mutation { auth { login { success } } }": [
        (
            "Argument 'AuthMutations.login(input:)' of type 'LoginInput!' is required,"
            " but it was not provided.",
            [(1, 19)],
        )
    ],
    LOGIN % f'{{email: "{CANARY}"}}': [
        ("Expected value of type 'LoginInput' to include required field 'password'", [(1, 32)])
    ],
    LOGIN % f'{{email: "a", password: "{CANARY}", pass: "{CANARY}"}}': [
        ("Expected value of type 'LoginInput' not to include unknown field 'pass'", [(1, 71)])
    ],
    LOGIN % f"{{email: 1, password: {CANARY}}}": [
        ("String cannot represent a non string value", [(1, 40)]),
        ("String cannot represent a non string value", [(1, 53)]),
    ],
    LOGIN % f'"{CANARY}"': [("Expected value of type 'LoginInput' to be an object", [(1, 32)])],
    LOGIN % f'[{{password: "{CANARY}"}}]': [
        ("Expected value of type 'LoginInput' to be an object", [(1, 32)])
    ],
    LOGIN % "null": [("Expected value of non-null type 'LoginInput!' not to be None", [(1, 32)])],
    f"mutation {{ auth {{ logout(scope: {CANARY}) {{ success }} }} }}": [
        ("The value does not exist in 'LogoutScope' enum", [(1, 33)])
    ],
    f'mutation {{ auth {{ logout(scope: "{CANARY}") {{ success }} }} }}': [
        ("Enum 'LogoutScope' cannot represent non-enum value", [(1, 33)])
    ],
    f'{{ auditEvents(first: "{CANARY}") {{ edges {{ cursor }} }} }}': [
        ("Int cannot represent non-integer value", [(1, 22)])
    ],
    "{ auditEvents(first: 77777777777) { edges { cursor } } }": [
        ("Int cannot represent non 32-bit signed integer value", [(1, 22)])
    ],
    "{ auditEvents(first: " + "7" * 5000 + ") { edges { cursor } } }": [
        ("Expected value of type 'Int'", [(1, 22)])
    ],
    f'{{ auditEvents(filter: {{since: "{CANARY}"}}) {{ edges {{ cursor }} }} }}': [
        ("Expected value of type 'DateTime'", [(1, 31)])
    ],
    "{ auditEvents(filter: {userId: 77.7}) { edges { cursor } } }": [
        ("ID cannot represent a non-string and non-integer value", [(1, 32)])
    ],
    f'{{ me {{ id @skip(if: "{CANARY}") }} }}': [("Boolean cannot represent a non boolean value", [(1, 21)])],
    f'query ($a: Int = "{CANARY}") {{ auditEvents(first: $a) {{ edges {{ cursor }} }} }}': [
        ("Int cannot represent non-integer value", [(1, 18)])
    ],
    f'{{ me "{CANARY}" }}': [("The document cannot be parsed: Expected Name", [(1, 6)])],
    f'{{ me(a: "{CANARY}': [("The document cannot be parsed", [(1, 22)])],
    f"{{ me {{ id }} }} {CANARY}": [("The document cannot be parsed", [(1, 15)])],
    f'{{ me(a: $"{CANARY}") }}': [("The document cannot be parsed: Expected Name", [(1, 10)])],
    "": [("The document cannot be parsed", [(1, 1)])],
    "{ me { id } } nested": [("The document cannot be parsed", [(1, 15)])],
    '{ me "Parsing aborted." }': [("The document cannot be parsed: Expected Name", [(1, 6)])],
    "{ me { id } }\n\0": [("The document cannot be parsed", [(2, 1)])],
}


@pytest.mark.parametrize(("query", "errors"), PLACES.items(), ids=range(len(PLACES)))
def test_each_error_says_what_and_where_but_quotes_no_value(
    query: str, errors: list[tuple[str, list[tuple[int, int]]]]
) -> None:
    """Names and places help who writes an operation; a value may be a password, even in a wrong place."""
    said = refused(query)
    assert said == errors
    assert CANARY not in repr(said)


def test_only_the_first_errors_are_said() -> None:
    """A document of nothing but mistakes does not make an answer that is larger than itself."""
    said = refused("{ me { " + " ".join(f"field{i}" for i in range(100)) + " } }")
    assert len(said) == 6
    assert said[5] == ("Too many validation errors, error limit reached. Validation aborted.", [])


def test_in_production_nothing_hints_at_the_schema() -> None:
    """Where introspection is off, suggestions would tell it name by name."""
    said = refused("query ($a: Strin) { mee { id } auditEvent }", allow_introspection=False)
    assert "Did you mean" not in repr(said)
    assert [message for message, _ in said] == [
        "Variable '$a' is never used.",
        "Unknown type 'Strin'.",
        "Cannot query field 'mee' on type 'Query'.",
        "Cannot query field 'auditEvent' on type 'Query'.",
    ]
    (enum, _), *others = refused("mutation { auth { logout(scope: ALL) { ok } } }", allow_introspection=False)
    assert "Did you mean" not in repr((enum, others))


@pytest.mark.parametrize("query", ["{ __schema { types { name } } }", '{ __type(name: "User") { name } }'])
def test_introspection_is_off_in_production(query: str) -> None:
    """In development it is what the playground reads; `__typename`, which clients need, is always there."""
    prepare(query)
    ((message, _), *_) = refused(query, allow_introspection=False)
    assert message.startswith("GraphQL introspection has been disabled")
    prepare("{ __typename me { __typename } }", allow_introspection=False)


def test_a_document_is_prepared_once() -> None:
    """The same text gives the same document, and is not parsed again."""
    documents = Documents(SCHEMA, allow_introspection=True)
    assert documents.find("{ me { id } }") is documents.find("{ me { id } }")


def test_the_memory_is_bounded_in_number_and_size(monkeypatch: pytest.MonkeyPatch) -> None:
    """What was used last stays; what is long or does not fit is never kept, and no text is: hashes are."""
    monkeypatch.setattr(graphql_documents, "MAX_REMEMBERED", 2)
    documents = Documents(SCHEMA, allow_introspection=True)
    a, b, c = "{ a: me { id } }", "{ b: me { id } }", "{ c: me { id } }"
    for query in (a, b, a, c):
        documents.find(query)
    documents.find("{ me { id } }" + " " * graphql_documents.MAX_REMEMBERED_LENGTH)
    with pytest.raises(DocumentErrors):
        documents.find("{ nothing }")
    assert list(documents._remembered) == [sha256(query.encode()).hexdigest() for query in (a, c)]


def test_hostile_clients_cannot_make_the_memory_large(monkeypatch: pytest.MonkeyPatch) -> None:
    """The largest document that is kept takes no more than 256 KiB, so all of them take 32 MiB."""
    assert graphql_documents.MAX_REMEMBERED == 128
    monkeypatch.setattr(graphql_documents, "MAX_REMEMBERED", 8)
    documents = Documents(SCHEMA, allow_introspection=True)
    tracemalloc.start()
    try:
        for number in range(12):
            documents.find(hostile.LARGE % number)
        # A document whose place another has taken refers to itself.
        gc.collect()
        size, _ = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert len(documents._remembered) == 8
    assert size < 8 * 256 * 1024

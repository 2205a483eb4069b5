"""Documents that are made to be expensive are refused before they cost anything."""

import time

import pytest
from graphql import get_introspection_query
from graphql.validation.rules import overlapping_fields_can_be_merged

from resolvers import build_schema
from services.errors import ErrorCode, QueryTooComplex
from tests.support.browser import Browser
from tests.web.serving import ONE_BACKEND, codes
from web.graphql_documents import Documents

SCHEMA = build_schema()

N = 5000
SPREADS = "".join(f"fragment F{i} on Mutation {{ ...F{i + 1} ...F{i + 1} }} " for i in range(30))
HOSTILE = {
    "a thousand aliases": "{" + " ".join(f"a{i}: me {{ id }}" for i in range(1000)) + "}",
    "deep fields": "{ me " * N + "}" * N,
    "deep fields, never closed": "{ me " * N,
    "fields as deep as the parser goes": "{ me " * 150 + "}" * 150,
    "deep lists": "{ me(a: " + "[" * N + "]" * N + ") }",
    "lists somewhat deep": "{ me(a: " + "[" * 100 + "]" * 100 + ") { id } }",
    "deep objects": "{ me(a: " + "{a: " * N + "1" + "}" * N + ") }",
    "deep list types": "query ($a: " + "[" * N + "Int" + "]" * N + ") { me { id } }",
    "list types somewhat deep": "query ($a: " + "[" * 100 + "Int" + "]" * 100 + ") { me { id } }",
    "deep inline fragments": "{" + "... { " * N + "me { id }" + "}" * N + "}",
    "many fragments": "{ ...F0 }" + "".join(f"fragment F{i} on Query {{ ...F{i + 1} }}" for i in range(N)),
    "depth by fragments": "{ ...F0 }"
    + "".join(f"fragment F{i} on Query {{ ... {{ ... {{ ...F{i + 1} }} }} }}" for i in range(9))
    + "fragment F9 on Query { me { id } }",
    "fragments that double": "mutation { ...F0 }"
    + SPREADS
    + "fragment F30 on Mutation { auth { logout { success } } }",
    "many directives": "{ me { id " + "@skip(if: false) " * 200 + "} }",
    "endless directives": "{ me { id " + "@skip(if: false) " * N + "} }",
    "the same field again and again": "{" + "me { id } " * 300 + "}",
    "the same leaf again and again": "{ me {" + "id " * 900 + "} }",
    "comments": "#\n" * 30000 + "{ me { id } }",
    "many operations": "".join(f"query Q{i} {{ me {{ id }} }}" for i in range(100)),
    "many variables": "query (" + "".join(f"$v{i}: Int " for i in range(N)) + ") { me { id } }",
}


@pytest.mark.parametrize("query", HOSTILE.values(), ids=HOSTILE)
def test_a_hostile_document_is_too_complex_and_costs_little(query: str) -> None:
    """It is refused by its size and shape, before validation, whose rules compare all with all."""
    assert len(query) <= 640 * 1024
    documents = Documents(SCHEMA, allow_introspection=True)
    began = time.thread_time()
    with pytest.raises(QueryTooComplex) as caught:
        documents.prepare(query)
    assert caught.value.code is ErrorCode.QUERY_TOO_COMPLEX
    # Some milliseconds; the rest is for a machine that is much slower than any that this will run on.
    assert time.thread_time() - began < 0.5
    assert documents._remembered == {}


def test_when_validation_itself_gives_up_it_is_too_complex(monkeypatch: pytest.MonkeyPatch) -> None:
    """The library has budgets of its own, and says only that it stopped."""
    monkeypatch.setattr(overlapping_fields_can_be_merged, "MAX_COMPLEXITY_BUDGET", 3)
    with pytest.raises(QueryTooComplex):
        Documents(SCHEMA, allow_introspection=True).prepare("{" + "me { id email role } " * 20 + "}")


def test_the_usual_introspection_is_not_too_complex() -> None:
    """Every tool asks exactly this before it does anything else."""
    Documents(SCHEMA, allow_introspection=True).prepare(get_introspection_query())


@ONE_BACKEND
@pytest.mark.parametrize("name", ["a thousand aliases", "deep fields", "deep lists", "deep inline fragments"])
async def test_a_hostile_document_is_a_clean_error_over_http(browser: Browser, name: str) -> None:
    """The server says what it is, and goes on."""
    answer = await browser.post(HOSTILE[name])
    assert (answer.status_code, codes(answer)) == (200, ["QUERY_TOO_COMPLEX"])
    assert (await browser.me())["data"] == {"me": None}

"""Documents that are made to be expensive are refused before they cost anything."""

from collections.abc import Callable
from contextlib import suppress

import pytest
from graphql import get_introspection_query
from graphql.validation.rules import overlapping_fields_can_be_merged

from resolvers import build_schema
from services.errors import ErrorCode, QueryTooComplex
from tests.support import hostile
from tests.support.browser import Browser
from tests.support.effort import calls
from tests.web.serving import ONE_BACKEND, codes
from web import graphql_caps
from web.graphql_documents import Documents
from web.graphql_validation import MAX_COMPARISONS, DocumentErrors

SCHEMA = build_schema()
HOSTILE = {**hostile.TOO_LONG, **hostile.TOO_COMPLEX}

EFFORT = 150_000
"""In calls of functions. Some milliseconds of work: four times the introspection of the schema."""


def refused(query: str) -> str:
    """Give what is said of a document that is too complex, which has to be said soon."""
    documents = Documents(SCHEMA, allow_introspection=True)
    with pytest.raises(QueryTooComplex) as caught:
        documents.find(query)
    assert _effort(query) < EFFORT
    assert caught.value.code is ErrorCode.QUERY_TOO_COMPLEX
    assert documents._remembered == {}
    return str(caught.value)


def _effort(query: str) -> int:
    def find() -> None:
        with suppress(DocumentErrors, QueryTooComplex):
            Documents(SCHEMA, allow_introspection=True).find(query)

    return calls(find)


@pytest.mark.parametrize("query", hostile.TOO_LONG.values(), ids=hostile.TOO_LONG)
def test_a_long_document_is_refused_unread(query: str) -> None:
    """Reading 64 KiB is what would be expensive, whatever is in them."""
    assert graphql_caps.MAX_LENGTH < len(query) <= hostile.LENGTH
    assert refused(query) == "The document is longer than 8192 characters"


@pytest.mark.parametrize("query", hostile.TOO_COMPLEX.values(), ids=hostile.TOO_COMPLEX)
def test_a_hostile_document_is_too_complex_and_costs_little(query: str) -> None:
    """It is refused by its shape, before validation, whose rules compare all with all."""
    assert len(query) <= graphql_caps.MAX_LENGTH
    assert refused(query)


@pytest.mark.parametrize("query", hostile.UNFIT.values(), ids=hostile.UNFIT)
def test_the_most_that_can_be_made_of_a_document_costs_little(query: str) -> None:
    """Within every cap, what does not fit the schema is refused in time, and is not remembered."""
    documents = Documents(SCHEMA, allow_introspection=True)
    with pytest.raises((DocumentErrors, QueryTooComplex)):
        documents.find(query)
    assert _effort(query) < EFFORT
    assert documents._remembered == {}


EDGES: dict[str, tuple[Callable[[int], str], int]] = {
    "The document is longer than 8192 characters": (lambda n: "{ me { id } }".ljust(n), 8192),
    "The document is too complex": (lambda n: "{ me(a: [" + "1 " * (n - 12) + "]) { id } }", 500),
    "The document is nested more than 20 deep": (
        lambda n: "{ " + "... { " * (n - 2) + "me { id }" + " }" * (n - 1),
        20,
    ),
    "The document has more than 40 definitions": (
        lambda n: "".join(f"query Q{i} {{ me {{ id }} }} " for i in range(n)),
        40,
    ),
    "The document has more than 300 selections": (
        lambda n: "{ me {" + "".join(f"f{i} " for i in range(n - 1)) + "} }",
        300,
    ),
    "The document has more than 30 aliases": (
        lambda n: "{ me {" + "".join(f"a{i}: id " for i in range(n)) + "} }",
        30,
    ),
    "The document has more than 50 directives": (
        lambda n: "query " + "".join(f"@d{i} " for i in range(n)) + "{ me { id } }",
        50,
    ),
    "An operation has more than 10 fields at its root": (
        lambda n: "{ ...F } fragment F on Query {" + "".join(f"a{i}: me {{ id }} " for i in range(n)) + "}",
        10,
    ),
}
"""What is said of a document beyond each cap, and a document of any measure with its cap."""


@pytest.mark.parametrize("said", EDGES)
def test_each_cap_holds_to_the_number(said: str) -> None:
    """What is just within it is not too complex, whatever else may be wrong with it."""
    document, cap = EDGES[said]
    with suppress(DocumentErrors):
        Documents(SCHEMA, allow_introspection=True).prepare(document(cap))
    assert refused(document(cap + 1)) == said


def test_the_comparing_of_fields_has_an_end() -> None:
    """The library has a budget for it that would take a second; ours is a hundred times what clients need."""
    assert overlapping_fields_can_be_merged.MAX_COMPLEXITY_BUDGET == MAX_COMPARISONS
    refused("{ me {" + "id " * 200 + "} }")
    Documents(SCHEMA, allow_introspection=True).prepare("{ me {" + "id email role isVerified " * 12 + "} }")


def test_the_usual_introspection_is_not_too_complex() -> None:
    """Every tool asks exactly this before it does anything else."""
    Documents(SCHEMA, allow_introspection=True).prepare(get_introspection_query(input_value_deprecation=True))


@ONE_BACKEND
@pytest.mark.parametrize("name", ["a thousand aliases", "deep fields", "many roots", "three long pages"])
async def test_a_hostile_document_is_a_clean_error_over_http(browser: Browser, name: str) -> None:
    """The server says what it is, and goes on."""
    answer = await browser.post(HOSTILE[name])
    assert (answer.status_code, codes(answer)) == (200, ["QUERY_TOO_COMPLEX"])
    assert (await browser.me())["data"] == {"me": None}

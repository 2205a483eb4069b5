"""An operation runs one mutation field at the most, however it is written."""

import pytest
from graphql import OperationDefinitionNode, parse

from resolvers import build_schema
from tests.support.browser import Browser, code
from tests.support.effort import calls
from tests.web.serving import ONE_BACKEND
from web.graphql_documents import Documents
from web.graphql_selections import fragments_of, mutation_fields

SCHEMA = build_schema()
LOGOUT = "logout { success }"
REFRESH = "refreshToken { success }"

ONE = {
    "plain": f"mutation {{ auth {{ {LOGOUT} }} }}",
    "with __typename everywhere": "mutation { __typename auth { __typename logout { __typename success } } }",
    "merged fields": f"mutation {{ auth {{ {LOGOUT} {LOGOUT} }} auth {{ {LOGOUT} }} }}",
    "merged fields of one alias": f"mutation {{ a: auth {{ b: {LOGOUT} }} a: auth {{ b: {LOGOUT} }} }}",
    "a fragment spread twice": f"mutation {{ ...F ...F auth {{ {LOGOUT} }} }}"
    f" fragment F on Mutation {{ auth {{ {LOGOUT} }} }}",
    "an inline fragment": f"mutation {{ ... {{ auth {{ ... on AuthMutations {{ {LOGOUT} }} {LOGOUT} }} }} }}",
}
TWO = {
    "two fields": f"mutation {{ auth {{ {LOGOUT} {REFRESH} }} }}",
    "aliases of a field": f"mutation {{ auth {{ a: {LOGOUT} b: {LOGOUT} }} }}",
    "an alias and the name": f"mutation {{ auth {{ a: {LOGOUT} {LOGOUT} }} }}",
    "aliases of the group": f"mutation {{ a: auth {{ {LOGOUT} }} b: auth {{ {LOGOUT} }} }}",
    "by fragments": f"mutation {{ ...A auth {{ ...B }} }} fragment A on Mutation {{ auth {{ a: {LOGOUT} }} }}"
    f" fragment B on AuthMutations {{ b: {LOGOUT} }}",
    "by inline fragments": f"mutation {{ ... {{ auth {{ ... {{ a: {LOGOUT} }} }} }}"
    f" ... on Mutation {{ auth {{ b: {LOGOUT} }} }} }}",
    "a fragment under two aliases": f"mutation {{ a: auth {{ ...F }} b: auth {{ ...F }} }}"
    f" fragment F on AuthMutations {{ {LOGOUT} }}",
    "one that is skipped": f"mutation {{ auth {{ a: {LOGOUT} b: logout @skip(if: true) {{ success }} }} }}",
    "one that is not included": f"mutation {{ auth {{ {LOGOUT} }}"
    f" a: auth @include(if: false) {{ {LOGOUT} }} }}",
    "both by variable": "mutation ($a: Boolean = true) { auth { a: logout @skip(if: $a) { success }"
    " b: logout @include(if: $a) { success } } }",
}

QUERY_AND_MUTATION = f"query Q {{ me {{ id }} }} mutation M {{ auth {{ a: {LOGOUT} b: {LOGOUT} }} }}"


def counted(query: str) -> int:
    """Give the number of mutation fields of the only operation."""
    (count,) = Documents(SCHEMA, allow_introspection=True).prepare(query).mutation_fields.values()
    return count


@pytest.mark.parametrize("query", ONE.values(), ids=ONE)
def test_one_field_is_counted_once(query: str) -> None:
    """What is merged runs once, and asking for a type's name runs nothing."""
    assert counted(query) == 1


@pytest.mark.parametrize("query", TWO.values(), ids=TWO)
def test_each_field_that_could_run_is_counted(query: str) -> None:
    """Directives are not weighed: what a document could run is what counts."""
    assert counted(query) == 2


def test_fragments_that_multiply_are_counted_in_no_time() -> None:
    """Each of 13 spreads the next three times: 1.6 million fields, if they were counted one by one."""
    levels = "".join(
        f"fragment F{i} on Mutation {{ ...F{i + 1} ...F{i + 1} ...F{i + 1} }} " for i in range(13)
    )
    document = parse(f"mutation {{ ...F0 }} {levels} fragment F13 on Mutation {{ auth {{ {LOGOUT} }} }}")
    operation = document.definitions[0]
    assert isinstance(operation, OperationDefinitionNode)
    fragments = fragments_of(document)
    assert mutation_fields(operation, fragments) == 1
    assert calls(lambda: mutation_fields(operation, fragments)) < 10_000


def test_a_mutation_field_outside_of_the_groups_counts() -> None:
    """The schema has none; should it get one, it is not a way around the rule."""
    (operation,) = parse("mutation { plain auth { logout } }").definitions
    assert isinstance(operation, OperationDefinitionNode)
    assert mutation_fields(operation, {}) == 2


def test_a_query_is_not_counted() -> None:
    """A document's other operations are no part of the one that is run."""
    documents = Documents(SCHEMA, allow_introspection=True)
    document = documents.prepare(
        f"query Q {{ me {{ id }} }} mutation M {{ auth {{ a: {LOGOUT} b: {LOGOUT} }} }}"
    )
    assert document.mutation_fields == {"M": 2}


@ONE_BACKEND
@pytest.mark.parametrize("query", TWO.values(), ids=TWO)
async def test_more_than_one_is_refused_before_any_of_them_runs(
    browser: Browser, user_id: object, query: str
) -> None:
    """The session that each of them would have ended, or rotated, goes on as it was."""
    await browser.login()
    cookies = browser.cookies
    answer = await browser.ask(query)
    assert code(answer) == "TOO_MANY_OPERATIONS"
    assert "data" not in answer
    assert browser.cookies == cookies
    assert (await browser.me())["data"]["me"]["id"] == str(user_id)


@ONE_BACKEND
@pytest.mark.parametrize("query", ONE.values(), ids=ONE)
async def test_one_runs_and_runs_once(browser: Browser, user_id: object, query: str) -> None:
    """It is answered under the name that it was given."""
    await browser.login()
    answer = await browser.ask(query)
    assert "errors" not in answer
    assert browser.cookies == {}
    assert (await browser.me())["data"] == {"me": None}


@ONE_BACKEND
async def test_only_the_operation_that_is_named_counts(browser: Browser) -> None:
    """A document with several operations is what some clients send for each of them."""
    body = {"query": QUERY_AND_MUTATION}
    answers = [
        (await browser.http.post("/graphql", json={**body, "operationName": name})).json()
        for name in ("Q", "M")
    ]
    assert answers[0] == {"data": {"me": None}}
    assert code(answers[1]) == "TOO_MANY_OPERATIONS"

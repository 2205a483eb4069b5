"""Both media types of the GraphQL-over-HTTP draft, with their rules for the status."""

import httpx
import pytest

from tests.support.browser import Browser
from tests.web.serving import GRAPHQL_JSON, JSON, ONE_BACKEND, codes, send

pytestmark = ONE_BACKEND

REFUSED = [
    ({"query": "{"}, "GRAPHQL_PARSE_FAILED"),
    ({"query": "\0"}, "GRAPHQL_PARSE_FAILED"),
    ({"query": "{ nothing }"}, "GRAPHQL_VALIDATION_FAILED"),
    ({"query": "subscription { me { id } }"}, "GRAPHQL_VALIDATION_FAILED"),
    ({"query": "fragment F on User { id }"}, "GRAPHQL_VALIDATION_FAILED"),
    ({"query": "type T { a: Int }"}, "GRAPHQL_VALIDATION_FAILED"),
    ({"query": "query ($a: String!) { auditEvents(after: $a) { edges { cursor } } }"}, "BAD_USER_INPUT"),
    (
        {
            "query": "query ($a: Int) { auditEvents(first: $a) { edges { cursor } } }",
            "variables": {"a": "many"},
        },
        "BAD_USER_INPUT",
    ),
    ({"query": "query A { me { id } }", "operationName": "B"}, "BAD_USER_INPUT"),
    ({"query": "query A { me { id } }", "operationName": ""}, "BAD_USER_INPUT"),
    ({"query": "query A { me { id } } query B { me { id } }"}, "BAD_USER_INPUT"),
    ({"query": "{" + "me { id } " * 200 + "}"}, "QUERY_TOO_COMPLEX"),
    ({"query": "mutation { auth { a: logout { success } b: logout { success } } }"}, "TOO_MANY_OPERATIONS"),
]


@pytest.mark.parametrize(("accept", "status"), [(JSON, 200), (GRAPHQL_JSON, 400)])
async def test_what_cannot_be_executed_is_200_or_400_by_media_type(
    browser: Browser, accept: str, status: int
) -> None:
    """A plain JSON client looks into the body; one of the newer type trusts the status."""
    for body, code in REFUSED:
        answer = await browser.http.post("/graphql", json=body, headers={"Accept": accept})
        assert (body, answer.status_code, codes(answer)) == (body, status, [code])
        assert answer.headers["Content-Type"] == f"{accept}; charset=utf-8"
        assert "data" not in answer.json()


@pytest.mark.parametrize("accept", [JSON, GRAPHQL_JSON])
async def test_an_error_of_a_field_is_200_in_both(browser: Browser, accept: str) -> None:
    """What was executed succeeded as a request; the field is null and says why."""
    query = "{ auditEvents { edges { cursor } } }"
    answer = await browser.http.post("/graphql", json={"query": query}, headers={"Accept": accept})
    assert (answer.status_code, codes(answer)) == (200, ["UNAUTHENTICATED"])
    assert answer.json()["data"] == {"auditEvents": None}
    assert answer.json()["errors"][0]["path"] == ["auditEvents"]
    assert answer.json()["errors"][0]["locations"] == [{"line": 1, "column": 3}]


CHOSEN: list[tuple[str | None, str]] = [
    (None, JSON),
    ("", JSON),
    ("*/*", JSON),
    ("application/*", JSON),
    (JSON, JSON),
    ("APPLICATION/JSON", JSON),
    (f"{JSON}; charset=utf-8", JSON),
    (f"{JSON}, */*;q=0.1", JSON),
    (f"text/html, {JSON};q=0.5", JSON),
    (GRAPHQL_JSON, GRAPHQL_JSON),
    (f"{GRAPHQL_JSON}; charset=utf-8, {JSON}; charset=utf-8", GRAPHQL_JSON),
    (f"{JSON}, {GRAPHQL_JSON}", GRAPHQL_JSON),
    (f"{GRAPHQL_JSON}, {JSON};q=0.9", GRAPHQL_JSON),
    (f"{GRAPHQL_JSON};q=0.8, {JSON};q=0.9", JSON),
    (f"{GRAPHQL_JSON}, */*", GRAPHQL_JSON),
    (f"{JSON};q=0, */*", GRAPHQL_JSON),
    (f"{GRAPHQL_JSON};q=0, application/*", JSON),
    (f"text/event-stream, multipart/mixed, {GRAPHQL_JSON}", GRAPHQL_JSON),
]


async def test_the_client_chooses_the_media_type(http: httpx.AsyncClient) -> None:
    """The most exact range decides; who names no preference gets what every client understands."""
    for accept, chosen in CHOSEN:
        headers = [("Content-Type", JSON), *([("Accept", accept)] if accept is not None else [])]
        answer = await send(http, headers, content=b'{"query": "{ me { id } }"}')
        assert (answer.status_code, answer.json()) == (200, {"data": {"me": None}})
        assert (accept, answer.headers["Content-Type"]) == (accept, f"{chosen}; charset=utf-8")


async def test_a_client_that_takes_neither_is_told_so(http: httpx.AsyncClient) -> None:
    """It is 406, with a body all the same, and in JSON."""
    for accept in ("text/html", "image/*", f"{JSON};q=0", "*/*;q=0", ";;;, ,"):
        headers = [("Content-Type", JSON), ("Accept", accept)]
        answer = await send(http, headers, content=b'{"query": "{ me { id } }"}')
        assert (accept, answer.status_code, codes(answer)) == (accept, 406, ["BAD_USER_INPUT"])

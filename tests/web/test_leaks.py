"""Nothing secret that a client sends is in any log line, answer or row, however wrongly it is sent."""

import gc
import json
import logging
from collections.abc import Callable
from typing import Any
from uuid import UUID

import httpx
import pytest

from resolvers.context import Context
from services import Services
from services.credentials import Credentials
from tests.services.tables import TABLES, rows
from tests.support.browser import EMAIL, LOGIN, LOGOUT, ME, PASSWORD, REFRESH, Browser
from tests.web.serving import GRAPHQL, JSON

CANARY = "C4N4RYc4n4ry"
OURS = ("web", "services", "resolvers", "security", "latchkey")

LITERALS = [
    'mutation { auth { login(input: {email: "%s@x.y", password: "%s"}) { message problems { message } } } }',
    'mutation { auth { login(input: {email: "ada@example.com", password: "%s", no: "%s"}) { success } } }',
    "mutation { auth { login(input: {email: %s, password: %s}) { success } } }",
    'mutation { auth { login(input: {email: 1, password: ["%s", {a: "%s"}]}) { success } } }',
    'mutation { auth { login(input: "%s") { success } } }',
    'mutation { auth { login(input: {password: "%s"} { success } } }',
    'mutation { auth { login(input: {password: "%s}) { success } } }',
    'mutation { auth { login(input: {password: """%s""" """%s"""}) { success } } }',
    'mutation { auth { refreshToken(input: {refreshToken: "%s"}) { success } } }',
    'mutation { auth { refreshToken(input: {refreshToken: "%s\\u0000"}) { success } } }',
    "mutation { auth { logout(scope: %s) { success } } }",
    'mutation { auth { logout(scope: "%s") { success } } }',
    '{ auditEvents(after: "%s") { edges { cursor } } }',
    '{ auditEvents(filter: {since: "%s", userId: "%s"}) { edges { cursor } } }',
    '{ auditEvents(first: "%s") { edges { cursor } } }',
    '{ me { id @skip(if: "%s") } }',
    'query ($a: Int = "%s") { auditEvents(first: $a) { edges { cursor } } }',
    "# %s\n{ me { id } }",
    "%s { me { id } }",
    '"%s"',
    '{ me { id } } "%s',
]
VARIABLES: list[tuple[str, dict[str, Any]]] = [
    (LOGIN, {"email": CANARY, "password": CANARY, "rememberMe": True, "delivery": "COOKIE"}),
    (LOGIN, {"email": EMAIL, "password": CANARY, "rememberMe": True, "delivery": "BODY"}),
    (LOGIN, {"email": [CANARY], "password": {"a": CANARY}, "rememberMe": CANARY, "delivery": CANARY}),
    (LOGIN, {"email": None, CANARY: CANARY}),
    (REFRESH, {"input": {"refreshToken": CANARY}}),
    (REFRESH, {"input": {"refreshToken": CANARY, CANARY: CANARY}}),
    (REFRESH, {"input": CANARY}),
    (REFRESH, {"input": {"refreshToken": [[CANARY]]}}),
    (REFRESH, {"input": {"refreshToken": f"{CANARY}\0"}}),
    ("mutation ($s: LogoutScope) { auth { logout(scope: $s) { success } } }", {"s": CANARY}),
    ("query ($a: DateTime) { auditEvents(filter: {since: $a}) { edges { cursor } } }", {"a": CANARY}),
    ("query ($a: DateTime) { auditEvents(filter: {since: $a}) { edges { cursor } } }", {"a": [CANARY]}),
    ("query ($a: ID) { auditEvents(filter: {userId: $a}) { edges { cursor } } }", {"a": CANARY}),
    ("query ($a: ID) { auditEvents(filter: {userId: $a}) { edges { cursor } } }", {"a": {"a": CANARY}}),
    ("query ($a: Int) { auditEvents(first: $a) { edges { cursor } } }", {"a": CANARY}),
    ("query ($a: String) { auditEvents(after: $a) { edges { cursor } } }", {"a": CANARY}),
    ("query ($a: Boolean!) { me { id @skip(if: $a) } }", {"a": CANARY}),
]
BODIES = [
    CANARY,
    f'"{CANARY}"',
    f'{{"query": "{CANARY}',
    f'{{"query": {{"a": "{CANARY}"}}}}',
    f'{{"query": "{{me{{id}}}}", "variables": "{CANARY}"}}',
    f'{{"query": "{{me{{id}}}}", "operationName": "{CANARY}"}}',
    f'{{"query": "{{me{{id}}}}", "extensions": "{CANARY}"}}',
    f'[{{"query": "{CANARY}"}}]',
    f'{{"query": "{{me{{id}}}}", "extensions": {{"{CANARY}": "{CANARY}"}}}}',
    f'{{"documentId": "{CANARY}"}}',
    f'{{"query": "{{me{{id}}}}", "documentId": ["{CANARY}"]}}',
    f'{{"extensions": {{"persistedQuery": {{"version": 1, "sha256Hash": "{CANARY}"}}}}}}',
    f'{{"query": "query A {{me{{id}}}} query B {{me{{id}}}}", "operationName": "{CANARY}"}}',
    f'{{"query": "{{me{{id}}}}", "{CANARY}": "{CANARY}"}}',
]
SECRETS_OF_HEADERS = {
    "Authorization": f"Bearer {CANARY}",
    "Cookie": f"auth-token={CANARY}; refresh_token={CANARY}; client_fp={CANARY}; fp_hash={CANARY}",
    "X-Request-Id": CANARY,
    "X-Api-Key": CANARY,
    "Referer": f"http://latchkey.test/{CANARY}",
    "X-Forwarded-For": CANARY,
    "Forwarded": f"for={CANARY}",
    "Host": f"{CANARY}.example.com",
}


@pytest.fixture
def logged(caplog: pytest.LogCaptureFixture) -> Callable[[], str]:
    """Listen to our loggers at DEBUG and to all others at INFO; give what is logged, with every field."""
    # The client of the tests logs the address that it asks for; it is no part of the server.
    caplog.set_level(logging.WARNING, "httpx")
    caplog.set_level(logging.INFO)
    for name in OURS:
        caplog.set_level(logging.DEBUG, name)
    return lambda: "".join(f"{record.getMessage()} {vars(record)}\n" for record in caplog.records)


async def assert_nothing_leaked(
    answers: list[httpx.Response], logged: Callable[[], str], services: Services, *canaries: str
) -> None:
    """Look everywhere, also in tables that are still to come, and first make sure that there is something."""
    stored = repr([await _readable(services, table) for table in TABLES]).lower()
    assert "POST /graphql" in logged()
    for answer in answers:
        assert answer.status_code < 500
    for canary in canaries:
        assert canary not in logged()
        assert canary.lower() not in stored
        for answer in answers:
            assert canary not in answer.text
            assert canary not in repr(answer.headers)


async def _readable(services: Services, table: str) -> list[dict[str, Any]]:
    """Give what a table holds; of a password only its hash is kept, which is what hashes are for."""
    return [
        {name: value for name, value in row.items() if name != "password_hash"}
        for row in await rows(services, table)
    ]


async def test_a_secret_literal_leaks_nowhere(
    browser: Browser, services: Services, user_id: object, logged: Callable[[], str]
) -> None:
    """Right or wrong, in a wrong place or in what is not even GraphQL; signed in, and not."""
    queries = [literal.replace("%s", CANARY) for literal in LITERALS]
    answers = [await browser.post(query) for query in queries]
    await browser.login()
    answers += [await browser.post(query) for query in queries]
    await assert_nothing_leaked(answers, logged, services, CANARY)


async def test_a_secret_variable_leaks_nowhere(
    browser: Browser, services: Services, user_id: object, logged: Callable[[], str]
) -> None:
    """Also where it has the wrong type, and where it is the name of something."""
    answers = [await browser.post(query, variables) for query, variables in VARIABLES]
    await browser.login()
    answers += [await browser.post(query, variables) for query, variables in VARIABLES]
    await assert_nothing_leaked(answers, logged, services, CANARY)


async def test_a_secret_in_a_body_that_is_no_request_leaks_nowhere(
    browser: Browser, services: Services, logged: Callable[[], str]
) -> None:
    """What cannot be read is not quoted."""
    answers = [
        await browser.http.post(GRAPHQL, content=body, headers={"Content-Type": kind})
        for body in BODIES
        for kind in (JSON, "text/plain")
    ]
    assert {answer.status_code for answer in answers} == {200, 400, 415}
    await assert_nothing_leaked(answers, logged, services, CANARY)


@pytest.mark.parametrize("query", ["{ me { id } }", REFRESH, "mutation { auth { logout { success } } }"])
async def test_a_secret_header_leaks_nowhere(
    http: httpx.AsyncClient, services: Services, logged: Callable[[], str], query: str
) -> None:
    """Tokens and cookies, and what a client puts into a header that we do not know."""
    answers = [
        await http.post(GRAPHQL, json={"query": query}, headers={name: value})
        for name, value in SECRETS_OF_HEADERS.items()
    ]
    await assert_nothing_leaked(answers, logged, services, CANARY)


async def test_a_secret_in_a_query_string_leaks_nowhere(
    http: httpx.AsyncClient, services: Services, logged: Callable[[], str]
) -> None:
    """Operations are not asked for in the address, but somebody may try."""
    operation = {"query": LITERALS[0].replace("%s", CANARY), "variables": json.dumps({"a": CANARY})}
    answers = [
        await http.post(GRAPHQL, params=operation, json={"query": "{ me { id } }"}),
        await http.get(GRAPHQL, params=operation),
        await http.get("/healthz", params={"access_token": CANARY}),
    ]
    assert [answer.status_code for answer in answers] == [200, 405, 200]
    await assert_nothing_leaked(answers, logged, services, CANARY)


async def test_real_tokens_and_the_password_leak_nowhere(
    browser: Browser, services: Services, user_id: object, logged: Callable[[], str]
) -> None:
    """A session is told from its beginning to its end without its secrets, which are in its cookies alone."""
    await browser.login(remember_me=True)
    first = browser.cookies
    await browser.refresh()
    second = browser.cookies
    answers = [await browser.post(ME), await browser.post(LOGOUT), await browser.post(REFRESH)]
    secrets = {PASSWORD, *first.values(), *second.values()}
    assert len(secrets) == 1 + 4 + 2
    await assert_nothing_leaked(answers, logged, services, *secrets)


async def test_credentials_are_gone_with_their_request(browser: Browser, user_id: UUID) -> None:
    """No token waits in the memory until garbage is collected, where a dump of it would find it."""

    def all_of_them() -> list[Any]:
        return [one for one in gc.get_objects() if type(one) in (Context, Credentials)]

    await browser.login()
    gc.collect()
    gc.disable()
    try:
        of_others = all_of_them()
        await browser.me()
        await browser.refresh()
        await browser.logout()
        kept = [one for one in all_of_them() if not any(one is other for other in of_others)]
    finally:
        gc.enable()
    assert kept == []

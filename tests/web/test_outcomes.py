"""What a request turned out to be: named in the schema's words, and said in its log line."""

import logging
from collections.abc import Callable
from typing import Any
from uuid import UUID

import httpx
import pytest
from graphql import parse

from tests.support.browser import LOGIN, LOGOUT, ME, Browser
from tests.web.serving import GRAPHQL, ONE_BACKEND
from web.graphql_selections import fragments_of, label

LABELS = {
    "{ me { id } }": "me",
    "query CalledByTheClient { x: me { id } y: me { email } }": "me",
    "{ me { id } auditEvents { edges { node { id } } } }": "several",
    "{ __typename }": "__typename",
    "{ __typename me { id } }": "me",
    "{ __schema { types { name } } }": "__schema",
    "mutation Mine { mine: auth { also: login { success } __typename } }": "auth.login",
    "mutation { auth { login { success } } otp { verify { success } } }": "several",
    "mutation { auth { ...A } } fragment A on AuthMutations { logout { success } }": "auth.logout",
    "mutation { auth { __typename } }": "__typename",
}


@pytest.mark.parametrize(("query", "expected"), LABELS.items())
def test_an_operation_is_named_in_the_words_of_the_schema(query: str, expected: str) -> None:
    """By no name that a client has thought of, and of several fields by none of them."""
    document = parse(query)
    operation: Any = document.definitions[0]
    assert label(operation, fragments_of(document)) == expected


def access_line(caplog: pytest.LogCaptureFixture) -> dict[str, Any]:
    """Give the fields of the last line that a request has left."""
    return vars([record for record in caplog.records if record.name == "web.exchanges"][-1])


@ONE_BACKEND
async def test_the_line_of_a_request_says_who_asked(
    browser: Browser, user_id: UUID, caplog: pytest.LogCaptureFixture
) -> None:
    """The user and the session that its tokens stood for, where a field wanted to know."""
    caplog.set_level(logging.INFO)
    await browser.login()
    (signed_in,) = [record for record in caplog.records if record.getMessage() == "user logged in"]
    await browser.ask(ME)
    line = access_line(caplog)
    assert line["user_id"] == str(user_id)
    assert line["session_id"] == vars(signed_in)["session_id"]


@ONE_BACKEND
async def test_nobody_is_named_whose_tokens_are_not_believed(
    browser: Browser, new_browser: Callable[[], Browser], user_id: UUID, caplog: pytest.LogCaptureFixture
) -> None:
    """Neither somebody without a token, nor who brings one that was signed out."""
    caplog.set_level(logging.INFO)
    await browser.login()
    stolen = new_browser().take_cookies(browser.cookies)
    await browser.ask(LOGOUT)
    await stolen.post(ME)
    assert access_line(caplog)["user_id"] is None
    await new_browser().post(ME)
    assert access_line(caplog)["user_id"] is None


@ONE_BACKEND
async def test_a_refusal_at_the_door_names_nobody(
    http: httpx.AsyncClient, caplog: pytest.LogCaptureFixture
) -> None:
    """It has a line as any other request has."""
    caplog.set_level(logging.INFO)
    answer = await http.post(GRAPHQL, json={"query": LOGIN}, headers={"Origin": "https://evil.example"})
    assert answer.status_code == 403
    assert access_line(caplog)["status"] == 403
    assert access_line(caplog)["session_id"] is None

"""What nobody expected is told to nobody but the log, and there by its kind and place alone."""

import asyncio
import logging
import sys
from dataclasses import replace
from typing import Any, cast

import httpx
import pytest
from quart import Quart

from services import Services
from services.accounts import Viewer
from services.credentials import Credentials
from services.errors import ServiceUnavailable
from services.sessions import Sessions
from tests.support.browser import LOGOUT, Browser, code
from tests.web.serving import GRAPHQL, GRAPHQL_JSON, ONE_BACKEND, codes
from web import graphql, graphql_execution

pytestmark = ONE_BACKEND

SECRET = "hunter2 in the message of an exception"


class Unforeseen(Exception):
    """A bug, whose message holds what it should not."""


async def fail(*_: object, **__: object) -> Any:
    """Raise it, from another error, with a local that is secret too."""
    secret = SECRET
    try:
        raise ValueError(secret)
    except ValueError as error:
        raise Unforeseen(secret) from error


def assert_masked(answer: httpx.Response, caplog: pytest.LogCaptureFixture) -> None:
    """The client learns an id, by which the log knows what it was and where."""
    request_id = answer.headers["X-Request-Id"]
    (error,) = answer.json()["errors"]
    assert error["message"] == "Internal server error"
    assert error["extensions"] == {"code": "INTERNAL_SERVER_ERROR", "requestId": request_id}
    assert SECRET not in answer.text
    (line,) = [record for record in caplog.records if record.levelno == logging.ERROR]
    assert line.getMessage().startswith("unexpected Unforeseen caused by ValueError at ")
    assert "test_masking.py" in line.getMessage()
    assert line.exc_info is None
    assert SECRET not in "".join(f"{vars(record)}" for record in caplog.records)


async def test_an_error_of_a_resolver_is_masked(
    browser: Browser, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    """The field is null, and says where, as every field that fails."""
    monkeypatch.setattr(Sessions, "identify", fail)
    answer = await browser.post("{ me { id } }")
    assert answer.status_code == 200
    assert answer.json()["data"] == {"me": None}
    assert answer.json()["errors"][0]["path"] == ["me"]
    assert_masked(answer, caplog)


async def test_an_error_before_the_execution_is_masked(
    browser: Browser, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    """Also what runs an operation may fail, and the answer is one of GraphQL."""
    monkeypatch.setattr(graphql_execution, "_result", fail)
    answer = await browser.post("{ me { id } }", Accept=GRAPHQL_JSON)
    assert (answer.status_code, codes(answer)) == (400, ["INTERNAL_SERVER_ERROR"])
    assert_masked(answer, caplog)


@pytest.mark.parametrize("path", ["/readyz", GRAPHQL])
async def test_an_error_of_the_edge_itself_is_a_masked_500(
    browser: Browser,
    services: Services,
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
    path: str,
) -> None:
    """Outside of GraphQL it is 500, in JSON, with every header that other answers carry."""
    monkeypatch.setattr(services.database, "unapplied_migrations", fail)
    monkeypatch.setattr(graphql, "run", fail)
    answer = await browser.http.request(
        "POST" if path == GRAPHQL else "GET", path, json={"query": "{ me { id } }"}
    )
    assert (answer.status_code, codes(answer)) == (500, ["INTERNAL_SERVER_ERROR"])
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    assert_masked(answer, caplog)


async def test_a_value_that_cannot_be_written_is_our_bug_and_not_the_clients(
    browser: Browser,
    services: Services,
    user_id: object,
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
) -> None:
    """The library reports it by the same class as a wrong argument, and quotes the value."""
    access_token = (await browser.login())["accessToken"]
    credentials = Credentials(access_token=access_token, client_fp=browser.cookies["client_fp"])
    viewer = await services.sessions.identify(credentials)
    assert isinstance(viewer, Viewer)
    broken = replace(viewer, account=replace(viewer.account, email=cast(str, {"secret": SECRET})))

    async def identify(*_: object) -> Viewer:
        return broken

    monkeypatch.setattr(Sessions, "identify", identify)
    answer = await browser.ask("{ me { email } }")
    assert code(answer) == "INTERNAL_SERVER_ERROR"
    assert answer["errors"][0]["path"] == ["me", "email"]
    assert SECRET not in repr(answer)
    assert "unexpected GraphQLError at " in caplog.text
    assert SECRET not in caplog.text


async def test_an_outage_is_said_and_what_caused_it_is_logged(
    browser: Browser, user_id: object, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    """The client is told when to come back, and keeps its cookies; the log is told the kind of the cause."""
    await browser.login()
    cookies = browser.cookies

    async def unavailable(*_: object, **__: object) -> None:
        raise ServiceUnavailable from ConnectionRefusedError(SECRET)

    monkeypatch.setattr(Sessions, "end", unavailable)
    answer = await browser.ask(LOGOUT)
    assert code(answer) == "SERVICE_UNAVAILABLE"
    assert answer["errors"][0]["extensions"]["retryAfter"] == 1
    assert browser.cookies == cookies
    assert "request refused: SERVICE_UNAVAILABLE, caused by ConnectionRefusedError" in caplog.messages
    assert SECRET not in caplog.text


@pytest.mark.parametrize(
    ("query", "variables", "message"),
    [
        (
            "query ($many: Int) { auditEvents(first: $many) { edges { cursor } } }",
            {"many": SECRET},
            "The value of the variable $many does not fit its type",
        ),
        (
            "query ($when: DateTime) { auditEvents(filter: {since: $when}) { edges { cursor } } }",
            {"when": SECRET},
            "The value of the variable $when does not fit its type",
        ),
        (
            "query ($when: DateTime) { auditEvents(filter: {since: $when}) { edges { cursor } } }",
            {"when": "0001-01-01T00:00:00+14:00"},
            "The value of the variable $when does not fit its type",
        ),
        (
            "query ($kinds: [AuditKind!]) { auditEvents(filter: {kinds: $kinds}) { edges { cursor } } }",
            {"kinds": ["LOGIN", SECRET]},
            "The value of the variable $kinds does not fit its type",
        ),
        (
            "mutation ($input: LoginInput!) { auth { login(input: $input) { success } } }",
            {"input": {"email": "a", "password": SECRET, "no": SECRET}},
            "The value of the variable $input does not fit its type",
        ),
        (
            "mutation ($input: LoginInput!) { auth { login(input: $input) { success } } }",
            {},
            "The value of the variable $input does not fit its type",
        ),
    ],
    ids=range(6),
)
async def test_a_wrong_variable_is_named_but_not_quoted(
    browser: Browser, query: str, variables: dict[str, Any], message: str, caplog: pytest.LogCaptureFixture
) -> None:
    """It is the client's mistake, in every type, and no bug of ours that the log would have to know."""
    answer = await browser.post(query, variables, Accept=GRAPHQL_JSON)
    assert (answer.status_code, codes(answer)) == (400, ["BAD_USER_INPUT"])
    (error,) = answer.json()["errors"]
    assert error["message"] == message
    assert error["locations"][0]["line"] == 1
    assert "data" not in answer.json()
    assert SECRET not in answer.text
    assert [record for record in caplog.records if record.levelno >= logging.WARNING] == []


async def test_a_variable_that_has_no_value_where_one_is_needed_is_named(browser: Browser) -> None:
    """Null may be given for what has a default, and is found out only when the field is run."""
    answer = await browser.ask(
        "mutation ($remember: Boolean = true) {"
        ' auth { login(input: {email: "a", password: "b", rememberMe: $remember}) { success } } }',
        {"remember": None},
    )
    assert answer["data"] == {"auth": {"login": None}}
    assert code(answer) == "BAD_USER_INPUT"
    assert answer["errors"][0]["message"] == "The value of the variable $remember does not fit its place"
    assert answer["errors"][0]["path"] == ["auth", "login"]


async def test_the_frameworks_switches_for_developers_are_off(app: Quart) -> None:
    """By the environment they would be on for whoever has `QUART_DEBUG`, and answer with tracebacks."""
    assert (app.debug, app.testing, app.config["PROPAGATE_EXCEPTIONS"]) == (False, False, False)


async def test_what_the_framework_and_the_loop_log_is_masked_too(
    app: Quart, caplog: pytest.LogCaptureFixture
) -> None:
    """What fails outside of every handler of ours, and what fails in a task that nobody awaits."""
    try:
        raise Unforeseen(SECRET)
    except Unforeseen as error:
        app.log_exception(sys.exc_info())
        asyncio.get_running_loop().call_exception_handler({"message": SECRET, "exception": error})
    framework, loop = [record.getMessage() for record in caplog.records]
    assert framework.startswith("Exception: Unforeseen at ")
    assert loop.startswith("unexpected in the event loop: Unforeseen at ")
    assert SECRET not in "".join(f"{vars(record)}" for record in caplog.records)

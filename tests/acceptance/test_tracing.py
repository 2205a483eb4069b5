"""A collector at a real server: what it is sent is what happened, by whom, and nothing that is secret."""

import json
import sqlite3
from collections import defaultdict
from collections.abc import Sequence
from contextlib import closing
from typing import Any
from urllib.parse import urlsplit

import pytest
import requests

from tests.acceptance.client import LOGIN, LOGIN_BODY, LOGOUT, ME, REFRESH, REFRESH_BODY, Client
from tests.acceptance.site import Site
from tests.support.collector import Collector, Span
from tests.web.test_leaks import BODIES, CANARY, LITERALS, SECRETS_OF_HEADERS, VARIABLES

pytestmark = pytest.mark.acceptance

ONE_BACKEND = pytest.mark.parametrize("backend", ["sqlite"], indirect=True)

KNOWN = {
    "http.request.method",
    "http.response.status_code",
    "http.route",
    "network.protocol.version",
    "graphql.operation.type",
    "graphql.operation.name",
    "error.type",
    "latchkey.request_id",
    "user.id",
    "session.id",
    "db.system.name",
    "db.query.summary",
}
"""All that a span may have."""

JSON = {"Content-Type": "application/json"}
TRACE, PARENT = "0af7651916cd43dd8448eb211c80319c", "b7ad6b7169203331"


def tracing(collector: Collector, **others: str) -> dict[str, Any]:
    """Give the variables that send traces to a collector, and not before the server stops."""
    return {"OTEL_EXPORTER_OTLP_ENDPOINT": collector.url, "OTEL_BSP_SCHEDULE_DELAY": "600000", **others}


def of_operations(spans: Sequence[Span]) -> list[Span]:
    """Give the spans of requests for operations."""
    return [span for span in spans if span.attributes.get("http.route") == "/graphql"]


def tree(spans: Sequence[Span], root: Span) -> list[object]:
    """Give the names of the steps below a span, and after each that has steps itself a list of them."""
    below = defaultdict[str, list[Span]](list)
    for span in spans:
        below[span.parent_id].append(span)
    found: list[object] = []
    for span in below[root.span_id]:
        assert root.began <= span.began <= span.ended <= root.ended
        assert span.trace_id == root.trace_id
        found += [span.name, *([tree(spans, span)] if below[span.span_id] else [])]
    return found


def test_a_request_is_a_span_and_what_it_does_is_below(site: Site, collector: Collector) -> None:
    """Sign-in, use and sign-out, statement by statement, and the same trace in the lines of the log."""
    server = site.start(**tracing(collector, OTEL_SERVICE_NAME="accounts", LATCHKEY_LOG_FORMAT="json"))
    with Client(server.base_url) as browser:
        browser.login()
        me = browser.http.post(f"{server.base_url}/graphql", json={"query": ME}, timeout=60)
        browser.ask(LOGOUT)
        browser.ask("{ what { is { this } } }")
    requests.get(f"{server.base_url}/no/such/page", timeout=60)
    assert collector.spans() == []
    assert server.terminate() == 0
    spans = collector.spans()
    assert {span.resource["service.name"] for span in spans} == {"accounts"}
    assert {span.kind for span in spans if not span.parent_id} == {"SERVER"}
    assert not any(span.failed for span in spans)
    assert [(span.name, tree(spans, span)) for span in of_operations(spans)] == [
        ("mutation auth.login", ["FIND_ACCOUNT", "argon2", "ADMIT"]),
        ("query me", ["IDENTIFY"]),
        ("mutation auth.logout", ["END_SESSION"]),
        ("POST /graphql", []),
    ]
    _, asked, _, wrong = of_operations(spans)
    (session,) = site.rows("SELECT id, user_id FROM sessions")
    assert asked.attributes == {
        "http.request.method": "POST",
        "http.route": "/graphql",
        "http.response.status_code": 200,
        "network.protocol.version": "1.1",
        "graphql.operation.type": "query",
        "graphql.operation.name": "me",
        "latchkey.request_id": me.headers["X-Request-Id"],
        "user.id": str(session["user_id"]),
        "session.id": str(session["id"]),
    }
    (identify,) = (span for span in spans if span.name == "IDENTIFY")
    system = "postgresql" if site.postgres else "sqlite"
    assert identify.attributes == {"db.system.name": system, "db.query.summary": "IDENTIFY"}
    assert wrong.attributes["error.type"] == "GRAPHQL_VALIDATION_FAILED"
    assert (spans[-1].name, spans[-1].attributes["http.response.status_code"]) == ("GET", 404)
    lines = [json.loads(line) for line in server.log_text().splitlines() if line.startswith("{")]
    logged = {line["request_id"]: line["trace_id"] for line in lines if "duration_ms" in line}
    assert logged.items() >= {
        (span.attributes["latchkey.request_id"], span.trace_id) for span in spans if not span.parent_id
    }


@ONE_BACKEND
def test_nothing_secret_is_in_a_trace(site: Site, collector: Collector) -> None:
    """Whatever a client sends, rightly or wrongly: only what is known beforehand is ever sent on."""
    server = site.start(**tracing(collector, OTEL_BSP_MAX_QUEUE_SIZE="20000"))
    secrets = [CANARY, "test@example.com", "password", "a wrong one"]
    with Client(server.base_url) as browser, Client(server.base_url) as program:
        for client in (browser, program):
            secrets.append(client.login())
        secrets += browser.cookies.values()
        for query in (LOGIN.replace('"password"', '"a wrong one"'), LOGIN_BODY, *LITERALS):
            browser.ask(query.replace("%s", CANARY))
        for query, variables in VARIABLES:
            browser.ask(query, variables)
        token = program.ask(LOGIN_BODY)["data"]["auth"]["login"]["refreshToken"]
        renewed = program.ask(REFRESH_BODY, {"refreshToken": token})["data"]["auth"]["refreshToken"]
        secrets += [token, renewed["accessToken"], renewed["refreshToken"]]
        for body in BODIES:
            requests.post(f"{server.base_url}/graphql", data=body, timeout=60)
            program.http.post(f"{server.base_url}/graphql", data=body, headers=JSON, timeout=60)
        for name, value in {**SECRETS_OF_HEADERS, "Tracestate": f"a={CANARY}", "Baggage": CANARY}.items():
            requests.post(f"{server.base_url}/graphql?{CANARY}", headers={name: value}, timeout=60)
        requests.get(f"{server.base_url}/{CANARY}?{CANARY}", timeout=60)
        requests.request(CANARY, f"{server.base_url}/", timeout=60)
        secrets.append(program.ask(REFRESH)["data"]["auth"]["refreshToken"]["accessToken"])
    assert server.terminate() == 0
    spans = collector.spans()
    assert len(of_operations(spans)) > len([*LITERALS, *VARIABLES, *BODIES, *SECRETS_OF_HEADERS])
    assert {name for span in spans for name in span.attributes} == KNOWN
    sent = b"".join(collector.received.bodies).lower()
    # One of the cookies holds the access token that is in the answer as well.
    assert len(set(secrets)) == 4 + 2 + 3 + 3 + 1
    assert [secret for secret in secrets if secret.lower().encode() in sent] == []


@ONE_BACKEND
def test_a_fault_is_told_by_its_kind(site: Site, collector: Collector) -> None:
    """What a database says when it fails quotes its statement, and may quote a value."""
    server = site.start(**tracing(collector))
    with closing(sqlite3.connect(urlsplit(site.settings["LATCHKEY_DATABASE_URL"]).path)) as connection:
        connection.execute("ALTER TABLE users RENAME TO people")
    with Client(server.base_url) as browser:
        assert browser.ask(LOGIN)["errors"][0]["extensions"]["code"] == "INTERNAL_SERVER_ERROR"
    assert server.terminate() == 0
    root, *steps = [span for span in collector.spans() if span.failed]
    assert (root.name, root.attributes["error.type"]) == ("mutation auth.login", "INTERNAL_SERVER_ERROR")
    assert [(span.name, span.attributes["error.type"]) for span in steps] == [
        ("FIND_ACCOUNT", "OperationalError")
    ]


@ONE_BACKEND
@pytest.mark.parametrize(
    ("proxies", "header", "expected"),
    [
        (1, f"00-{TRACE}-{PARENT}-01", (TRACE, PARENT)),
        (1, f"00-{TRACE}-{PARENT}-00", None),
        (1, f"00-{TRACE}-{PARENT}", "begun here"),
        (0, f"00-{TRACE}-{PARENT}-01", "begun here"),
        (0, f"00-{TRACE}-{PARENT}-00", "begun here"),
    ],
)
def test_the_trace_of_a_trusted_proxy_is_continued(
    site: Site, collector: Collector, proxies: int, header: str, expected: object
) -> None:
    """Also its word that this one is not recorded. Of anybody else's nothing is believed."""
    server = site.start(**tracing(collector, LATCHKEY_TRUSTED_PROXIES=str(proxies)))
    answer = requests.get(f"{server.base_url}/healthz", headers={"traceparent": header}, timeout=60)
    assert server.terminate() == 0
    found = [span for span in collector.spans() if span.name == "GET /healthz"]
    (line,) = (each for each in server.log_text().splitlines() if answer.headers["X-Request-Id"] in each)
    assert len(found) == (expected is not None)
    assert ("trace_id=" in line) == (expected is not None)
    for span in found:
        assert f"trace_id={span.trace_id} " in line
        assert (span.trace_id, span.parent_id) == expected or (
            expected == "begun here" and span.trace_id != TRACE and span.parent_id == ""
        )


@ONE_BACKEND
def test_the_sampler_is_the_one_that_is_set(site: Site, collector: Collector) -> None:
    """What is not recorded is not sent, and says nothing of a trace in the log."""
    server = site.start(**tracing(collector, OTEL_TRACES_SAMPLER="always_off"))
    with Client(server.base_url) as browser:
        browser.login()
    assert server.terminate() == 0
    assert collector.received.bodies == []
    assert "trace_id" not in server.log_text()

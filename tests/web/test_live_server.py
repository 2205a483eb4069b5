"""What only a real server, and a client that minds no rule of HTTP, can show."""

import http.client
import json
import socket
from collections.abc import Callable, Mapping
from pathlib import Path

import pytest

from tests.support import databases
from tests.support.processes import ServerProcess

pytestmark = [pytest.mark.acceptance]

CANARY = b"C4N4RYc4n4ry"
CLOSE = b"Host: localhost\r\nConnection: close\r\n"
CHUNK = b"4000\r\n" + b" " * 0x4000 + b"\r\n"
POST = b"POST /graphql HTTP/1.1\r\n" + CLOSE + b"Content-Type: application/json\r\n"


@pytest.fixture
def server(
    start_server: Callable[..., ServerProcess], sqlite_template: Path, tmp_path: Path
) -> ServerProcess:
    """Run a server on SQLite, whose log is in JSON."""
    url = databases.copy_sqlite(sqlite_template, tmp_path)
    return start_server({"LATCHKEY_DATABASE_URL": url, "LATCHKEY_LOG_FORMAT": "json"})


def ask(server: ServerProcess, data: bytes) -> tuple[int, Mapping[str, str], bytes]:
    """Send these bytes, and give the status, the headers and the body of what comes back."""
    with socket.create_connection(("127.0.0.1", server.port), timeout=30) as connection:
        connection.sendall(data)
        received = b""
        while part := connection.recv(65536):
            received += part
    head, _, body = received.partition(b"\r\n\r\n")
    status, *lines = head.decode().split("\r\n")
    headers = {name.lower(): value.strip() for name, _, value in (line.partition(":") for line in lines)}
    return int(status.split()[1]), headers, body


REQUESTS = {
    "no such path": (b"GET /a%0AERROR%20forged%1b HTTP/1.1\r\n" + CLOSE + b"\r\n", 404),
    "a path that is none": (b"OPTIONS * HTTP/1.1\r\n" + CLOSE + b"\r\n", 404),
    "a target with a host and no path": (b"PUT http://localhost HTTP/1.1\r\n" + CLOSE + b"\r\n", 405),
    "a host that is none": (b"GET /nothing HTTP/1.1\r\nHost: a b<>/\r\nConnection: close\r\n\r\n", 404),
    "HTTP/1.0 without a host": (b"GET /nothing HTTP/1.0\r\n\r\n", 404),
    "a length that is too much": (POST + b"Content-Length: 5000000\r\n\r\n" + b" " * 100_000, 413),
    "chunks that are too much": (
        POST
        + b"Transfer-Encoding: chunked\r\n\r\n"
        + (b"4000\r\n" + b" " * 0x4000 + b"\r\n") * 5
        + b"0\r\n\r\n",
        413,
    ),
    "a web socket": (
        b"GET /graphql HTTP/1.1\r\nHost: localhost\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n"
        b"Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n",
        400,
    ),
}


def test_every_refusal_is_json_with_a_code_and_every_header(server: ServerProcess) -> None:
    """Nothing is a 500, nothing is HTML, and nothing says by which server it was written."""
    for data, status in REQUESTS.values():
        found, headers, body = ask(server, data)
        assert (data[:60], found) == (data[:60], status)
        (error,) = json.loads(body)["errors"]
        assert error["extensions"] == {"code": "BAD_USER_INPUT", "requestId": headers["x-request-id"]}
        assert headers["content-type"] == "application/json; charset=utf-8"
        assert headers["x-content-type-options"] == "nosniff"
        assert headers["cache-control"] == "no-store"
        assert headers["content-security-policy"].startswith("default-src 'none'; base-uri 'none'; ")
        assert "server" not in headers
    assert server.terminate() == 0
    # What the server says to the person who started it is no log line.
    said = ("App:", "Playground:")
    lines = [json.loads(line) for line in server.log_text().splitlines() if not line.startswith(said)]
    assert {line["level"] for line in lines} == {"INFO"}
    assert "GET /a%0AERROR%20forged%1B" in [line["message"] for line in lines]


SECRETS = {
    "a literal": (
        200,
        b'{"query": "mutation { auth { login(input: {email: 1, password: \\"%s\\"}) { success } } }"}',
    ),
    "a syntax error": (200, b'{"query": "{ me \\"%s\\" "}'),
    "a variable": (
        200,
        b'{"query": "mutation ($a: LoginInput!) { auth { login(input: $a) { success } } }",'
        b' "variables": {"a": {"email": "%s", "password": "%s", "no": "%s"}}}',
    ),
    "a wrong password": (
        200,
        b'{"query": "mutation { auth { login(input: {email: \\"a@example.com\\", password: \\"%s\\"})'
        b' { success } } }"}',
    ),
    "no JSON": (400, b'{"query": "%s'),
}
HEADERS = (
    b"Authorization: Bearer %s\r\nCookie: auth-token=%s; refresh_token=%s; client_fp=%s\r\nX-Api-Key: %s\r\n"
)


def test_a_real_server_prints_and_answers_no_secret(server: ServerProcess) -> None:
    """Not in any line of its own or of its libraries, nor when what comes is not even HTTP."""
    headers = HEADERS.replace(b"%s", CANARY)
    for status, body in SECRETS.values():
        body = body.replace(b"%s", CANARY)
        length = b"Content-Length: %d\r\n\r\n" % len(body)
        found, answered, text = ask(server, POST + headers + length + body)
        assert (body, found) == (body, status)
        assert CANARY not in text + repr(answered).encode()
    for data in (b"GET /%s\r\n\r\n", b"POST /graphql HTTP/1.1\r\n%s\r\n\r\n", b"%s\r\n\r\n"):
        found, answered, text = ask(server, data.replace(b"%s", CANARY))
        assert (found, text) == (400, b"")
        assert CANARY not in repr(answered).encode()
    assert server.terminate() == 0
    assert "POST /graphql" in server.log_text()
    assert CANARY.decode() not in server.log_text()


def refused_before_its_body(length: int) -> bytes:
    """Write the head of a request that is refused for its type, with a body of so many bytes to come."""
    kept = b"POST /graphql HTTP/1.1\r\nHost: localhost\r\nContent-Type: text/plain\r\n"
    return kept + b"Content-Length: %d\r\n\r\n" % length


def answer_of(connection: socket.socket) -> tuple[int, Mapping[str, str]]:
    """Read one answer, and leave the connection open."""
    answer = http.client.HTTPResponse(connection)
    answer.begin()
    answer.read()
    return answer.status, {name.lower(): value for name, value in answer.getheaders()}


def test_a_refusal_leaves_the_connection_good_for_the_next_request(server: ServerProcess) -> None:
    """What is refused by its head may have its body on the way still."""
    with socket.create_connection(("127.0.0.1", server.port), timeout=30) as connection:
        for _ in range(3):
            connection.sendall(refused_before_its_body(5))
            connection.sendall(b"12345")
            status, headers = answer_of(connection)
            assert (status, "connection" in headers) == (415, False)


def test_a_refusal_says_that_the_connection_is_no_good_any_more(server: ServerProcess) -> None:
    """A body that never comes would be taken for the head of the next request."""
    with socket.create_connection(("127.0.0.1", server.port), timeout=30) as connection:
        connection.sendall(refused_before_its_body(5))
        status, headers = answer_of(connection)
        assert (status, headers["connection"]) == (415, "close")
        assert connection.recv(1) == b""


def test_who_is_refused_in_the_middle_of_a_body_may_send_the_rest(server: ServerProcess) -> None:
    """The connection is closed, and not reset: a proxy that is not done yet has its answer to pass on."""
    with socket.create_connection(("127.0.0.1", server.port), timeout=30) as connection:
        connection.sendall(POST + b"Content-Length: 70000\r\n\r\n" + b" " * 1000)
        status, headers = answer_of(connection)
        assert (status, headers["connection"]) == (413, "close")
        for _ in range(69):
            connection.sendall(b" " * 1000)
        assert connection.recv(1) == b""

"""What a request has to look like, and what is answered to one that does not."""

import json
from collections.abc import AsyncIterator
from typing import Any

import httpx
import pytest

from tests.web.serving import GRAPHQL, GRAPHQL_JSON, JSON, ONE_BACKEND, codes, send

pytestmark = ONE_BACKEND

ME = json.dumps({"query": "{ me { id } }"})
LIMIT = 64 * 1024


@pytest.mark.parametrize(
    "content_type",
    [
        "application/json",
        "APPLICATION/JSON",
        "application/json; charset=utf-8",
        'application/json;charset="UTF-8"',
    ],
)
async def test_json_is_read_however_its_type_is_spelled(http: httpx.AsyncClient, content_type: str) -> None:
    """Media types and charsets are compared without regard to case, and UTF-8 may be named."""
    answer = await send(http, [("Content-Type", content_type)], content=ME)
    assert (answer.status_code, answer.json()) == (200, {"data": {"me": None}})


@pytest.mark.parametrize(
    "headers",
    [
        [],
        [("Content-Type", "")],
        [("Content-Type", "text/plain")],
        [("Content-Type", "application/graphql")],
        [("Content-Type", "application/x-www-form-urlencoded")],
        [("Content-Type", "multipart/form-data; boundary=x")],
        [("Content-Type", "application/json; charset=utf-16")],
        [("Content-Type", "application/json"), ("Content-Encoding", "gzip")],
        [("Content-Type", "text/plain; application/json")],
    ],
)
async def test_every_other_type_is_415(http: httpx.AsyncClient, headers: list[tuple[str, str]]) -> None:
    """A form, which a foreign page could send without a preflight, is never read as an operation."""
    answer = await send(http, headers, content=ME)
    assert (answer.status_code, codes(answer)) == (415, ["BAD_USER_INPUT"])


@pytest.mark.parametrize("method", ["GET", "HEAD", "PUT", "PATCH", "DELETE", "OPTIONS", "TRACE", "BREW"])
async def test_every_other_method_is_405_and_says_which_is_not(http: httpx.AsyncClient, method: str) -> None:
    """Allow names POST; an OPTIONS request that is no preflight is no exception."""
    answer = await send(http, [], method=method, content=ME)
    assert answer.status_code == 405
    assert "POST" in answer.headers["Allow"].split(", ")
    if method != "HEAD":
        assert codes(answer) == ["BAD_USER_INPUT"]


async def chunks(count: int, size: int) -> AsyncIterator[bytes]:
    """Give a body whose length nobody announces."""
    for _ in range(count):
        yield b" " * size


@pytest.mark.parametrize("chunked", [False, True])
async def test_a_body_of_more_than_64_kib_is_413(http: httpx.AsyncClient, *, chunked: bool) -> None:
    """The length that is announced is refused at once, and one that is not as soon as it is too much."""
    content: Any = chunks(65, 1024) if chunked else b" " * (LIMIT + 1)
    answer = await send(http, [("Content-Type", JSON)], content=content)
    assert (answer.status_code, codes(answer)) == (413, ["BAD_USER_INPUT"])


@pytest.mark.parametrize("chunked", [False, True])
async def test_a_body_of_64_kib_is_read(http: httpx.AsyncClient, *, chunked: bool) -> None:
    """The limit itself is allowed."""

    async def body() -> AsyncIterator[bytes]:
        padding = LIMIT - len(ME)
        yield ME.encode()
        yield b" " * (padding - padding // 2)
        yield b" " * (padding // 2)

    content: Any = body() if chunked else ME.ljust(LIMIT).encode()
    answer = await send(http, [("Content-Type", JSON)], content=content)
    assert (answer.status_code, answer.json()) == (200, {"data": {"me": None}})


MALFORMED = [
    b"",
    b"{",
    b"null",
    b"42",
    b'"{ me { id } }"',
    b"[]",
    f"[{ME}]".encode(),
    f"[{ME},{ME}]".encode(),
    b'{"query": "\xff\xfe"}',
    b'{"query": "\xed\xa0\x80"}',
    b'{"query": "\\ud800"}',
    b"\xef\xbb\xbf" + ME.encode(),
    ME.encode("utf-16"),
    b"NaN",
    b'{"query": NaN}',
    b"[" * 60000,
    b'{"a":' * 10000,
    b'{"query": "{me{id}}", "variables": ' + b"[" * 20000 + b"]" * 20000 + b"}",
    b'{"query": "{me{id}}", "variables": {"a": 1e99999}}',
    b"query=%7Bme%7D",
    b"{}",
    b'{"query": null}',
    b'{"query": ""}',
    b'{"query": 42}',
    b'{"query": ["{ me { id } }"]}',
    b'{"query": {"a": 1}}',
    b'{"query": "{me{id}}", "variables": []}',
    b'{"query": "{me{id}}", "variables": "{}"}',
    b'{"query": "{me{id}}", "variables": 0}',
    b'{"query": "{me{id}}", "operationName": 1}',
    b'{"query": "{me{id}}", "operationName": {}}',
    b'{"query": "{me{id}}", "extensions": []}',
    b'{"query": "{me{id}}", "documentId": 1}',
    b'{"query": "{me{id}}", "variables": {"a": [' + b"0," * 997 + b"0]}}",
    b'{"query": "{me{id}}", "variables": {"a": [' + b"[]," * 20000 + b"0]}}",
    b'{"query": "{me{id}}", "variables": {"a": "\\u0000"}}',
    b'{"query": "{me{id}}", "variables": {"\\u0000": 1}}',
    b'{"query": "{me{id}}", "variables": {"a": [{"b": "x\\u0000"}]}}',
    b'\x00{"query": "{me{id}}"}',
]


@pytest.mark.parametrize("accept", [JSON, GRAPHQL_JSON])
async def test_what_is_no_request_is_400_in_both_media_types(http: httpx.AsyncClient, accept: str) -> None:
    """Malformed JSON, batches, wrong types and what nothing can store are errors, and never a 500."""
    for body in MALFORMED:
        answer = await send(http, [("Content-Type", JSON), ("Accept", accept)], content=body)
        assert (body[:60], answer.status_code, codes(answer)) == (body[:60], 400, ["BAD_USER_INPUT"])
        assert answer.headers["Content-Type"] == f"{accept}; charset=utf-8"
        assert "data" not in answer.json()


@pytest.mark.parametrize(
    "extra",
    [
        {"variables": None, "operationName": None, "extensions": None},
        {"variables": {}, "extensions": {"unknown": 1}},
        {"variables": {"unused": [1, {"a": None}]}, "id": "ignored"},
        {"variables": {"a": [0] * 997}, "documentId": "not looked at where a text is"},
    ],
)
async def test_null_and_unknown_parameters_are_fine(http: httpx.AsyncClient, extra: dict[str, Any]) -> None:
    """The specification allows null for what is not given, and asks to ignore what is not known."""
    answer = await http.post(GRAPHQL, json={"query": "{ me { id } }", **extra})
    assert (answer.status_code, answer.json()) == (200, {"data": {"me": None}})


@pytest.mark.parametrize("path", ["/nothing", "/graphql/", "/%ff", "/playground//style.css", "/graphql%00"])
@pytest.mark.parametrize("method", ["GET", "POST"])
async def test_an_unknown_path_is_404_in_json(http: httpx.AsyncClient, path: str, method: str) -> None:
    """Nothing redirects, and nothing is ever HTML."""
    answer = await http.request(method, path)
    assert (answer.status_code, codes(answer)) == (404, ["BAD_USER_INPUT"])

"""The client of the benchmarks: it believes no answer that it has not read whole and found right."""

import asyncio
from contextlib import closing

import pytest

from bench.connections import Answer, Connection, NoAnswer, WrongAnswer, length_of, post
from bench.operations import require_cookies, require_refusal
from tests.support.ports import free_port

HEAD = (
    b"HTTP/1.1 200 \r\nContent-Length: 2\r\n"
    b"set-cookie: a=1; Path=/\r\nset-cookie: b=2; Path=/\r\n"
    b"set-cookie: c=3=; Path=/\r\nset-cookie: d=4; Path=/\r\n\r\n"
)


def test_a_length_is_read_in_whatever_case() -> None:
    """Names of headers have none."""
    assert length_of(HEAD) == 2
    assert length_of(HEAD.lower()) == 2


async def test_a_connection_that_is_closed_is_no_answer() -> None:
    """It is told from an answer that is there and wrong: a client may ask again."""

    async def hang_up(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.readuntil(b"\r\n\r\n")
        writer.close()

    port = free_port()
    async with await asyncio.start_server(hang_up, "127.0.0.1", port):
        with closing(Connection(port)) as connection, pytest.raises(NoAnswer, match="IncompleteReadError"):
            await connection.ask(post(b""))


def test_an_answer_without_length_is_wrong() -> None:
    """A client that guessed would count half an answer."""
    with pytest.raises(WrongAnswer, match="no length"):
        length_of(b"HTTP/1.1 200 \r\nX: content-length\r\n\r\n")


@pytest.mark.parametrize(("status", "body"), [(500, b"{}"), (200, b"{ }"), (200, b"")])
def test_any_other_answer_is_wrong(status: int, body: bytes) -> None:
    """Neither another status nor another byte is let pass."""
    Answer(200, b"", b"{}").require(b"{}")
    with pytest.raises(WrongAnswer, match=f"status {status}"):
        Answer(status, b"", body).require(b"{}")


def test_cookies_go_back_as_a_browser_sends_them() -> None:
    """All four, without their attributes."""
    assert require_cookies(Answer(200, HEAD, b"{}")) == "a=1; b=2; c=3=; d=4"


@pytest.mark.parametrize("head", [HEAD.replace(b"=4", b'=""'), HEAD.replace(b"set-cookie: d", b"x: d")])
def test_a_session_lacks_no_cookie(head: bytes) -> None:
    """One that is cleared or missing is no session, and the names alone are told."""
    with pytest.raises(WrongAnswer, match="a session with the cookies") as refused:
        require_cookies(Answer(200, head, b"{}"))
    assert "3=" not in str(refused.value)


@pytest.mark.parametrize(
    "body",
    [
        b'{"data":{"me":null}}',
        b'{"errors":[{"extensions":{"code":"INTERNAL_SERVER_ERROR"}}]}',
        b'{"errors":[{"extensions":{"code":"QUERY_TOO_COMPLEX"}}],"data":null}',
        b"{}",
    ],
)
def test_a_hostile_document_is_refused_and_nothing_else(body: bytes) -> None:
    """Data, a crash and an empty answer are all faults."""
    require_refusal(Answer(200, b"", b'{"errors":[{"extensions":{"code":"QUERY_TOO_COMPLEX"}}]}'))
    with pytest.raises(WrongAnswer, match="hostile document"):
        require_refusal(Answer(200, b"", body))


def test_a_request_is_whole() -> None:
    """The cookie is sent only where there is one, and the length is that of the body."""
    assert post(b"{}").endswith(b"\r\nContent-Length: 2\r\n\r\n{}")
    assert post(b"{}", cookie="a=1").endswith(b"\r\nContent-Length: 2\r\nCookie: a=1\r\n\r\n{}")

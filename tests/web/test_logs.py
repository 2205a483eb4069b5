"""Log lines: one to an event, by a thread, with the fields that are known and nothing that is forged."""

import asyncio
import io
import json
import logging
import threading
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import asynccontextmanager, contextmanager

import httpx
import pytest

from services.sessions import Sessions
from tests.web.serving import GRAPHQL, ONE_BACKEND
from web import logs

EVIL = "\n2026-01-01T00:00:00.000Z ERROR   web: forged \x1b[31m\r\x85\u2028\u202e"


@pytest.fixture(autouse=True)
def _root() -> Iterator[None]:
    """Give the root logger back as it was."""
    root = logging.getLogger()
    handlers, level = root.handlers[:], root.level
    yield
    root.handlers[:] = handlers
    root.setLevel(level)


@contextmanager
def written(monkeypatch: pytest.MonkeyPatch, log_format: str) -> Iterator[Callable[[], list[str]]]:
    """Configure logging as the server does, and give what was written, once it is stopped."""
    stderr = io.StringIO()
    monkeypatch.setattr("sys.stderr", stderr)
    listener = logs.configure(log_format)
    yield lambda: stderr.getvalue().splitlines()
    listener.stop()


@asynccontextmanager
async def written_meanwhile(
    monkeypatch: pytest.MonkeyPatch, log_format: str
) -> AsyncIterator[Callable[[], list[str]]]:
    """Do the same around a running loop, which may not wait for a thread."""
    lines = written(monkeypatch, log_format)
    yield lines.__enter__()
    await asyncio.to_thread(lines.__exit__, None, None, None)


def test_text_is_one_line_with_the_fields_that_are_known(monkeypatch: pytest.MonkeyPatch) -> None:
    """What a client can put into a message neither ends the line nor reaches the terminal as a command."""
    with written(monkeypatch, "text") as lines:
        logging.getLogger("web.test").info("GET %s", EVIL, extra={"status": 200, "secret": "no"})
    (line,) = lines()
    assert line.isprintable()
    assert line.endswith(
        "Z INFO    web.test: GET \\n2026-01-01T00:00:00.000Z ERROR   web: forged"
        " \\x1b[31m\\r\\x85\\u2028\\u202e status=200"
    )


def test_json_is_one_object_to_a_line(monkeypatch: pytest.MonkeyPatch) -> None:
    """A program reads back what was meant, to the character."""
    with written(monkeypatch, "json") as lines:
        token = logs.request_id.set("an-id")
        logging.getLogger("web.test").warning("GET %s", EVIL, extra={"user_id": "u", "secret": "no"})
        logs.request_id.reset(token)
    (line,) = lines()
    found = json.loads(line)
    assert found.pop("time").endswith("Z")
    assert found == {
        "level": "WARNING",
        "logger": "web.test",
        "message": f"GET {EVIL}",
        "request_id": "an-id",
        "user_id": "u",
    }


@pytest.mark.parametrize("log_format", ["text", "json"])
def test_a_traceback_is_never_written(monkeypatch: pytest.MonkeyPatch, log_format: str) -> None:
    """Libraries log exceptions with their messages; of ours or theirs, the kind and the places are enough."""
    with written(monkeypatch, log_format) as lines:
        try:
            raise ValueError("hunter2")
        except ValueError:
            logging.getLogger("some.library").exception("it failed", stack_info=True)
    (line,) = lines()
    assert "it failed: ValueError at " in line
    assert "test_logs.py:" in line
    assert "hunter2" not in line
    assert "Traceback" not in line


def test_a_line_that_cannot_be_formatted_shows_no_argument(monkeypatch: pytest.MonkeyPatch) -> None:
    """The standard library would print the arguments to standard error."""
    with written(monkeypatch, "text") as lines:
        logging.getLogger("some.library").info("%d tokens", "hunter2")
    (line,) = lines()
    assert line.endswith("INFO    some.library: a line that cannot be formatted")


def test_details_are_not_logged(monkeypatch: pytest.MonkeyPatch) -> None:
    """At DEBUG, database libraries log each statement with its values."""
    with written(monkeypatch, "text") as lines:
        logging.getLogger("tortoise.db_client").debug("SELECT 'hunter2'")
    assert lines() == []


def test_stopping_writes_what_waits_and_ends_the_thread(monkeypatch: pytest.MonkeyPatch) -> None:
    """The last lines of a server that stops are the ones that somebody will look for."""
    before = threading.active_count()
    with written(monkeypatch, "text") as lines:
        for number in range(500):
            logging.getLogger("web.test").info("line %d", number)
    assert [line.rpartition(" ")[2] for line in lines()] == [str(number) for number in range(500)]
    assert threading.active_count() == before


async def test_a_writer_that_is_stuck_delays_nobody(monkeypatch: pytest.MonkeyPatch) -> None:
    """Lines wait for it up to a bound, beyond which they are dropped."""
    monkeypatch.setattr(logs, "MAX_WAITING", 3)
    stuck, entered = threading.Event(), threading.Event()

    class Pipe(io.StringIO):
        def write(self, text: str) -> int:
            entered.set()
            stuck.wait()
            return super().write(text)

    pipe = Pipe()
    monkeypatch.setattr("sys.stderr", pipe)
    listener = logs.configure("text")
    logger = logging.getLogger("web.test")
    logger.info("line 0")
    await asyncio.to_thread(entered.wait)
    for number in range(1, 100):
        logger.info("line %d", number)
    assert pipe.getvalue() == ""
    stuck.set()
    await asyncio.to_thread(listener.stop)
    assert [line[-6:] for line in pipe.getvalue().splitlines()] == ["line 0", "line 1", "line 2", "line 3"]


@ONE_BACKEND
async def test_a_request_is_one_line_by_its_id(
    monkeypatch: pytest.MonkeyPatch, http: httpx.AsyncClient
) -> None:
    """The path is escaped and cut, the query string and the headers are left out."""
    async with written_meanwhile(monkeypatch, "text") as lines:
        ids = [
            (await http.get(path, headers={"User-Agent": "evil\x1b"})).headers["X-Request-Id"]
            for path in ("/a%0A%20b%1B?token=hunter2", "/" + "x" * 5000)
        ]
    first, second = [line.partition(" web.exchanges: ")[2] for line in lines() if "web.exchanges" in line]
    assert first.startswith(f"GET /a%0A%20b%1B request_id={ids[0]} status=404 duration_ms=")
    assert second.startswith(f"GET /{'x' * 199} request_id={ids[1]} status=404 duration_ms=")


@ONE_BACKEND
async def test_what_happens_inside_a_request_has_its_id(
    monkeypatch: pytest.MonkeyPatch, http: httpx.AsyncClient
) -> None:
    """Also what runs in a task of its own, as operations do; the ids of two requests are not mixed up."""
    body = {"query": "mutation { auth { logout { success } } }"}
    async with written_meanwhile(monkeypatch, "json") as lines:
        answers = await asyncio.gather(*(http.post(GRAPHQL, json=body) for _ in range(5)))
    found = [json.loads(line) for line in lines()]
    ids = sorted(answer.headers["X-Request-Id"] for answer in answers)
    for logger in ("web.exchanges", "web.cookies"):
        assert sorted(line["request_id"] for line in found if line["logger"] == logger) == ids


@ONE_BACKEND
async def test_an_unexpected_error_is_found_by_the_id_that_the_client_was_told(
    monkeypatch: pytest.MonkeyPatch, http: httpx.AsyncClient
) -> None:
    """In the answer, in the header and in the log it is the same one."""

    async def fail(*_: object) -> None:
        raise ValueError("hunter2")

    monkeypatch.setattr(Sessions, "identify", fail)
    async with written_meanwhile(monkeypatch, "json") as lines:
        answer = await http.post(GRAPHQL, json={"query": "{ me { id } }"})
    (line,) = [found for found in map(json.loads, lines()) if found["level"] == "ERROR"]
    (error,) = answer.json()["errors"]
    assert error["extensions"] == {"code": "INTERNAL_SERVER_ERROR", "requestId": line["request_id"]}
    assert answer.headers["X-Request-Id"] == line["request_id"]
    assert line["message"].startswith("unexpected ValueError at ")


async def test_what_nobody_awaited_is_logged_without_its_message(caplog: pytest.LogCaptureFixture) -> None:
    """The event loop itself would print the error, and the callback with its arguments."""
    loop = asyncio.get_running_loop()
    logs.watch(loop)

    def fail(secret: str) -> None:
        raise ValueError(secret)

    called = asyncio.Event()
    loop.call_soon(fail, "hunter2")
    loop.call_soon(called.set)
    await called.wait()
    (record,) = caplog.records
    assert record.getMessage().startswith("unexpected in the event loop: ValueError at ")
    assert "hunter2" not in caplog.text


async def test_a_connection_that_is_cut_is_no_error(caplog: pytest.LogCaptureFixture) -> None:
    """A server that stops cancels what its clients would not let end."""
    loop = asyncio.get_running_loop()
    logs.watch(loop)
    loop.call_exception_handler({"message": "cut", "exception": asyncio.CancelledError()})
    assert caplog.records == []


def test_the_frameworks_own_logger_shows_no_traceback(caplog: pytest.LogCaptureFixture) -> None:
    """It logs what fails outside of every handler of ours, with a filter in the place of a traceback."""
    logger = logging.getLogger("a framework")
    logger.addFilter(logs.redact)
    try:
        raise ValueError("hunter2")
    except ValueError:
        logger.exception("Exception on request %s", "GET /")
    (record,) = caplog.records
    assert record.getMessage().startswith("Exception on request GET /: ValueError at ")
    assert record.exc_info is None
    assert "hunter2" not in caplog.text

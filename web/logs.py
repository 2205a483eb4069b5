"""Logging off the event loop: a thread writes the lines, so that a slow pipe delays no request."""

import asyncio
import json
import logging
import queue
import sys
import threading
from contextvars import ContextVar
from datetime import UTC, datetime
from logging.handlers import QueueHandler
from typing import Any, TextIO

request_id: ContextVar[str | None] = ContextVar("request_id", default=None)
"""The request that the running task works for."""

trace_id: ContextVar[str | None] = ContextVar("trace_id", default=None)
"""The trace in which that request is recorded, if it is."""

FIELDS = ("request_id", "trace_id", "user_id", "session_id", "status", "duration_ms")
"""The fields that a log line may have beyond its message; nothing else is ever added."""

MAX_WAITING = 10_000
"""How many lines may wait for a writer that is stuck; more are dropped, rather than to fill the memory."""

GATHER = 0.1
"""How long lines gather before they are written together, in seconds.

A thread that wakes for each line takes the interpreter from the event loop each time, twice: to begin, and
again when its system call returns.
"""

_FRAMES = 8
_ENCODER = json.JSONEncoder(default=str)
logger = logging.getLogger(__name__)


def trail(error: BaseException) -> str:
    """Say what kind of error it is, what caused it, and where: messages and locals are where secrets hide."""
    trace, frames = error.__traceback__, []
    while trace is not None:
        frames.append(f"{trace.tb_frame.f_code.co_filename}:{trace.tb_lineno}")
        trace = trace.tb_next
    cause = f" caused by {type(error.__cause__).__name__}" if error.__cause__ is not None else ""
    return f"{type(error).__name__}{cause} at {' < '.join(reversed(frames[-_FRAMES:])) or 'an unknown place'}"


def redact(record: logging.LogRecord) -> bool:
    """Put the trail of an error in the place of its traceback; a filter that lets every line pass."""
    error = record.exc_info[1] if record.exc_info else None
    if error is not None:
        record.msg, record.args = f"{_text(record)}: {trail(error)}", None
    record.exc_info = record.exc_text = record.stack_info = None
    return True


def watch(loop: asyncio.AbstractEventLoop) -> None:
    """Log what nobody awaited: asyncio itself would print the error's message and what it was called with."""
    loop.set_exception_handler(_lost)


class Writer:
    """Writes lines to a stream in a thread of its own, from `start` to `stop`, and may be started again."""

    def __init__(
        self, lines: queue.SimpleQueue[logging.LogRecord | None], format_: logging.Formatter
    ) -> None:
        """Write to the standard error of now."""
        self._lines, self._format, self._stream = lines, format_, sys.stderr
        self._stopping = threading.Event()
        self._thread: threading.Thread | None = None

    def start(self) -> None:
        """Begin to write."""
        self._stopping.clear()
        self._thread = threading.Thread(target=self._write, name="log", daemon=True)
        self._thread.start()

    def stop(self) -> None:
        """Write what waits, and end the thread."""
        if self._thread is not None:
            self._stopping.set()
            self._lines.put_nowait(None)
            self._thread.join()
            self._thread = None

    def _write(self) -> None:
        while True:
            gathered = [self._lines.get()]
            self._stopping.wait(GATHER)
            gathered += [self._lines.get_nowait() for _ in range(self._lines.qsize())]
            lines = [self._format.format(record) for record in gathered if record is not None]
            _print(lines, self._stream)
            if None in gathered:
                return


def configure(log_format: str) -> Writer:
    """Send every logger's lines to standard error, written by a thread; give it, to be stopped at exit."""
    # What no line of ours shows need not be found out for each: by which thread and process, and where in the
    # code ("Optimization" in the HOWTO of the library).
    logging.logThreads = logging.logProcesses = logging.logMultiprocessing = False
    logging._srcfile = None
    lines: queue.SimpleQueue[logging.LogRecord | None] = queue.SimpleQueue()
    writer = Writer(lines, _FORMATS[log_format]())
    _handle_by(_Queue(lines))
    writer.start()
    return writer


def configure_without_thread(log_format: str) -> None:
    """Write lines at once, in a process that has no loop to hold up, and that forks: no thread bears that."""
    handler = logging.StreamHandler()
    handler.setFormatter(_FORMATS[log_format]())
    _handle_by(handler)


def _print(lines: list[str], stream: TextIO) -> None:
    try:
        stream.write("".join(f"{line}\n" for line in lines))
        stream.flush()
    except (OSError, ValueError):
        # Nobody reads there any more, and there is no other place to say so.
        return


def _handle_by(handler: logging.Handler) -> None:
    root = logging.getLogger()
    root.handlers[:] = [handler]
    root.setLevel(logging.INFO)


class _Queue(QueueHandler):
    def __init__(self, lines: queue.SimpleQueue[logging.LogRecord | None]) -> None:
        super().__init__(lines)
        self._lines = lines

    def prepare(self, record: logging.LogRecord) -> logging.LogRecord:
        # Not of a copy, as others do it: the record is for no other handler.
        redact(record)
        record.msg, record.args = _text(record), None
        record.request_id, record.trace_id = request_id.get(), trace_id.get()
        return record

    def enqueue(self, record: logging.LogRecord) -> None:
        if self._lines.qsize() < MAX_WAITING:
            self._lines.put_nowait(record)


class _Text(logging.Formatter):
    def format(self, record: logging.LogRecord) -> str:
        fields = "".join(f" {name}={value}" for name, value in _fields(record).items())
        return _one_line(
            f"{_instant(record)} {record.levelname:<7} {record.name}: {record.getMessage()}{fields}"
        )


class _Json(logging.Formatter):
    def format(self, record: logging.LogRecord) -> str:
        line = {"time": _instant(record), "level": record.levelname, "logger": record.name}
        return _ENCODER.encode({**line, "message": record.getMessage(), **_fields(record)})


_FORMATS: dict[str, type[logging.Formatter]] = {"json": _Json, "text": _Text}


def _lost(_: asyncio.AbstractEventLoop, context: dict[str, Any]) -> None:
    error = context.get("exception")
    if isinstance(error, asyncio.CancelledError):
        # A connection that is cut when a server stops is no surprise to who cut it.
        return
    logger.error("unexpected in the event loop: %s", trail(error) if error else "no error is known")


def _text(record: logging.LogRecord) -> str:
    try:
        return record.getMessage()
    except Exception:
        # The library would print the arguments to standard error, past everything that this module does.
        return "a line that cannot be formatted"


def _one_line(text: str) -> str:
    # Nobody may forge a line, or colour the terminal of who reads it, by what they name a path.
    return "".join(
        character if character.isprintable() else character.encode("unicode_escape").decode()
        for character in text
    )


def _fields(record: logging.LogRecord) -> dict[str, object]:
    values = {name: getattr(record, name, None) for name in FIELDS}
    return {name: value for name, value in values.items() if value is not None}


def _instant(record: logging.LogRecord) -> str:
    instant = datetime.fromtimestamp(record.created, UTC)
    return instant.isoformat(timespec="milliseconds").replace("+00:00", "Z")

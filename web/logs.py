"""Logging off the event loop: a thread writes the lines, so that a slow pipe delays no request."""

import asyncio
import json
import logging
import queue
from contextvars import ContextVar
from copy import copy
from datetime import UTC, datetime
from logging.handlers import QueueHandler, QueueListener
from typing import Any

request_id: ContextVar[str | None] = ContextVar("request_id", default=None)
"""The request that the running task works for."""

FIELDS = ("request_id", "user_id", "session_id", "status", "duration_ms")
"""The fields that a log line may have beyond its message; nothing else is ever added."""

MAX_WAITING = 10_000
"""How many lines may wait for a writer that is stuck; more are dropped, rather than to fill the memory."""

_FRAMES = 8
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


def configure(log_format: str) -> QueueListener:
    """Send every logger's lines to standard error, written by a thread; give it, to be stopped at exit."""
    lines: queue.SimpleQueue[logging.LogRecord] = queue.SimpleQueue()
    listener = QueueListener(lines, _writer(log_format))
    _handle_by(_Queue(lines))
    listener.start()
    return listener


def configure_without_thread(log_format: str) -> None:
    """Write lines at once, in a process that has no loop to hold up, and that forks: no thread bears that."""
    _handle_by(_writer(log_format))


def _writer(log_format: str) -> logging.Handler:
    writer = logging.StreamHandler()
    writer.setFormatter(_Json() if log_format == "json" else _Text())
    return writer


def _handle_by(handler: logging.Handler) -> None:
    root = logging.getLogger()
    root.handlers[:] = [handler]
    root.setLevel(logging.INFO)


class _Queue(QueueHandler):
    def __init__(self, lines: queue.SimpleQueue[logging.LogRecord]) -> None:
        super().__init__(lines)
        self._lines = lines

    def prepare(self, record: logging.LogRecord) -> logging.LogRecord:
        prepared = copy(record)
        redact(prepared)
        prepared.msg, prepared.args = _text(prepared), None
        prepared.request_id = request_id.get()
        return prepared

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
        return json.dumps({**line, "message": record.getMessage(), **_fields(record)}, default=str)


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

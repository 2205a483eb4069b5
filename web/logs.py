"""Logging off the event loop: a thread writes the lines, so that a slow pipe delays no request."""

import json
import logging
import queue
from contextvars import ContextVar
from datetime import UTC, datetime
from logging.handlers import QueueHandler, QueueListener

request_id: ContextVar[str | None] = ContextVar("request_id", default=None)
"""The request that the running task works for."""

FIELDS = ("request_id", "user_id", "session_id", "status", "duration_ms")
"""The fields that a log line may have beyond its message; nothing else is ever added."""


class _Queue(QueueHandler):
    def prepare(self, record: logging.LogRecord) -> logging.LogRecord:
        record.request_id = request_id.get()
        return super().prepare(record)


class _Text(logging.Formatter):
    def format(self, record: logging.LogRecord) -> str:
        fields = " ".join(f"{name}={value}" for name, value in _fields(record).items())
        return f"{_instant(record)} {record.levelname:<7} {record.name}: {record.getMessage()} {fields}".rstrip()


class _Json(logging.Formatter):
    def format(self, record: logging.LogRecord) -> str:
        line = {"time": _instant(record), "level": record.levelname, "logger": record.name}
        return json.dumps({**line, "message": record.getMessage(), **_fields(record)})


def configure(log_format: str) -> QueueListener:
    """Send every logger's lines to standard error, written by a thread of its own; give it, to be stopped at exit."""
    writer = logging.StreamHandler()
    writer.setFormatter(_Json() if log_format == "json" else _Text())
    lines: queue.SimpleQueue[logging.LogRecord] = queue.SimpleQueue()
    root = logging.getLogger()
    root.handlers[:] = [_Queue(lines)]
    root.setLevel(logging.INFO)
    listener = QueueListener(lines, writer)
    listener.start()
    return listener


def _fields(record: logging.LogRecord) -> dict[str, object]:
    values = {name: getattr(record, name, None) for name in FIELDS}
    return {name: value for name, value in values.items() if value is not None}


def _instant(record: logging.LogRecord) -> str:
    return datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")

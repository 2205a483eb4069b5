"""The steps of a request, told to whoever traces it: to nobody, unless the web edge has said otherwise.

A step is named by what stands in our own code, never by a value.
"""

from contextlib import AbstractContextManager, nullcontext
from contextvars import ContextVar
from typing import Protocol

TRANSACTION, INSERTS, ARGON2, VALKEY = "transaction", "inserts", "argon2", "valkey"


class Recorder(Protocol):
    """Notes how long steps take."""

    def statement(self, sql: str) -> AbstractContextManager[object]:
        """Note a statement, by its text with placeholders."""

    def work(self, name: str) -> AbstractContextManager[object]:
        """Note another step, by its name."""


recorder: ContextVar[Recorder | None] = ContextVar("recorder", default=None)
"""Who notes the steps of the request that the running task works for."""

_UNRECORDED = nullcontext()


def statement(sql: str) -> AbstractContextManager[object]:
    """Stand around a statement that is run."""
    noted_by = recorder.get()
    return _UNRECORDED if noted_by is None else noted_by.statement(sql)


def work(name: str) -> AbstractContextManager[object]:
    """Stand around another step; a transaction has its statements in it."""
    noted_by = recorder.get()
    return _UNRECORDED if noted_by is None else noted_by.work(name)

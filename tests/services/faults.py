"""A database that fails on cue, and one that stops in the middle until it is told to go on."""

import asyncio
from collections.abc import AsyncIterator, Callable, Coroutine, Sequence
from contextlib import asynccontextmanager
from typing import Any

import pytest
from tortoise.backends.asyncpg.client import TransactionWrapper
from tortoise.backends.sqlite.client import SqliteTransactionWrapper

from services import Services
from services.database_inserts import Insert
from services.database_outages import outages
from services.database_statements import Row, Statements, Transaction

BEGIN, COMMIT = "BEGIN", "COMMIT"
_DEADLINE = 20


class Faults:
    """Counts what is sent to the database, and lets the database be gone at one step of it."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.seen: list[str] = []
        self._at: int | None = None
        self._patch_statements(monkeypatch)
        for transaction in (SqliteTransactionWrapper, TransactionWrapper):
            for step in (BEGIN, COMMIT):
                self._patch_step(monkeypatch, transaction, step)

    def strike_at(self, number: int | None) -> None:
        """Count anew, and fail at this step; None fails at no step."""
        self.seen.clear()
        self._at = number

    def _step(self, sql: str) -> None:
        self.seen.append(sql)
        if len(self.seen) == self._at:
            raise OSError("the database is gone")

    def _patch_statements(self, monkeypatch: pytest.MonkeyPatch) -> None:
        fetch, execute, decide = Statements.fetch, Statements.execute, Statements.decide
        flush = Transaction.flush

        async def failing_fetch(statements: Statements, sql: str, *values: object) -> Sequence[Row]:
            with outages():
                self._step(sql)
            return await fetch(statements, sql, *values)

        async def failing_execute(statements: Statements, sql: str, *values: object) -> None:
            with outages():
                self._step(sql)
            await execute(statements, sql, *values)

        async def failing_decide(
            statements: Statements, sql: str, *values: object, then: Sequence[Insert]
        ) -> Row | None:
            with outages():
                self._step(sql)
            return await decide(statements, sql, *values, then=then)

        async def failing_flush(transaction: Transaction) -> None:
            with outages():
                for sql, _ in transaction._deferred:
                    self._step(sql)
            await flush(transaction)

        monkeypatch.setattr(Statements, "fetch", failing_fetch)
        monkeypatch.setattr(Statements, "execute", failing_execute)
        monkeypatch.setattr(Statements, "decide", failing_decide)
        monkeypatch.setattr(Transaction, "flush", failing_flush)

    def _patch_step(self, monkeypatch: pytest.MonkeyPatch, transaction: type, step: str) -> None:
        original: Callable[[Any], Coroutine[Any, Any, None]] = getattr(transaction, step.lower())

        async def failing(client: Any) -> None:
            self._step(step)
            await original(client)

        monkeypatch.setattr(transaction, step.lower(), failing)


class Gate:
    """Stops whoever has just run a statement, the first time, until it is opened."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch, sql: str) -> None:
        self._reached, self._opened = asyncio.Event(), asyncio.Event()
        self._sql = sql
        fetch, decide = Statements.fetch, Statements.decide

        async def stopping(statements: Statements, statement: str, *values: object) -> Sequence[Row]:
            rows = await fetch(statements, statement, *values)
            await self._stop_at(statement)
            return rows

        async def stopping_after(
            statements: Statements, statement: str, *values: object, then: Sequence[Insert]
        ) -> Row | None:
            row = await decide(statements, statement, *values, then=then)
            await self._stop_at(statement)
            return row

        monkeypatch.setattr(Statements, "fetch", stopping)
        monkeypatch.setattr(Statements, "decide", stopping_after)

    async def _stop_at(self, statement: str) -> None:
        if statement == self._sql and not self._reached.is_set():
            self._reached.set()
            await self._opened.wait()

    async def reached(self) -> None:
        """Wait until somebody stands at the gate."""
        async with asyncio.timeout(_DEADLINE):
            await self._reached.wait()

    def open(self) -> None:
        """Let whoever stands at the gate go on."""
        self._opened.set()

    @asynccontextmanager
    async def holding(self, held: Coroutine[Any, Any, Any]) -> AsyncIterator[asyncio.Task[Any]]:
        """Run something up to the gate; at the end of the block the gate opens and it runs to its end."""
        task = asyncio.create_task(held)
        async with asyncio.timeout(_DEADLINE):
            await self.reached()
            try:
                yield task
            finally:
                self.open()
            await task


async def waiting_or_done(services: Services, task: asyncio.Task[Any], *, behind: int = 0) -> None:
    """Let a task run until it has ended, or waits for somebody else's transaction behind so many others.

    Raises:
        TimeoutError: it does neither.
    """
    async with asyncio.timeout(_DEADLINE):
        while not task.done() and await _waiting(services) <= behind:
            await asyncio.wait([task], timeout=0.005)


async def _waiting(services: Services) -> int:
    client: Any = services.database._opened._client
    if client.capabilities.dialect == "sqlite":
        # One connection, held by one transaction at a time: who wants it next stands in line at its lock.
        # Those who go together stand in it as one.
        together = services.database._opened._decisions._together._waiting
        return len(client._lock._waiters or ()) + max(0, len(together) - 1)
    return len(await services.database.fetch("SELECT 1 FROM pg_locks WHERE NOT granted"))

"""What no server could exceed: argon2 on the same core, and two committed statements on the same disk."""

import asyncio
import sqlite3
import time
from collections.abc import Awaitable, Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from pathlib import Path

import asyncpg

from bench.operations import PASSWORD
from security.passwords import Hasher

_TABLE = "CREATE TABLE IF NOT EXISTS bench_floor (id BIGINT PRIMARY KEY, seen BIGINT NOT NULL)"
_INSERT, _UPDATE = "INSERT INTO bench_floor VALUES ($1, 0)", "UPDATE bench_floor SET seen = 1 WHERE id = $1"


def argon2_per_second(seconds: float, *, threads: int = 1) -> float:
    """Verify a password again and again, at the cost of production, in so many threads at once."""
    hasher = Hasher()
    stored = hasher.hash(PASSWORD)
    with ThreadPoolExecutor(threads) as pool:
        each = [
            pool.submit(rate, lambda: hasher.verify(PASSWORD, against=stored), seconds)
            for _ in range(threads)
        ]
    return sum(one.result() for one in each)


def sqlite_per_second(file: Path, seconds: float) -> float:
    """Commit an INSERT and an UPDATE in one transaction, again and again, with WAL as the server has it."""
    with closing(sqlite3.connect(file, isolation_level=None)) as connection:
        connection.execute("PRAGMA journal_mode = WAL")
        connection.execute(_TABLE)

        def write() -> None:
            number = time.monotonic_ns()
            connection.execute("BEGIN")
            connection.execute(_INSERT, (number,))
            connection.execute(_UPDATE, (number,))
            connection.execute("COMMIT")

        return rate(write, seconds)


def postgres_per_second(url: str, seconds: float) -> float:
    """Commit an INSERT and an UPDATE in one transaction, again and again."""
    return asyncio.run(_postgres(url, seconds))


async def _postgres(url: str, seconds: float) -> float:
    connection = await asyncpg.connect(url, ssl=False)
    try:
        await connection.execute(_TABLE)

        async def write() -> None:
            number = time.monotonic_ns()
            async with connection.transaction():
                await connection.execute(_INSERT, number)
                await connection.execute(_UPDATE, number)

        return await awaited_rate(write, seconds)
    finally:
        await connection.close()


def rate(work: Callable[[], object], seconds: float) -> float:
    """Tell how often some work is done in a second."""
    count, began = 0, time.perf_counter()
    while time.perf_counter() < began + seconds:
        work()
        count += 1
    return count / (time.perf_counter() - began)


async def awaited_rate(work: Callable[[], Awaitable[object]], seconds: float) -> float:
    """Tell how often some awaited work is done in a second."""
    count, began = 0, time.perf_counter()
    while time.perf_counter() < began + seconds:
        await work()
        count += 1
    return count / (time.perf_counter() - began)

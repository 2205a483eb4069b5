"""The one place that knows what an outage of the database looks like, silence included."""

import asyncio
import sqlite3
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import asynccontextmanager, contextmanager

import asyncpg
from tortoise.exceptions import (
    DBConnectionError,
    IntegrityError,
    OperationalError,
    TransactionManagementError,
)

from services.errors import ServiceUnavailable

PATIENCE = 2.0
"""How long one use of the database may take, in seconds, the wait for a connection included.

A sign-in is two of them: in an outage it has its answer within five seconds, also when many wait.
"""

_OUTAGES = (
    OSError,
    TimeoutError,
    sqlite3.DatabaseError,
    asyncpg.InterfaceError,
    # A connection on which the server has just said that it is going down.
    asyncpg.InternalClientError,
    asyncpg.PostgresConnectionError,
    asyncpg.InvalidAuthorizationSpecificationError,
    asyncpg.OperatorInterventionError,
    asyncpg.LockNotAvailableError,
    asyncpg.InsufficientResourcesError,
    asyncpg.TransactionRollbackError,
    DBConnectionError,
    TransactionManagementError,
)


@asynccontextmanager
async def in_time(
    within: float | None = None, *, on_silence: Callable[[], None] = lambda: None
) -> AsyncIterator[None]:
    """Wait for a use of the database for `PATIENCE`, or so many seconds; silence is an outage as well.

    On SQLite what is under way in the thread comes to its end first, which the busy timeout bounds, or
    twice that where decisions are made again.

    Raises:
        ServiceUnavailable: the database failed to answer.
    """
    with outages():
        try:
            async with asyncio.timeout(PATIENCE if within is None else within):
                yield
        except TimeoutError:
            on_silence()
            raise


@contextmanager
def outages() -> Iterator[None]:
    """Turn every way in which a database fails to answer into `ServiceUnavailable`."""
    try:
        yield
    except IntegrityError:
        # Tortoise counts it as an operational error, but the database did answer: it said no.
        raise
    except _OUTAGES as error:
        raise ServiceUnavailable from error
    except OperationalError as error:
        # Wrong SQL comes as the same class as a full disk, but it is our bug.
        if _is_ours(error.__cause__ or error.__context__):
            raise
        raise ServiceUnavailable from error


def _is_ours(cause: BaseException | None) -> bool:
    if isinstance(cause, asyncpg.PostgresError):
        # A right that the operator has not granted is not our bug.
        return not isinstance(cause, asyncpg.InsufficientPrivilegeError)
    # SQLite's code for what it cannot make sense of: a syntax error, or a table that is not there.
    return getattr(cause, "sqlite_errorcode", None) == sqlite3.SQLITE_ERROR

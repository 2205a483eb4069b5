"""Removing what is over: tokens, sessions, codes, letters and, past its retention, the audit trail."""

import asyncio
import logging
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from uuid import UUID, uuid4

from models import MailState
from models.purge_statements import (
    PURGE_AUDIT,
    PURGE_CODES,
    PURGE_MAIL,
    PURGE_SESSIONS,
    PURGE_TOKENS,
    RELEASE_LEASE,
    TAKE_LEASE,
)
from services.background import to_its_end
from services.database import Database
from services.database_statements import Row
from services.errors import ServiceUnavailable

EVERY = timedelta(minutes=5)
"""How long a server rests between two rounds, give or take a half of it: no two keep step."""

BATCH = 500
"""How many rows go in one transaction: some milliseconds, for which a writer of SQLite may have to wait."""

WITHIN = 5.0
"""How long a batch may take, in seconds: longer than a request, as nobody waits for it."""

LEASE = timedelta(minutes=1)
"""How long the right to purge outlasts the last batch of a server that was killed."""

KEPT = timedelta(days=1)
"""How long what has expired is kept: clocks that differ agree on what is over, and late answers are true."""

KEPT_MAIL = timedelta(days=30)
"""How long it can be looked up what has become of a letter. Its details were wiped long before."""

SETTLED = (MailState.SENT, MailState.DEAD, MailState.EXPIRED, MailState.SUPPRESSED)

_NAME = "purge"
_BEGINNING = datetime(1970, 1, 1, tzinfo=UTC)

logger = logging.getLogger(__name__)


class PurgeUnderWay(Exception):
    """Another server is at it; one is enough."""


@dataclass(frozen=True, slots=True)
class _Step:
    name: str
    statement: str
    until: datetime
    more: tuple[object, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Purge:
    """Removes what is over, one server at a time, in batches that are each a transaction of their own.

    Without an `audit_retention` the audit trail is kept for ever. `chance` gives a random number from 0 up
    to 1. Between two batches everybody else has `rest` seconds.
    """

    database: Database
    audit_retention: timedelta | None
    clock: Callable[[], datetime]
    chance: Callable[[], float]
    rest: float = 0.02
    every: timedelta = EVERY

    async def run(self) -> None:
        """Remove what is over every few minutes, until this is cancelled, which lets the batch under way end.

        No error ends it: what is over can stay until whatever is broken is mended.
        """
        while True:
            await asyncio.sleep(self.every.total_seconds() * (0.5 + self.chance()))
            try:
                removed = await self.remove()
            except PurgeUnderWay:
                continue
            except ServiceUnavailable:
                logger.warning("the purge waits, as the database does not answer")
            except Exception:
                logger.exception("the purge waits, as something unexpected has happened")
            else:
                _log(removed)

    async def remove(self) -> Mapping[str, int]:
        """Remove everything that is over now, and tell how many rows that were, by kind.

        Raises:
            PurgeUnderWay: another server is at it.
            ServiceUnavailable: the database does not answer. What was removed before is gone.
        """
        holder, now = uuid4(), self.clock()
        removed = dict.fromkeys((step.name for step in self._steps(now)), 0)
        try:
            for step in self._steps(now):
                removed[step.name] += await self._exhaust(step, holder)
        finally:
            # A lease that cannot be given back lapses.
            with suppress(ServiceUnavailable):
                await self.database.execute(RELEASE_LEASE, _NAME, holder, self.clock())
        # The token that a session ends with goes by the same statement as the session.
        return {**removed, "tokens": removed["tokens"] + removed["sessions"]}

    def _steps(self, now: datetime) -> Iterator[_Step]:
        # A session waits for the last of its tokens, so that a used one is never a token nobody knows.
        yield _Step("tokens", PURGE_TOKENS, now - KEPT)
        yield _Step("sessions", PURGE_SESSIONS, now - KEPT)
        yield _Step("codes", PURGE_CODES, now - KEPT)
        for state in SETTLED:
            yield _Step("letters", PURGE_MAIL, now - KEPT_MAIL, (state,))
        until = _BEGINNING if self.audit_retention is None else now - self.audit_retention
        yield _Step("auditEvents", PURGE_AUDIT, until)

    async def _exhaust(self, step: _Step, holder: UUID) -> int:
        count, reached = 0, _BEGINNING
        while True:
            gone = await to_its_end(self._remove_batch(step, reached, holder))
            count += len(gone)
            if len(gone) < BATCH:
                return count
            reached = max(row["reached_at"] for row in gone)
            await asyncio.sleep(self.rest)

    async def _remove_batch(self, step: _Step, reached: datetime, holder: UUID) -> Sequence[Row]:
        now = self.clock()
        async with self.database.transaction(within=WITHIN) as transaction:
            if not await transaction.first(TAKE_LEASE, _NAME, holder, now + LEASE, now):
                raise PurgeUnderWay
            return await transaction.fetch(step.statement, reached, step.until, BATCH, *step.more)


def _log(removed: Mapping[str, int]) -> None:
    if any(removed.values()):
        logger.info("purged: %s", ", ".join(f"{name} {count}" for name, count in removed.items()))

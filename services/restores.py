"""A database that was brought back from a backup: noticed, and rid of what has come back with it."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from models import RevocationReason
from models.restore_statements import (
    BLACKLIST_ENDED,
    END_NEXT_SESSIONS,
    EXPIRE_CODE_MAIL,
    FIND_HOME,
    MOVE_HOME,
    NOTE_HOME,
    PLACE_OF_POSTGRES,
    PLACE_OF_SQLITE,
    RECORD_ENDED,
    VOID_CODES,
)
from services.database import Database
from services.database_statements import Statements

BATCH = 2000
"""How many sessions end in one transaction: a statement has its time limit, a million sessions or not."""

APART = timedelta(minutes=5)
"""By how much the clocks of servers may differ: a code that is over by less may be good at another one."""

_NAME, _NOWHERE = "database", "nowhere"
_BEFORE_ALL = UUID(int=0)


@dataclass(frozen=True, slots=True, kw_only=True)
class Restores:
    """Notices that the database is a copy, and ends what it has brought back to life.

    `place` is the statement by which the database tells where it lives.
    """

    database: Database
    place: str
    clock: Callable[[], datetime]

    async def note(self) -> None:
        """Note where the database lives, if that was never noted.

        Raises:
            ServiceUnavailable: the database does not answer.
        """
        place = await self._place(self.database)
        await self.database.execute(NOTE_HOME, _NAME, place, self.clock())

    async def is_pending(self) -> bool:
        """Tell whether the database was brought back, and nobody has said yet what is to become of it.

        Raises:
            ServiceUnavailable: the database does not answer.
        """
        home = await self.database.first(FIND_HOME, _NAME)
        return home is not None and home["place"] != await self._place(self.database)

    async def end_everything(self) -> Mapping[str, int]:
        """End every session, void every code, drop every letter with a code, and tell how many that were.

        From the first statement to the last one the database counts as one that was just brought back: if
        this ends in the middle, nobody is served before it was run again.

        Raises:
            ServiceUnavailable: the database does not answer. What was ended stays ended.
        """
        await self.database.execute(MOVE_HOME, _NAME, _NOWHERE, self.clock())
        sessions, reached = 0, _BEFORE_ALL
        while ended := await self._end_next(reached):
            sessions, reached = sessions + len(ended), max(ended)
        now = self.clock()
        async with self.database.transaction() as transaction:
            codes = await transaction.fetch(VOID_CODES, now, now - APART)
            letters = await transaction.fetch(EXPIRE_CODE_MAIL)
            await self._settle(transaction, now)
        return {"sessions": sessions, "codes": len(codes), "letters": len(letters)}

    async def keep_everything(self) -> None:
        """Settle where the database is now: it was moved, and nothing has happened since the copy was made.

        Raises:
            ServiceUnavailable: the database does not answer.
        """
        await self._settle(self.database, self.clock())

    async def _settle(self, statements: Database | Statements, now: datetime) -> None:
        await statements.execute(MOVE_HOME, _NAME, await self._place(statements), now)

    async def _end_next(self, reached: UUID) -> list[UUID]:
        now, reason = self.clock(), RevocationReason.REVOKED_BY_ADMIN
        async with self.database.transaction() as transaction:
            rows = await transaction.fetch(END_NEXT_SESSIONS, reached, BATCH, now, reason)
            ended = [row["id"] for row in rows]
            if ended:
                for statement in (RECORD_ENDED, BLACKLIST_ENDED):
                    await transaction.execute(statement, reached, max(ended))
        return ended

    async def _place(self, statements: Database | Statements) -> str:
        (row,) = await statements.fetch(self.place)
        return str(row["place"])


def of(database: Database, url: str, *, clock: Callable[[], datetime]) -> Restores:
    """Wire it for the kind of database that a URL names."""
    place = PLACE_OF_SQLITE if url.startswith("sqlite:") else PLACE_OF_POSTGRES
    return Restores(database=database, place=place, clock=clock)


async def note_home(database: Database, url: str, *, clock: Callable[[], datetime]) -> None:
    """Note where a database lives that is not open yet, unless that was noted before: a copy stays one.

    Raises:
        ServiceUnavailable: the database does not answer.
    """
    try:
        await database.open()
        await of(database, url, clock=clock).note()
    finally:
        await database.close()

"""Delivering what the outbox holds: claimed, tried, tried again, and wiped when nothing is left to do."""

import asyncio
import logging
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta

from models.mail_statements import (
    BURY_MAIL,
    CLAIM_MAIL,
    COUNT_PENDING,
    EXPIRE_MAIL,
    POSTPONE_MAIL,
    SETTLE_MAIL,
)
from services.background import to_its_end
from services.database import Database
from services.database_statements import Row
from services.errors import ServiceUnavailable
from services.mail_composition import Composer
from services.mail_transports import DELIVER_WITHIN, Transport

BATCH = 10
"""How many letters one sender has under way at a time."""

LEASE = 2 * DELIVER_WITHIN
"""How long a claim holds: well beyond the longest delivery, so that only a sender that is gone loses it."""

ATTEMPTS = 8
"""With how many failures a letter is given up: after about an hour and a half."""

FIRST_PAUSE, GROWTH = timedelta(seconds=5), 3.0
"""How long a letter rests after its first failure, and how many times longer after each further one."""

logger = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True, kw_only=True)
class Sender:
    """Delivers letters. Of any number of senders on one database, each letter is delivered by one.

    `chance` gives a random number from 0 up to 1; an empty outbox is left alone for `rest` seconds.
    """

    database: Database
    composer: Composer
    transport: Transport
    clock: Callable[[], datetime]
    chance: Callable[[], float]
    rest: float = 1.0

    async def run(self) -> None:
        """Deliver what becomes due, until this is cancelled, which first lets the deliveries under way end.

        No error ends it: what the outbox holds can wait until whatever is broken is mended.
        """
        trouble: type[Exception] | None = None
        while True:
            claimed = 0
            try:
                # A letter of which nobody knows whether it has arrived would be sent again.
                claimed = await to_its_end(self.deliver_due())
                trouble = None
            except Exception as error:
                if type(error) is not trouble:
                    _report(error)
                trouble = type(error)
            if claimed < BATCH:
                await asyncio.sleep(self.rest)

    async def waiting(self) -> int:
        """Count the letters that nobody has delivered or given up yet, whichever server will.

        Raises:
            ServiceUnavailable: the database does not answer.
        """
        (row,) = await self.database.fetch(COUNT_PENDING)
        return int(row["pending"])

    async def deliver_due(self) -> int:
        """Claim some of the letters that are due, try to deliver each, and give how many that were.

        Raises:
            ServiceUnavailable: the database does not answer. Letters that were claimed are due again later.
        """
        now = self.clock()
        for late in await self.database.fetch(EXPIRE_MAIL, now):
            logger.warning("letter %d (%s) was not delivered in time", late["id"], late["kind"])
        lapses_at = now + LEASE
        claimed = await self.database.fetch(CLAIM_MAIL, now, lapses_at, BATCH)
        outcomes = await asyncio.gather(
            *(self._deliver(letter, lapses_at) for letter in claimed), return_exceptions=True
        )
        for outcome in outcomes:
            if outcome is not None:
                raise outcome
        return len(claimed)

    async def _deliver(self, letter: Row, lapses_at: datetime) -> None:
        try:
            await self.transport.deliver(self.composer.compose(letter))
        except Exception as error:
            await self._fail(letter, lapses_at, error)
            return
        if await self.database.first(SETTLE_MAIL, letter["id"], self.clock()):
            logger.info("letter %d (%s) was delivered", letter["id"], letter["kind"])
        else:
            logger.warning("letter %d (%s) was delivered twice", letter["id"], letter["kind"])

    async def _fail(self, letter: Row, lapses_at: datetime, error: Exception) -> None:
        failures, told = letter["attempts"] + 1, (letter["id"], letter["kind"])
        if failures < ATTEMPTS:
            due_at = self.clock() + pause(failures, chance=self.chance())
            await self.database.first(POSTPONE_MAIL, letter["id"], lapses_at, due_at)
            logger.warning("letter %d (%s) failed, attempt %d: %s", *told, failures, _kind(error))
        elif await self.database.first(BURY_MAIL, letter["id"], lapses_at):
            logger.error("letter %d (%s) is given up after %d attempts: %s", *told, failures, _kind(error))


def pause(failures: int, *, chance: float) -> timedelta:
    """Give how long a letter rests after so many failures, give or take a half of it as chance has it.

    Letters that failed together, as their server was down, do not all come back together.
    """
    return FIRST_PAUSE * (GROWTH ** (failures - 1) * (0.5 + chance))


def _report(error: Exception) -> None:
    if isinstance(error, ServiceUnavailable):
        logger.warning("mail waits, as the database does not answer")
    else:
        logger.error("mail waits, as something unexpected has happened", exc_info=error)


def _kind(error: Exception) -> str:
    # The words of a mail server may quote the address, or all of the letter; its number says enough.
    code = getattr(error, "code", None)
    return f"{type(error).__name__} {code}" if isinstance(code, int) else type(error).__name__

"""The steps of a request: told to who notes them, and to nobody else."""

import asyncio
from contextlib import AbstractContextManager, nullcontext

from services import Services, steps

INSERT = """
INSERT INTO leases (name, holder, expires_at)
VALUES ($1, '00000000-0000-4000-8000-000000000000', '2026-01-01 00:00:00+00:00')
"""


class Notes:
    """Notes what it is told."""

    def __init__(self) -> None:
        self.told: list[str] = []

    def statement(self, sql: str) -> AbstractContextManager[object]:
        """Note a statement."""
        self.told.append(sql)
        return nullcontext()

    def work(self, name: str) -> AbstractContextManager[object]:
        """Note another step."""
        self.told.append(name)
        return nullcontext()


async def test_each_statement_and_transaction_is_told(services: Services) -> None:
    """With placeholders, and never with the values that stand for them; what is deferred is one step."""
    notes, secret = Notes(), "hunter2"

    async def work() -> None:
        steps.recorder.set(notes)
        await services.database.fetch("SELECT $1 AS secret", secret)
        async with services.database.transaction() as transaction:
            for email in (secret, "another"):
                transaction.defer((INSERT, (email,)))
            await transaction.execute("UPDATE users SET email = $1 WHERE FALSE", secret)
        await services.passwords.hash(secret)

    await asyncio.create_task(work())
    assert notes.told == [
        "SELECT $1 AS secret",
        "transaction",
        "inserts",
        "UPDATE users SET email = $1 WHERE FALSE",
        "argon2",
    ]


async def test_who_is_told_of_one_request_hears_of_no_other(services: Services) -> None:
    """Tasks beside it, and what goes on in the background, are nobody's request."""
    notes = Notes()

    async def request() -> None:
        steps.recorder.set(notes)

    await asyncio.create_task(request())
    await services.database.fetch("SELECT 1 AS one")
    assert notes.told == []

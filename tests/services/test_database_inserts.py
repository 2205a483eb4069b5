"""INSERTs that are deferred: written together, before anybody looks and before the commit, or not at all."""

from collections.abc import Callable, Sequence
from uuid import UUID, uuid4

import pytest
from tortoise.exceptions import IntegrityError

from models import AuditKind, RevocationReason
from models.statements import BLACKLIST, FIND_ACCOUNT
from services import Services, audit, database_inserts
from services.clients import Client
from services.database_inserts import TOGETHER
from services.database_statements import Row
from services.sessions import TokenDelivery
from tests.support.browser import EMAIL, Browser

COUNT = "SELECT COUNT(*) AS events FROM audit_events"
KINDS = [AuditKind.LOGIN, AuditKind.REFRESH, AuditKind.LOGOUT]


async def events(services: Services) -> Sequence[Row]:
    """Give the kinds of the events and their numbers, in the order of their ids."""
    return await services.database.fetch("SELECT kind, user_agent FROM audit_events ORDER BY id")


def noted(number: int) -> audit.Event:
    """Make an event with a number that can be found again."""
    return audit.Event(kind=KINDS[number % 3], client=Client(user_agent=str(number)))


@pytest.mark.parametrize("rows", [1, 2, TOGETHER, TOGETHER + 1, 100])
async def test_all_are_written_in_their_order(services: Services, rows: int) -> None:
    """However many there are, and by whatever way they go."""
    async with services.database.transaction() as transaction:
        audit.record(transaction, *map(noted, range(rows)), now=services.clock())
    found = [(row["kind"], row["user_agent"]) for row in await events(services)]
    assert found == [(KINDS[number % 3], str(number)) for number in range(rows)]


async def test_the_next_statement_sees_them(services: Services) -> None:
    """They are deferred, and not forgotten by who looks in the same transaction."""
    async with services.database.transaction() as transaction:
        audit.record(transaction, noted(1), now=services.clock())
        assert await transaction.first(COUNT) == {"events": 1}
        audit.record(transaction, noted(2), noted(3), now=services.clock())
        await transaction.execute("UPDATE audit_events SET user_agent = $1", "seen")
    assert {row["user_agent"] for row in await events(services)} == {"seen"}


async def test_a_transaction_that_fails_writes_none(services: Services) -> None:
    """Neither those that were written already nor those that waited."""

    async def fail() -> None:
        async with services.database.transaction() as transaction:
            audit.record(transaction, noted(1), now=services.clock())
            await transaction.first(COUNT)
            audit.record(transaction, noted(2), now=services.clock())
            raise LookupError

    with pytest.raises(LookupError):
        await fail()
    assert await events(services) == []


async def test_one_that_is_refused_undoes_the_others(
    services: Services, user_id: UUID, browser: Browser
) -> None:
    """A token is blacklisted once: the second time is an error, and the event beside it is not written."""
    await browser.login()
    token = await services.database.first("SELECT jti FROM outstanding_tokens")
    assert token is not None

    async def revoke(*jtis: UUID) -> None:
        async with services.database.transaction() as transaction:
            for jti in jtis:
                transaction.defer((BLACKLIST, (jti, services.clock(), RevocationReason.LOGOUT)))
            audit.record(transaction, noted(1), now=services.clock())

    for other in (token["jti"], uuid4()):
        with pytest.raises(IntegrityError):
            await revoke(token["jti"], other)
    assert [row["kind"] for row in await events(services)] == ["LOGIN"]
    assert await services.database.fetch("SELECT token_id FROM blacklisted_tokens") == []


async def test_different_ones_are_one_exchange(
    services: Services, user_id: UUID, browser: Browser, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A new session has three rows in three tables, with foreign keys between them."""
    written: list[list[str]] = []
    insert: Callable[..., object] = database_inserts.insert

    def watching(client: object, inserts: Sequence[tuple[str, object]]) -> object:
        written.append([sql.split()[2] for sql, _ in inserts])
        return insert(client, inserts)

    monkeypatch.setattr("services.database_statements.insert", watching)
    account = await services.database.first(FIND_ACCOUNT, EMAIL)
    assert account is not None
    opening = services.sessions.opening(
        admitted=account,
        remember_me=False,
        delivery=TokenDelivery.COOKIE,
        client=Client(),
        now=services.clock(),
    )
    async with services.database.transaction() as transaction:
        transaction.defer(*opening.records)
    assert written == [["sessions", "outstanding_tokens", "audit_events"]]
    await browser.login()
    await browser.logout("ALL_SESSIONS")
    assert written[1:] == [["blacklisted_tokens"] * 2 + ["audit_events"] * 2]

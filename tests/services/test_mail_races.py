"""Several senders, outages between two statements, and claims that outlive their sender: each letter once."""

import asyncio
from collections.abc import Sequence
from datetime import timedelta

import pytest

from models.mail_statements import CLAIM_MAIL, EXPIRE_MAIL, POSTPONE_MAIL, SETTLE_MAIL
from services import Services
from services.database_statements import Row, Statements
from services.errors import ServiceUnavailable
from services.mail_sender import LEASE, Sender
from tests.services.mailing import CODE, letter, outbox, post, sender_to, states
from tests.support.clock import FakeClock
from tests.support.smtp import Catcher


@pytest.fixture
def sender(catcher: Catcher, services: Services) -> Sender:
    """Give a sender that delivers to the catcher."""
    return sender_to(catcher, services)


async def test_five_senders_deliver_each_letter_once(
    catcher: Catcher, sender: Sender, services: Services
) -> None:
    """On PostgreSQL they claim at the same time, on connections of their own."""
    wanted = [f"{n}@example.com" for n in range(60)]
    await post(services, *(letter(services, recipient=recipient) for recipient in wanted))

    async def deliver_all() -> int:
        claimed = 0
        while found := await sender.deliver_due():
            claimed += found
        return claimed

    counts = await asyncio.gather(*(deliver_all() for _ in range(5)))
    assert sum(counts) == len(wanted)
    assert sorted(caught.recipients[0] for caught in catcher.letters) == sorted(wanted)
    assert set(await states(services)) == {("SENT", 0, False)}


@pytest.mark.parametrize("backend", ["postgres"])
async def test_a_claim_neither_waits_for_another_nor_takes_what_is_the_others(
    services: Services, clock: FakeClock
) -> None:
    """While the first has not committed, the second gets the rest at once; then there is nothing left."""
    await post(services, *(letter(services, recipient=f"{n}@example.com") for n in range(15)))
    now, lapses_at = clock(), clock() + LEASE
    async with asyncio.timeout(10):
        async with services.database.transaction() as transaction:
            first = await transaction.fetch(CLAIM_MAIL, now, lapses_at, 10)
            second = await services.database.fetch(CLAIM_MAIL, now, lapses_at, 10)
        third = await services.database.fetch(CLAIM_MAIL, now, lapses_at, 10)
    assert (len(first), len(second), len(third)) == (10, 5, 0)
    assert len({row["id"] for row in (*first, *second)}) == 15


@pytest.mark.parametrize("backend", ["postgres"])
async def test_the_sweep_waits_for_nobody(services: Services, clock: FakeClock) -> None:
    """What somebody else is just about to change is left for the next time."""
    await post(services, letter(services), letter(services))
    clock.advance(600)
    async with asyncio.timeout(10):
        async with services.database.transaction() as transaction:
            await transaction.fetch("SELECT id FROM outbox ORDER BY id LIMIT 1 FOR UPDATE")
            swept = await services.database.fetch(EXPIRE_MAIL, clock())
        rest = await services.database.fetch(EXPIRE_MAIL, clock())
    assert (len(swept), len(rest)) == (1, 1)


async def test_what_is_too_late_is_claimed_by_nobody(services: Services, clock: FakeClock) -> None:
    """Also where the sweep has left it, as somebody held it just then."""
    await post(services, letter(services), letter(services, expires_at=None))
    clock.advance(600)
    claimed = await services.database.fetch(CLAIM_MAIL, clock(), clock() + LEASE, 10)
    assert [row["expires_at"] for row in claimed] == [None]


async def test_a_claim_that_outlives_its_sender_lapses(
    catcher: Catcher, sender: Sender, services: Services, clock: FakeClock
) -> None:
    """Until then the letter is nobody else's; from then on another sends it."""
    await post(services)
    (claimed,) = await services.database.fetch(CLAIM_MAIL, clock(), clock() + LEASE, 10)
    assert claimed["recipient"]
    clock.advance(LEASE.total_seconds() - 0.001)
    assert await sender.deliver_due() == 0
    clock.advance(0.001)
    assert await sender.deliver_due() == 1
    assert ([caught.code for caught in catcher.letters], await states(services)) == (
        [CODE],
        [("SENT", 0, False)],
    )


async def test_a_sender_that_was_thought_gone_spoils_nothing(
    catcher: Catcher, sender: Sender, services: Services, clock: FakeClock
) -> None:
    """Its failure counts for nothing once the letter is another's, whose claim stays as it is."""
    await post(services)
    (old,) = await services.database.fetch(CLAIM_MAIL, clock(), clock() + LEASE, 10)
    clock.advance(LEASE.total_seconds())
    (new,) = await services.database.fetch(CLAIM_MAIL, clock(), clock() + LEASE, 10)
    assert old["id"] == new["id"]
    too_soon = clock() + timedelta(seconds=1)
    assert await services.database.first(POSTPONE_MAIL, old["id"], old["due_at"], too_soon) is None
    (row,) = await outbox(services)
    assert (row["attempts"], row["due_at"]) == (0, clock() + LEASE)
    assert await services.database.first(POSTPONE_MAIL, new["id"], new["due_at"], too_soon) is not None


async def test_an_outage_after_the_delivery_means_a_second_one(
    catcher: Catcher,
    sender: Sender,
    services: Services,
    clock: FakeClock,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Nobody could write down that the letter was sent, so it is sent again, under the same id."""
    await post(services, letter(services, recipient="one@example.com"), letter(services))
    fetch, struck = Statements.fetch, list[str]()

    async def failing_once(statements: Statements, sql: str, *values: object) -> Sequence[Row]:
        if sql == SETTLE_MAIL and not struck:
            struck.append(sql)
            raise ServiceUnavailable
        return await fetch(statements, sql, *values)

    monkeypatch.setattr(Statements, "fetch", failing_once)
    with pytest.raises(ServiceUnavailable):
        await sender.deliver_due()
    assert sorted(state for state, *_ in await states(services)) == ["PENDING", "SENT"]
    clock.advance(LEASE.total_seconds())
    assert await sender.deliver_due() == 1
    assert [state for state, *_ in await states(services)] == ["SENT", "SENT"]
    ids = [caught.message["Message-ID"] for caught in catcher.letters]
    assert (len(ids), len(set(ids))) == (3, 2)

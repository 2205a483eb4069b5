"""Delivering: once, again when it failed, and never when it is too late; and what is kept afterwards."""

import asyncio
import logging
from datetime import timedelta

import pytest

from models import MailKind
from services import Services, mail
from services.mail_sender import ATTEMPTS, BATCH, LEASE, Sender, pause
from services.mail_smtp import GOODBYE_WITHIN
from services.mail_transports import DELIVER_WITHIN
from tests.services.mailing import (
    CODE,
    PAUSES,
    RECIPIENT,
    drain,
    letter,
    lines,
    outbox,
    post,
    sender_to,
    states,
)
from tests.support.clock import FakeClock
from tests.support.smtp import Catcher, Conduct

MOMENT = timedelta(seconds=0.2)


@pytest.fixture
def sender(catcher: Catcher, services: Services) -> Sender:
    """Give a sender that delivers to the catcher and is as patient as in production."""
    return sender_to(catcher, services)


@pytest.fixture
def impatient(catcher: Catcher, services: Services) -> Sender:
    """Give one that waits for a fraction of a second."""
    return sender_to(catcher, services, deliver_within=MOMENT)


async def test_a_letter_is_delivered_once_and_wiped(
    sender: Sender, catcher: Catcher, services: Services, clock: FakeClock, caplog: pytest.LogCaptureFixture
) -> None:
    """The code is in the letter and, from then on, nowhere else."""
    caplog.set_level(logging.INFO)
    await post(services)
    clock.advance(1)
    assert [await sender.deliver_due() for _ in range(3)] == [1, 0, 0]
    (caught,) = catcher.letters
    assert (caught.recipients, caught.code, caught.message["To"]) == ([RECIPIENT], CODE, RECIPIENT)
    (row,) = await outbox(services)
    assert (row["state"], row["details"], row["attempts"], row["sent_at"]) == ("SENT", "{}", 0, clock())
    assert CODE not in repr(dict(row))
    assert lines(caplog) == [f"INFO letter {row['id']} (LOGIN) was delivered"]


async def test_a_suppressed_letter_is_never_sent(
    sender: Sender, catcher: Catcher, services: Services, clock: FakeClock
) -> None:
    """It is not due, and it does not expire either."""
    async with services.database.transaction() as transaction:
        await mail.suppress(transaction, letter(services), now=clock())
    clock.advance(3600)
    assert await sender.deliver_due() == 0
    assert (catcher.letters, [row["state"] for row in await outbox(services)]) == ([], ["SUPPRESSED"])


async def test_a_failure_is_tried_again_by_the_clock(
    sender: Sender, catcher: Catcher, services: Services, clock: FakeClock, caplog: pytest.LogCaptureFixture
) -> None:
    """The server is away for a while: not before the pause is over, and then successfully."""
    await post(services)
    await asyncio.to_thread(catcher.stop)
    assert await sender.deliver_due() == 1
    assert await states(services) == [("PENDING", 1, True)]
    (row,) = await outbox(services)
    assert lines(caplog) == [f"WARNING letter {row['id']} (LOGIN) failed, attempt 1: SMTPConnectError"]
    await asyncio.to_thread(catcher.start)
    clock.advance(4.999)
    assert await sender.deliver_due() == 0
    clock.advance(0.001)
    assert await sender.deliver_due() == 1
    assert await states(services) == [("SENT", 1, False)]
    assert [caught.code for caught in catcher.letters] == [CODE]


async def test_the_eighth_failure_is_the_last(
    sender: Sender, catcher: Catcher, services: Services, clock: FakeClock, caplog: pytest.LogCaptureFixture
) -> None:
    """Each pause is three times the one before; then the letter is dead, wiped, and one error in the log."""
    await post(services, letter(services, kind=MailKind.PASSWORD_CHANGED, details={}, expires_at=None))
    catcher.answers["RCPT"] = f"550 5.1.1 <{RECIPIENT}> is unknown, {CODE}"
    for failures, seconds in enumerate(PAUSES, start=1):
        assert await sender.deliver_due() == 1
        (row,) = await outbox(services)
        assert (row["state"], row["attempts"]) == ("PENDING", failures)
        assert row["due_at"] == clock() + timedelta(seconds=seconds)
        clock.advance(seconds)
    assert [await sender.deliver_due() for _ in range(2)] == [1, 0]
    assert await states(services) == [("DEAD", ATTEMPTS, False)]
    assert (catcher.letters, row["recipient"]) == ([], RECIPIENT)
    letter_of = f"letter {row['id']} (PASSWORD_CHANGED)"
    assert lines(caplog) == [
        *(f"WARNING {letter_of} failed, attempt {n}: SMTPRecipientRefused 550" for n in range(1, ATTEMPTS)),
        f"ERROR {letter_of} is given up after 8 attempts: SMTPRecipientRefused 550",
    ]


def test_a_pause_is_somewhere_around_its_length() -> None:
    """Chance moves it by up to a half, either way."""
    for failures, seconds in enumerate(PAUSES, start=1):
        assert pause(failures, chance=0.0) == timedelta(seconds=seconds / 2)
        assert pause(failures, chance=0.5) == timedelta(seconds=seconds)
        assert pause(failures, chance=0.999) < timedelta(seconds=seconds * 1.5)


async def test_a_server_that_hangs_does_not_hold_the_letter_for_ever(
    impatient: Sender,
    catcher: Catcher,
    services: Services,
    clock: FakeClock,
    caplog: pytest.LogCaptureFixture,
) -> None:
    """The delivery ends, counts as a failure, and is made good later."""
    await post(services)
    catcher.conduct = Conduct.SILENT
    async with asyncio.timeout(10):
        assert await impatient.deliver_due() == 1
    assert await states(services) == [("PENDING", 1, True)]
    assert lines(caplog)[0].endswith("failed, attempt 1: TimeoutError")
    catcher.conduct = Conduct.ACCEPT
    clock.advance(5)
    await drain(impatient)
    assert len(catcher.letters) == 1


async def test_a_connection_that_breaks_off_in_the_middle_of_the_letter(
    sender: Sender, catcher: Catcher, services: Services, clock: FakeClock
) -> None:
    """Nothing has arrived, so that it is sent again, and arrives once."""
    await post(services)
    catcher.conduct = Conduct.DROP
    await sender.deliver_due()
    assert (catcher.letters, await states(services)) == ([], [("PENDING", 1, True)])
    catcher.conduct = Conduct.ACCEPT
    clock.advance(5)
    await sender.deliver_due()
    assert (len(catcher.letters), await states(services)) == (1, [("SENT", 1, False)])


async def test_a_letter_whose_arrival_nobody_confirmed_is_sent_again_under_the_same_id(
    sender: Sender, catcher: Catcher, services: Services, clock: FakeClock
) -> None:
    """At least once is what can be promised; the id is what a mailbox recognises the second one by."""
    await post(services)
    catcher.conduct = Conduct.LOSE
    await sender.deliver_due()
    catcher.conduct = Conduct.ACCEPT
    clock.advance(5)
    await sender.deliver_due()
    first, second = catcher.letters
    assert first.message["Message-ID"] == second.message["Message-ID"]
    assert first.message["Date"] == second.message["Date"]
    assert await states(services) == [("SENT", 1, False)]


async def test_one_bad_letter_does_not_hold_up_the_others(
    sender: Sender, catcher: Catcher, services: Services, caplog: pytest.LogCaptureFixture
) -> None:
    """An address that is none, or details that are missing, fail by themselves."""
    recipients = ["one@example.com", "x<victim@example.com>", "two@example.com"]
    bad = letter(services, details={})
    await post(services, *(letter(services, recipient=recipient) for recipient in recipients), bad)
    assert await sender.deliver_due() == 4
    assert sorted(caught.recipients for caught in catcher.letters) == [
        ["one@example.com"],
        ["two@example.com"],
    ]
    assert [state for state, *_ in await states(services)] == ["SENT", "PENDING", "SENT", "PENDING"]
    failures = sorted(line.rpartition(": ")[2] for line in lines(caplog) if line.startswith("WARNING"))
    assert failures == ["RecipientUnusable", "UndefinedError"]


async def test_a_pass_takes_no_more_than_a_batch(
    sender: Sender, catcher: Catcher, services: Services
) -> None:
    """The oldest first, and the rest in the next pass."""
    await post(services, *(letter(services, recipient=f"{n}@example.com") for n in range(2 * BATCH + 5)))
    assert [await sender.deliver_due() for _ in range(4)] == [BATCH, BATCH, 5, 0]
    assert {to for caught in catcher.letters for to in caught.recipients} == {
        f"{n}@example.com" for n in range(2 * BATCH + 5)
    }
    assert len(catcher.letters) == 2 * BATCH + 5


async def test_a_minute_without_a_mail_server_loses_and_doubles_nothing(
    sender: Sender, catcher: Catcher, services: Services, clock: FakeClock
) -> None:
    """People sign up meanwhile; each gets their letter afterwards."""
    await asyncio.to_thread(catcher.stop)
    for second in range(60):
        await post(services, letter(services, recipient=f"{second}@example.com"))
        await sender.deliver_due()
        clock.advance(1)
    assert catcher.letters == []
    await asyncio.to_thread(catcher.start)
    for _ in range(150):
        await drain(sender)
        clock.advance(1)
    assert sorted(caught.recipients[0] for caught in catcher.letters) == sorted(
        f"{second}@example.com" for second in range(60)
    )
    assert {state for state, *_ in await states(services)} == {"SENT"}


def test_a_claim_outlasts_every_delivery() -> None:
    """Else a slow server would get the letter from two senders."""
    assert DELIVER_WITHIN + GOODBYE_WITHIN + timedelta(seconds=20) <= LEASE

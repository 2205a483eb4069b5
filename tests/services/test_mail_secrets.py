"""Codes in the outbox: for no longer than they are of use, and never in a log line or a subject."""

import asyncio
import logging
from datetime import timedelta

import pytest

from models import MailKind
from services import Services
from services.mail_sender import ATTEMPTS, Sender
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


@pytest.fixture
def sender(catcher: Catcher, services: Services) -> Sender:
    """Give a sender that delivers to the catcher."""
    return sender_to(catcher, services)


async def test_a_letter_that_comes_too_late_is_wiped_and_never_sent(
    sender: Sender, catcher: Catcher, services: Services, clock: FakeClock, caplog: pytest.LogCaptureFixture
) -> None:
    """Ten minutes without a sender: the code is of no use any more. A letter without an end still is."""
    await post(services, letter(services), letter(services, expires_at=None, kind=MailKind.PASSWORD_RESET))
    clock.advance(600)
    assert await sender.deliver_due() == 1
    assert await states(services) == [("EXPIRED", 0, False), ("SENT", 0, False)]
    assert [caught.subject for caught in catcher.letters] == ["Your password for latchkey.test was reset"]
    first = (await outbox(services))[0]
    assert f"WARNING letter {first['id']} (LOGIN) was not delivered in time" in lines(caplog)


async def test_a_letter_expires_between_two_attempts(
    sender: Sender, catcher: Catcher, services: Services, clock: FakeClock
) -> None:
    """It is wiped when its time is over, and not only when it would be due again."""
    await post(services)
    catcher.answers["DATA"] = "451 Later"
    for seconds in PAUSES[:5]:
        await sender.deliver_due()
        clock.advance(seconds if seconds < 405 else 0)
    assert await states(services) == [("PENDING", 5, True)]
    clock.advance(600 - sum(PAUSES[:4]) - 0.001)
    assert await sender.deliver_due() == 0
    assert await states(services) == [("PENDING", 5, True)]
    clock.advance(0.001)
    assert await sender.deliver_due() == 0
    assert await states(services) == [("EXPIRED", 5, False)]
    assert catcher.letters == []


@pytest.mark.parametrize("language", ["en", "de"])
async def test_no_code_and_no_address_is_in_a_log_line_or_a_subject(
    sender: Sender,
    catcher: Catcher,
    services: Services,
    clock: FakeClock,
    caplog: pytest.LogCaptureFixture,
    language: str,
) -> None:
    """Whatever becomes of a letter, and whatever the server says of it."""
    caplog.set_level(logging.DEBUG, "services")
    for kind in MailKind:
        await post(services, letter(services, kind=kind, languages=[language]))
    for answer in ("RCPT", "DATA"):
        catcher.answers = {answer: f"451 <{RECIPIENT}> {CODE}"}
        await drain(sender)
        clock.advance(20)
    catcher.answers = {}
    await drain(sender)
    await post(services)
    clock.advance(600)
    await sender.deliver_due()
    assert len(catcher.letters) == len(MailKind)
    assert not any(CODE in caught.subject for caught in catcher.letters)
    logged = "".join(f"{record.getMessage()} {vars(record)}\n" for record in caplog.records)
    assert "was delivered" in logged
    assert "was not delivered in time" in logged
    assert "SMTPDataError 451" in logged
    assert CODE not in logged
    assert RECIPIENT.lower() not in logged.lower()


async def test_the_details_of_a_dead_letter_are_wiped(
    sender: Sender, catcher: Catcher, services: Services, clock: FakeClock
) -> None:
    """A code that could not be delivered is kept by nobody."""
    await post(services, letter(services, expires_at=clock() + timedelta(days=1)))
    catcher.answers["DATA"] = "554 No"
    for seconds in PAUSES:
        await sender.deliver_due()
        assert (await states(services))[0][2] is True
        clock.advance(seconds)
    await sender.deliver_due()
    assert await states(services) == [("DEAD", ATTEMPTS, False)]


async def test_a_letter_that_expires_while_it_is_delivered_was_sent(
    catcher: Catcher, sender: Sender, services: Services, clock: FakeClock
) -> None:
    """Another wipes it in time, and what has become of it is known at the end."""
    await post(services)
    catcher.conduct = Conduct.HOLD
    delivery = asyncio.create_task(sender.deliver_due())
    await asyncio.to_thread(catcher.held)
    clock.advance(600)
    assert await sender.deliver_due() == 0
    assert await states(services) == [("EXPIRED", 0, False)]
    catcher.release()
    assert await delivery == 1
    assert (len(catcher.letters), await states(services)) == (1, [("SENT", 0, False)])

"""The sender beside the requests: it survives what is broken, and ends without breaking anything off."""

import asyncio
import logging
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from pathlib import Path

import pytest
from pydantic import SecretStr

from models.mail_statements import SETTLE_MAIL
from security.passwords import CHEAPEST
from server import create_app
from services import Services
from services.background import Background
from services.database_statements import Row, Statements
from services.errors import ServiceUnavailable
from services.mail_sender import Sender
from services.mail_transports import Folder
from settings import Settings
from tests.services.mailing import letter, lines, post, sender_to, states
from tests.support.clock import FakeClock
from tests.support.smtp import Catcher, Conduct


@pytest.fixture
def sender(catcher: Catcher, services: Services) -> Sender:
    """Give a sender that delivers to the catcher, and never rests."""
    return sender_to(catcher, services)


@asynccontextmanager
async def running(sender: Sender) -> AsyncIterator[asyncio.Task[None]]:
    """Run a sender, and cancel it at the end of the block."""
    task = asyncio.create_task(sender.run())
    yield task
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task


async def test_letters_are_delivered_as_they_are_posted(
    sender: Sender, catcher: Catcher, services: Services
) -> None:
    """Nobody has to ask for it."""
    async with running(sender):
        for _ in range(3):
            await post(services)
            await asyncio.to_thread(catcher.arrive, 1)
    assert len(catcher.letters) == 3
    assert await states(services) == [("SENT", 0, False)] * 3


@pytest.mark.parametrize(
    ("error", "line"),
    [
        (ServiceUnavailable(), "WARNING mail waits, as the database does not answer"),
        (RuntimeError("s3cret"), "ERROR mail waits, as something unexpected has happened"),
    ],
)
async def test_no_error_ends_it_and_each_outage_is_one_line(
    sender: Sender,
    catcher: Catcher,
    services: Services,
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
    error: Exception,
    line: str,
) -> None:
    """However often it is tried meanwhile; and what waits is delivered as soon as that is possible."""
    caplog.set_level(logging.INFO)
    fetch, outage = Statements.fetch, asyncio.Event()
    failed, worked = asyncio.Queue[str](), asyncio.Queue[str]()

    async def failing(statements: Statements, sql: str, *values: object) -> Sequence[Row]:
        if outage.is_set():
            failed.put_nowait(sql)
            raise error
        worked.put_nowait(sql)
        return await fetch(statements, sql, *values)

    await post(services)
    monkeypatch.setattr(Statements, "fetch", failing)
    outage.set()
    async with asyncio.timeout(20), running(sender):
        for _ in range(20):
            await failed.get()
        assert lines(caplog) == [line]
        outage.clear()
        while await worked.get() != SETTLE_MAIL:
            pass
        for _ in range(4):  # Two more passes: the first of them that ends well ends the outage.
            await worked.get()
        outage.set()
        for _ in range(20):
            await failed.get()
    told = lines(caplog)
    assert (told.count(line), len(told)) == (2, 3)
    assert told[1].startswith("INFO letter ")
    assert len(catcher.letters) == 1


async def test_a_delivery_under_way_is_finished_before_the_end(
    sender: Sender, catcher: Catcher, services: Services
) -> None:
    """Told to end, the sender waits for the server's word, writes it down, and claims nothing more."""
    await post(services)
    catcher.conduct = Conduct.HOLD
    task = asyncio.create_task(sender.run())
    await asyncio.to_thread(catcher.held)
    await post(services, letter(services, recipient="late@example.com"))
    task.cancel()
    done, _ = await asyncio.wait([task], timeout=0.2)
    assert done == set()
    catcher.release()
    with pytest.raises(asyncio.CancelledError):
        await task
    assert await states(services) == [("SENT", 0, False), ("PENDING", 0, True)]
    assert [caught.recipients for caught in catcher.letters] == [["Ada@Example.com"]]


async def test_an_outage_at_the_end_does_not_keep_it_from_ending(
    sender: Sender, catcher: Catcher, services: Services, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The database goes while a delivery is finished."""
    await post(services)
    catcher.conduct = Conduct.HOLD
    task = asyncio.create_task(sender.run())
    await asyncio.to_thread(catcher.held)

    async def failing(*_: object) -> Sequence[Row]:
        raise ServiceUnavailable

    monkeypatch.setattr(Statements, "fetch", failing)
    task.cancel()
    catcher.release()
    with pytest.raises(asyncio.CancelledError):
        await task
    assert len(catcher.letters) == 1


async def test_the_background_begins_and_ends_with_the_serving() -> None:
    """Stopped, it is over, and not only told to be; told twice, it still finishes what it is doing."""
    events: list[str] = []

    async def work() -> None:
        events.append("begun")
        try:
            await asyncio.Event().wait()
        finally:
            await asyncio.sleep(0)
            events.append("ended")

    background = Background([work, work])
    await background.start()
    await asyncio.sleep(0)
    assert events == ["begun"] * 2
    background.end()
    await asyncio.sleep(0)
    await background.stop()
    assert events == ["begun"] * 2 + ["ended"] * 2


async def test_a_background_that_fails_does_not_keep_the_server_from_ending() -> None:
    """What it stands on has to be closed in any case."""

    async def fail() -> None:
        raise RuntimeError("broken")

    background = Background([fail])
    await background.start()
    await background.stop()


async def test_an_application_delivers_mail_unless_it_is_told_not_to(
    settings: Settings, clock: FakeClock, catcher: Catcher
) -> None:
    """From the settings alone, and done when it has ended."""
    own = settings.model_copy(update={"smtp_url": SecretStr(catcher.url)})
    app = await asyncio.to_thread(create_app, own, clock=clock, profile=CHEAPEST)
    services: Services = app.extensions["services"]
    async with app.test_app():
        await post(services)
        await asyncio.to_thread(catcher.arrive, 1)
    assert [caught.sender for caught in catcher.letters] == ["no-reply@localhost"]


async def test_development_keeps_its_mail_in_a_folder(services: Services) -> None:
    """Without a mail server, in the folder that the contract names."""
    assert services.sender.transport == Folder(Path("var/outbox"))

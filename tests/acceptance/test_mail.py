"""Real servers and a real mail server: every letter once, whoever is stopped, killed or away meanwhile."""

import asyncio
import os
import signal
import time
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
import requests

from models import MailKind
from services import mail
from services.database import Database
from services.mail import Letter
from services.mail_sender import LEASE, Sender
from services.mail_smtp import smtp
from tests.acceptance.site import Site
from tests.services.mailing import CODE, COMPOSER
from tests.support.certificates import certificate_for
from tests.support.letters import Caught
from tests.support.processes import ServerProcess
from tests.support.smtp import Catcher, Conduct, Demands

pytestmark = pytest.mark.acceptance

STATES = "SELECT state, details FROM outbox ORDER BY id"
SENT = {"state": "SENT", "details": "{}"}


def post(site: Site, *recipients: str) -> None:
    """Post letters as a flow of some server of this site would."""
    now = datetime.now(UTC)
    database = Database(site.settings["LATCHKEY_DATABASE_URL"])
    letters = [
        Letter(
            kind=MailKind.LOGIN,
            recipient=recipient,
            languages=("en",),
            details={"code": CODE},
            expires_at=now + timedelta(minutes=10),
        )
        for recipient in recipients
    ]

    async def write() -> None:
        await database.open()
        async with database.transaction() as transaction:
            for letter in letters:
                await mail.post(transaction, letter, now=now)
        await database.close()

    asyncio.run(write())


def deliver(site: Site, catcher: Catcher, *, ahead: timedelta) -> int:
    """Be another sender of this site, at some time from now, and give how many letters were due."""
    database = Database(site.settings["LATCHKEY_DATABASE_URL"])
    sender = Sender(
        database=database,
        composer=COMPOSER,
        transport=smtp(catcher.url, greets_as="latchkey.test"),
        clock=lambda: datetime.now(UTC) + ahead,
        chance=lambda: 0.5,
    )

    async def work() -> int:
        await database.open()
        claimed = await sender.deliver_due()
        await database.close()
        return claimed

    return asyncio.run(work())


def stop_listening(server: ServerProcess) -> None:
    """Tell a server to stop, and wait until it takes no more requests; it may still be busy."""
    os.kill(server.pid, signal.SIGTERM)
    deadline = time.monotonic() + 30
    while time.monotonic() < deadline:
        try:
            requests.get(f"{server.base_url}/healthz", timeout=5)
        except requests.exceptions.ConnectionError:
            return
    pytest.fail("the server goes on listening")


def test_two_servers_deliver_each_letter_once(site: Site, catcher: Catcher) -> None:
    """The mail server is away at first; afterwards all arrive, and neither log has a code or an address."""
    catcher.stop()
    servers = [site.start(LATCHKEY_SMTP_URL=catcher.url) for _ in range(2)]
    wanted = [f"{number}@example.com" for number in range(30)]
    post(site, *wanted)
    deadline = time.monotonic() + 30
    while sum(server.log_text().count("failed, attempt 1: ") for server in servers) < len(wanted):
        assert time.monotonic() < deadline
    catcher.start()
    catcher.arrive(len(wanted))
    assert [server.terminate() for server in servers] == [0, 0]
    assert sorted(letter.recipients[0] for letter in catcher.letters) == sorted(wanted)
    assert len({letter.message["Message-ID"] for letter in catcher.letters}) == len(wanted)
    assert site.rows(STATES) == [SENT] * len(wanted)
    logged = "".join(server.log_text() for server in servers)
    assert logged.count(" was delivered") == len(wanted)
    assert not any(secret in logged for secret in (CODE, *wanted))


def test_a_server_that_is_stopped_finishes_what_it_delivers(site: Site, catcher: Catcher) -> None:
    """The letter is not broken off and sent again by the next one; what was not begun waits for it."""
    server = site.start(LATCHKEY_SMTP_URL=catcher.url)
    catcher.conduct = Conduct.HOLD
    post(site, "one@example.com")
    catcher.held()
    stop_listening(server)
    post(site, "two@example.com")
    catcher.release()
    assert server.wait_ended() == 0
    assert [letter.recipients for letter in catcher.letters] == [["one@example.com"]]
    assert [row["state"] for row in site.rows(STATES)] == ["SENT", "PENDING"]
    site.start(LATCHKEY_SMTP_URL=catcher.url)
    catcher.arrive(2)
    assert len(catcher.letters) == 2


def test_a_letter_outlives_the_server_that_had_claimed_it(site: Site, catcher: Catcher) -> None:
    """Killed in the middle of a delivery: the claim lapses, and then another sends the letter."""
    server = site.start(LATCHKEY_SMTP_URL=catcher.url)
    catcher.conduct = Conduct.HOLD
    post(site, "one@example.com")
    catcher.held()
    server.kill()
    catcher.conduct = Conduct.ACCEPT
    assert deliver(site, catcher, ahead=timedelta()) == 0
    assert [row["state"] for row in site.rows(STATES)] == ["PENDING"]
    assert deliver(site, catcher, ahead=LEASE) == 1
    assert [letter.recipients for letter in catcher.letters] == [["one@example.com"]]
    assert site.rows(STATES) == [SENT]


@pytest.mark.parametrize("backend", ["sqlite"])
@pytest.mark.parametrize("from_the_start", [False, True])
def test_a_server_speaks_tls_to_its_mail_server(site: Site, tmp_path: Path, from_the_start: bool) -> None:
    """By STARTTLS with a login, and from the first byte; nothing of that blocks its loop."""
    made, path = certificate_for("127.0.0.1"), tmp_path / "mail.pem"
    path.write_text(made.certificate + made.key)
    login = None if from_the_start else ("me@example.com", "p:ä/s %@?#")
    with Catcher(Demands(certificate=path, tls_from_the_start=from_the_start, login=login)) as catcher:
        server = site.start(LATCHKEY_SMTP_URL=catcher.url)
        post(site, "one@example.com")
        catcher.arrive(1)
        assert server.terminate() == 0
    assert [letter.with_tls for letter in catcher.letters] == [True]
    assert site.rows(STATES) == [SENT]
    assert "BlockingError" not in server.log_text()


@pytest.mark.parametrize("backend", ["sqlite"])
def test_development_has_its_mail_in_a_folder(site: Site) -> None:
    """Without a mail server, the code can be read from a file below the working directory."""
    server = site.start()
    post(site, "one@example.com", "two@example.com")
    folder, deadline = site.workdir / "var" / "outbox", time.monotonic() + 30
    while len(files := sorted(folder.glob("*.eml"))) < 2:
        assert time.monotonic() < deadline
    assert {Caught.of(file.read_bytes(), recipients=[]).code for file in files} == {CODE}
    assert server.terminate() == 0
    assert site.rows(STATES) == [SENT, SENT]

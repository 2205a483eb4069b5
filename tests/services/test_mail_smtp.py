"""A delivery by SMTP, against a real server: TLS, logins, refusals, and the patience that we have with it."""

import asyncio
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from aiosmtplib import (
    SMTPAuthenticationError,
    SMTPConnectTimeoutError,
    SMTPDataError,
    SMTPException,
    SMTPNotSupported,
    SMTPReadTimeoutError,
    SMTPRecipientRefused,
    SMTPSenderRefused,
    SMTPServerDisconnected,
)

from services import mail_smtp
from services.mail_smtp import smtp
from tests.services.mailing import CODE, COMPOSER, RECIPIENT, claimed
from tests.support.certificates import certificate_for
from tests.support.smtp import Catcher, Conduct, Demands

LOGIN = ("me@example.com", "p:ä/s %@?#")
MOMENT = timedelta(seconds=0.2)


@pytest.fixture
def certificate(tmp_path: Path) -> Path:
    """Make a certificate for 127.0.0.1, with its key, in a file."""
    made, path = certificate_for("127.0.0.1"), tmp_path / "server.pem"
    path.write_text(made.certificate + made.key)
    return path


@pytest.fixture
def catching() -> Iterator[Callable[..., Catcher]]:
    """Give a function that runs a server with demands of its own."""
    with ExitStack() as running:
        yield lambda **demands: running.enter_context(Catcher(Demands(**demands)))


async def deliver(url: str, *, recipient: str = RECIPIENT, **limits: Any) -> None:
    """Deliver a letter with a code to a server, as a new process would."""
    transport = await asyncio.to_thread(smtp, url, greets_as="latchkey.test")
    await replace(transport, **limits).deliver(COMPOSER.compose(claimed(recipient=recipient)))


async def test_a_letter_arrives_whole(catcher: Catcher) -> None:
    """Its envelope is from the sender of all mail to the one recipient, and both parts have the code."""
    await deliver(catcher.url)
    (letter,) = catcher.letters
    assert (letter.sender, letter.recipients) == ("no-reply@example.com", [RECIPIENT])
    assert letter.code == CODE
    assert all(CODE in part for part in letter.parts)
    assert letter.with_tls is False


async def test_starttls_and_a_login(catching: Callable[..., Catcher], certificate: Path) -> None:
    """A name and a password travel over TLS, whatever characters they have."""
    catcher = catching(certificate=certificate, login=LOGIN)
    assert LOGIN[1] not in catcher.url
    await deliver(catcher.url)
    assert [letter.with_tls for letter in catcher.letters] == [True]


async def test_tls_from_the_start(catching: Callable[..., Catcher], certificate: Path) -> None:
    """With smtps:// there is no plain text at all."""
    await deliver((catcher := catching(certificate=certificate, tls_from_the_start=True)).url)
    assert [letter.with_tls for letter in catcher.letters] == [True]


async def test_starttls_is_used_where_the_server_has_it(
    catching: Callable[..., Catcher], certificate: Path
) -> None:
    """Also where nothing asks for it."""
    await deliver((catcher := catching(certificate=certificate)).url)
    assert [letter.with_tls for letter in catcher.letters] == [True]


async def test_a_password_is_kept_from_a_server_without_tls(catching: Callable[..., Catcher]) -> None:
    """Who strips STARTTLS from the server's answer gets neither the login nor the letter."""
    catcher = catching()
    with pytest.raises(SMTPException, match="STARTTLS extension not supported"):
        await deliver(f"smtp://me:secret@127.0.0.1:{catcher.port}")
    with pytest.raises(SMTPException, match="STARTTLS extension not supported"):
        await deliver(f"{catcher.url}?starttls=require")
    assert catcher.letters == []


@pytest.mark.parametrize("from_the_start", [False, True])
@pytest.mark.parametrize("host", ["127.0.0.1", "localhost"])
async def test_a_certificate_that_cannot_be_verified(
    catching: Callable[..., Catcher], certificate: Path, from_the_start: bool, host: str
) -> None:
    """Of an authority that nobody named, or for another host: it gets no letter."""
    catcher = catching(certificate=certificate, tls_from_the_start=from_the_start)
    scheme, authority = catcher.url.partition(":")[0], catcher.url.partition("?")[2]
    trusted = f"?{authority}" if host == "localhost" else ""
    with pytest.raises(OSError, match="certificate verify failed"):
        await deliver(f"{scheme}://{host}:{catcher.port}{trusted}")
    assert catcher.letters == []


async def test_starttls_can_be_done_without(catching: Callable[..., Catcher], certificate: Path) -> None:
    """For a relay on the same machine whose certificate nobody can verify; this one here insists on TLS."""
    catcher = catching(certificate=certificate)
    with pytest.raises(SMTPSenderRefused) as refused:
        await deliver(f"smtp://127.0.0.1:{catcher.port}?starttls=disable")
    assert refused.value.code == 530


async def test_a_wrong_password(catching: Callable[..., Catcher], certificate: Path) -> None:
    """The server says no, and there is no other way in."""
    catcher = catching(certificate=certificate, login=LOGIN)
    with pytest.raises(SMTPAuthenticationError) as refused:
        await deliver(f"smtp://me:wrong@127.0.0.1:{catcher.port}?cafile={certificate}")
    assert refused.value.code == 535
    assert catcher.letters == []


async def test_an_address_that_is_not_ascii(catching: Callable[..., Catcher]) -> None:
    """It is delivered by a server that knows SMTPUTF8, and refused by us where the server does not."""
    await deliver((knowing := catching()).url, recipient="jörg@bücher.example")
    assert [letter.recipients for letter in knowing.letters] == [["jörg@bücher.example"]]
    with pytest.raises(SMTPNotSupported):
        await deliver((ignorant := catching(knows_utf8=False)).url, recipient="jörg@bücher.example")
    assert ignorant.letters == []


@pytest.mark.parametrize(
    ("command", "kind"),
    [("MAIL", SMTPSenderRefused), ("RCPT", SMTPRecipientRefused), ("DATA", SMTPDataError)],
)
@pytest.mark.parametrize("code", [451, 554])
async def test_a_server_that_says_no(
    catcher: Catcher, command: str, kind: type[SMTPDataError], code: int
) -> None:
    """Wherever it says so, and for now or for ever, the number that it gives is known."""
    catcher.answers[command] = f"{code} No"
    with pytest.raises(kind) as refused:
        await deliver(catcher.url)
    assert refused.value.code == code


@pytest.mark.parametrize(
    ("conduct", "limit", "kind"),
    [
        (Conduct.SILENT, "step_within", SMTPConnectTimeoutError),
        (Conduct.SILENT, "deliver_within", TimeoutError),
        (Conduct.HOLD, "step_within", SMTPReadTimeoutError),
        (Conduct.HOLD, "deliver_within", TimeoutError),
    ],
)
async def test_a_server_that_hangs(
    catcher: Catcher, conduct: Conduct, limit: str, kind: type[Exception]
) -> None:
    """Every step is bounded, and all of them together are, wherever the server falls silent."""
    catcher.conduct, limits = conduct, dict[str, Any]({limit: MOMENT})
    async with asyncio.timeout(10):
        with pytest.raises(kind):
            await deliver(catcher.url, **limits)
    assert catcher.letters == []


@pytest.mark.parametrize("conduct", [Conduct.DROP, Conduct.LOSE])
async def test_a_connection_that_breaks_off(catcher: Catcher, conduct: Conduct) -> None:
    """Without the server's word nothing is delivered, though it may have the letter."""
    catcher.conduct = conduct
    with pytest.raises(SMTPServerDisconnected):
        await deliver(catcher.url)
    assert len(catcher.letters) == (conduct is Conduct.LOSE)


async def test_a_server_that_is_not_there(catcher: Catcher) -> None:
    """A refused connection is a failure like any other."""
    await asyncio.to_thread(catcher.stop)
    with pytest.raises(OSError, match="Error connecting"):
        await deliver(catcher.url)


async def test_a_goodbye_that_does_not_come(catcher: Catcher, monkeypatch: pytest.MonkeyPatch) -> None:
    """The server has the letter: to send it again would be wrong, and to wait for long would be useless."""
    monkeypatch.setattr(mail_smtp, "GOODBYE_WITHIN", MOMENT)
    catcher.conduct = Conduct.LINGER
    async with asyncio.timeout(10):
        await deliver(catcher.url)
    assert len(catcher.letters) == 1

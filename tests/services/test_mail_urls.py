"""The URL of a mail server: what each says, and that a bad one is refused without being quoted."""

from pathlib import Path

import pytest

from services.mail_smtp import MailServerInvalid, Smtp, StartTls, smtp

SECRET = "s3cret"


def read(url: str) -> Smtp:
    """Read a URL."""
    return smtp(url, greets_as="latchkey.test")


@pytest.mark.parametrize(
    ("url", "host", "port", "start_tls"),
    [
        ("smtp://mail.example.com", "mail.example.com", 587, StartTls.PREFER),
        ("smtp://mail.example.com/", "mail.example.com", 587, StartTls.PREFER),
        ("smtp://localhost:25?starttls=disable", "localhost", 25, StartTls.DISABLE),
        ("smtp://[::1]:2525?starttls=prefer", "::1", 2525, StartTls.PREFER),
        ("smtp://mail.example.com?starttls=require", "mail.example.com", 587, StartTls.REQUIRE),
        ("smtp://me:pw@mail.example.com", "mail.example.com", 587, StartTls.REQUIRE),
        ("smtp://me:pw@mail.example.com:25?starttls=require", "mail.example.com", 25, StartTls.REQUIRE),
        ("smtps://mail.example.com", "mail.example.com", 465, None),
        ("smtps://me:pw@mail.example.com:4650", "mail.example.com", 4650, None),
    ],
)
def test_a_url_says_where_and_how(url: str, host: str, port: int, start_tls: StartTls | None) -> None:
    """Without a port it is that of submission, and with a password TLS is required."""
    found = read(url)
    assert (found.host, found.port, found.start_tls) == (host, port, start_tls)
    assert found.tls.check_hostname is True


def test_a_login_is_percent_decoded_and_not_shown() -> None:
    """A password may have any characters, and no traceback shows it."""
    found = read("smtps://me%40example.com:p%3A%C3%A4%2Fs%20%25@mail.example.com")
    assert (found.username, found.password) == ("me@example.com", "p:ä/s %")
    assert "p:ä/s %" not in repr(found)
    assert (read("smtp://host").username, read("smtp://host").password) == (None, None)


@pytest.mark.parametrize(
    ("url", "line"),
    [
        (f"http://{SECRET}", "is not the URL of a mail server"),
        (f"smtp://me:{SECRET}@host:port", "is not the URL of a mail server"),
        (f"smtp://me:{SECRET}@host:70000", "is not the URL of a mail server"),
        (f"smtp://[{SECRET}", "is not the URL of a mail server"),
        (f"smtp://me:{SECRET}@", "has to be smtp:// or smtps://, a host and a port, and nothing behind them"),
        (
            f"smtp://host/{SECRET}",
            "has to be smtp:// or smtps://, a host and a port, and nothing behind them",
        ),
        (
            f"smtp://host#{SECRET}",
            "has to be smtp:// or smtps://, a host and a port, and nothing behind them",
        ),
        (f"smtp://host?{SECRET}=1", "knows these parameters: starttls, cafile"),
        (f"smtp://host?starttls={SECRET}", "has a starttls other than require, prefer, disable"),
        (f"smtps://me:{SECRET}@host?starttls=require", "has a starttls, which goes with smtp:// only"),
        (f"smtp://{SECRET}@host", "has a user without a password, or a password without a user"),
        (f"smtp://:{SECRET}@host", "has a user without a password, or a password without a user"),
        (
            f"smtp://me:{SECRET}@host?starttls=prefer",
            "has a password, which does not travel without starttls=require",
        ),
        (
            f"smtp://me:{SECRET}@host?starttls=disable",
            "has a password, which does not travel without starttls=require",
        ),
        (f"smtp://host?cafile={SECRET}", "has a cafile that cannot be read: No such file or directory"),
        ("smtp://host?cafile=", "has a cafile without a name"),
        ("smtp://host?starttls=", "has a starttls other than require, prefer, disable"),
    ],
)
def test_a_bad_url_is_refused_and_never_quoted(url: str, line: str) -> None:
    """It holds a password."""
    with pytest.raises(MailServerInvalid) as error:
        read(url)
    assert str(error.value) == line


def test_an_authority_that_is_none(tmp_path: Path) -> None:
    """A file without a certificate is found before anything is served."""
    (tmp_path / "ca.pem").write_text(SECRET)
    with pytest.raises(MailServerInvalid, match="has a cafile that cannot be read") as error:
        read(f"smtp://host?cafile={tmp_path / 'ca.pem'}")
    assert SECRET not in str(error.value)

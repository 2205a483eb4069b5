"""The URL of a database, and what it says about TLS: proved against a PostgreSQL with TLS and one without."""

import asyncio
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from services.database import Database
from services.database_pool import SERVER_SETTINGS, Connection
from services.database_urls import UrlInvalid, configuration
from services.errors import ServiceUnavailable
from tests.support.certificates import Certificate, certificate_for
from tests.support.postgres import Postgres

_WITH_TLS = "SELECT ssl FROM pg_stat_ssl WHERE pid = pg_backend_pid()"


@pytest.fixture(autouse=True)
def _hostile_home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Put garbage where PostgreSQL's clients look for certificates: whoever reads it fails."""
    folder = tmp_path / "home" / ".postgresql"
    folder.mkdir(parents=True)
    for name in ("postgresql.crt", "postgresql.key", "root.crt", "root.crl"):
        (folder / name).write_text("no certificate")
    monkeypatch.setenv("HOME", str(tmp_path / "home"))


@pytest.fixture
def tls(postgres: Postgres) -> Iterator[Certificate]:
    """Have PostgreSQL speak TLS during the test."""
    made = certificate_for("127.0.0.1")
    for name, text in (("server.crt", made.certificate), ("server.key", made.key)):
        # PostgreSQL writes the files itself, into its own folder: it wants to be their one reader.
        lines = f"SELECT unnest(string_to_array('{text}', E'\\n'))"
        postgres.execute(f"COPY ({lines}) TO PROGRAM 'umask 077; cat > {name}'")
    _switch(postgres, "on")
    yield made
    _switch(postgres, "off")


def _switch(postgres: Postgres, state: str) -> None:
    postgres.execute(f"ALTER SYSTEM SET ssl = {state}", "SELECT pg_reload_conf()")
    deadline = time.monotonic() + 30
    while postgres.fetch("SHOW ssl") != [{"ssl": state}]:
        assert time.monotonic() < deadline


async def _ask(url: str) -> bool:
    database = await asyncio.to_thread(Database, url)
    try:
        await database.open()
        row = await database.first(_WITH_TLS)
        assert row is not None
        return bool(row["ssl"])
    finally:
        await database.close()


async def test_tls_is_used_where_the_server_has_it(postgres: Postgres, tls: Certificate) -> None:
    """Without verification there is no need of a certificate of ours, and none is looked for."""
    queries = ("", "?sslmode=prefer", "?sslmode=require", "?sslmode=disable")
    encrypted = [query for query in queries if await _ask(postgres.url("postgres") + query)]
    assert encrypted == ["", "?sslmode=prefer", "?sslmode=require"]


@pytest.mark.parametrize("query", ["", "?sslmode=prefer", "?sslmode=disable"])
async def test_without_tls_those_connect_that_do_not_require_it(postgres: Postgres, query: str) -> None:
    """The default is what libpq does: encrypted where possible."""
    assert await _ask(postgres.url("postgres") + query) is False


@pytest.mark.parametrize("mode", ["require", "verify-full"])
async def test_plain_text_is_refused_where_tls_is_required(postgres: Postgres, mode: str) -> None:
    """A server that has no TLS, or somebody on the way who says so, gets no password."""
    with pytest.raises(ServiceUnavailable):
        await _ask(f"{postgres.url('postgres')}?sslmode={mode}")


async def test_a_verified_server_is_the_one_of_its_certificate(
    postgres: Postgres, tls: Certificate, tmp_path: Path
) -> None:
    """`verify-full` asks for an authority that we trust and for the name in the URL, and both are needed."""
    root = tmp_path / "root.pem"
    await asyncio.to_thread(root.write_text, tls.certificate)
    url = f"{postgres.url('postgres')}?sslmode=verify-full"
    assert await _ask(f"{url}&sslrootcert={root}") is True
    with pytest.raises(ServiceUnavailable):
        await _ask(url)
    with pytest.raises(ServiceUnavailable):
        await _ask(f"{url.replace('127.0.0.1', 'localhost')}&sslrootcert={root}")


async def test_a_wrong_password_is_an_outage_and_no_secret_is_told(postgres: Postgres) -> None:
    """The operator is told that the server refuses, the client that the service is not available."""
    with pytest.raises(ServiceUnavailable) as refused:
        await _ask(postgres.url("postgres").replace(postgres.password, "not-the-password"))
    assert "not-the-password" not in f"{refused.value} {refused.value.__cause__}"


@pytest.mark.parametrize(
    ("url", "message"),
    [
        ("sqlite://", "is not the URL of a database"),
        ("postgres://me:s3cret@host:port/name", "is not the URL of a database"),
        ("postgres://me:s3cret@[host/name", "is not the URL of a database"),
        ("mysql2://me:s3cret@host/name", "is not the URL of a database"),
        ("postgres://me:s3cret@host/name?ssl=true", "knows these parameters: sslmode, sslrootcert,"),
        ("postgres://me:p?s3cret=@host/name", "knows these parameters: sslmode, sslrootcert,"),
        ("postgres://me:s3cret@host/name?sslmode=on", "has a sslmode other than disable, prefer, require"),
        ("postgres://me:s3cret@host/name?sslrootcert=/certs/ca.pem", "goes with sslmode=verify-full only"),
        ("postgres://me:s3cret@host/name?sslmode=verify-full&sslrootcert=/nowhere.pem", "cannot be read"),
    ],
)
def test_a_wrong_url_is_refused_without_quoting_it(url: str, message: str) -> None:
    """The operator reads in the log what is wrong, and nobody else reads the password there."""
    with pytest.raises(UrlInvalid, match=message) as refused:
        configuration(url)
    assert "s3cret" not in str(refused.value)


def test_what_the_url_says_reaches_the_driver() -> None:
    """The options of a URL come after ours, and without a password none is looked up."""
    (connection,) = configuration("postgres://me@host:5433/name?maxsize=3&sslmode=disable")[
        "connections"
    ].values()
    reset = connection["credentials"].pop("reset")
    assert (callable(reset), connection["credentials"]) == (
        True,
        {
            "host": "host",
            "port": 5433,
            "user": "me",
            "password": "",
            "database": "name",
            "minsize": 0,
            "maxsize": "3",
            "timeout": 5,
            "command_timeout": 5,
            "connection_class": Connection,
            "server_settings": SERVER_SETTINGS,
            "ssl": False,
        },
    )

"""From the URL of a database to Tortoise's configuration, TLS included: built once, outside of the loop."""

import ssl
from collections.abc import Mapping
from functools import partial
from typing import Any
from urllib.parse import parse_qsl, urlsplit, urlunsplit

import asyncpg
from tortoise.backends.base.config_generator import expand_db_url
from tortoise.exceptions import ConfigurationError

from services.database_pool import SERVER_SETTINGS, Connection

APP = "latchkey"
"""The label under which Tortoise knows our models and migrations."""


async def _as_it_is(_: object) -> None:
    """Keep a connection as it is when it goes back to the pool, where asyncpg would have it reset each time.

    None of our statements leaves anything behind in its session, and an open transaction is undone anyway.
    """


_TUNING: Mapping[str, Mapping[str, object]] = {
    "tortoise.backends.sqlite": {"busy_timeout": 2000},
    "tortoise.backends.asyncpg": {
        # None is opened ahead of its use: in an outage, asyncpg would report every try as a traceback.
        "minsize": 0,
        "maxsize": 10,
        "timeout": 5,
        "command_timeout": 5,
        "reset": _as_it_is,
        "connection_class": Connection,
        "server_settings": SERVER_SETTINGS,
    },
}
_TLS = ("sslmode", "sslrootcert")
_PARAMETERS = (*_TLS, "host", "schema", "application_name", "maxsize")


class UrlInvalid(ValueError):
    """The URL names no database that we can open; the message never quotes it, as it holds a password."""


def configuration(url: str, **tuning: object) -> dict[str, Any]:
    """Give Tortoise's configuration for a `sqlite://` or `postgres://` URL; `tuning` goes to the driver.

    `?sslmode=` of PostgreSQL means what it means to libpq: `disable`, `prefer` (the default: TLS without any
    verification where the server has it, plain text where it has not), `require` (TLS, but the server may be
    anybody) and `verify-full` (TLS with the server that the URL names, by a certificate of the system's
    authorities or of those in the file `sslrootcert`). No file of a home folder is ever looked at.

    Raises:
        UrlInvalid: it is not such a URL.
    """
    try:
        parts = urlsplit(url)
        options = dict(parse_qsl(parts.query)) if parts.scheme == "postgres" else {}
        if not options.keys() <= set(_PARAMETERS):
            raise UrlInvalid(f"knows these parameters: {', '.join(_PARAMETERS)}")
        connection = expand_db_url(_without_tls(url) if options else url)
        credentials = {**_TUNING[connection["engine"]], **connection["credentials"], **tuning}
        if parts.scheme == "postgres":
            credentials |= _tls(options.get("sslmode", "prefer"), options.get("sslrootcert"))
            # Without any password asyncpg would look for one in the home folder, and in the event loop.
            credentials["password"] = credentials["password"] or ""
    except (ConfigurationError, ValueError) as error:
        raise error if isinstance(error, UrlInvalid) else UrlInvalid("is not the URL of a database") from None
    connection["credentials"] = credentials
    # Tortoise keeps the SQL of a model by the name of its connection: each dialect needs a name of its own.
    name = connection["engine"].rpartition(".")[2]
    return {
        "connections": {name: connection},
        "apps": {APP: {"models": ["models"], "migrations": "migrations", "default_connection": name}},
        "use_tz": True,
        "timezone": "UTC",
    }


def _without_tls(url: str) -> str:
    # Left to asyncpg, every new connection would read certificates from the disk, in the event loop.
    parts = urlsplit(url)
    kept = [item for item in parts.query.split("&") if item.partition("=")[0] not in _TLS]
    return urlunsplit(parts._replace(query="&".join(kept)))


def _tls(mode: str, root: str | None) -> dict[str, Any]:
    if mode not in ("disable", "prefer", "require", "verify-full"):
        raise UrlInvalid("has a sslmode other than disable, prefer, require and verify-full")
    if root is not None and mode != "verify-full":
        raise UrlInvalid("has a sslrootcert, which goes with sslmode=verify-full only")
    if mode == "disable":
        return {"ssl": False}
    try:
        context = ssl.create_default_context(cafile=root)
    except OSError as error:
        raise UrlInvalid(f"has a sslrootcert that cannot be read: {error.strerror or error.args}") from None
    context.set_alpn_protocols(["postgresql"])
    if mode == "verify-full":
        return {"ssl": context}
    context.check_hostname = False
    context.verify_mode = ssl.CERT_NONE
    return {"ssl": context} if mode == "require" else {"connect": partial(_connect_preferring_tls, context)}


async def _connect_preferring_tls(
    context: ssl.SSLContext, *arguments: Any, **options: Any
) -> asyncpg.Connection:
    try:
        return await asyncpg.connect(*arguments, **options, ssl=context)
    except ConnectionError as error:
        # The plain class says that the server has no TLS, and its subclasses that there is no server.
        if type(error) is not ConnectionError:
            raise
        return await asyncpg.connect(*arguments, **options, ssl=False)

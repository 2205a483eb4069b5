"""The composition root: settings in, application out."""

import asyncio
from collections.abc import Callable, Coroutine, Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import Any

from quart import Quart

from security.derivation import Secret
from security.keys import KeyRing
from security.passwords import OWASP, Profile
from services import Services, build, keystore, system_clock
from services.background import Background
from services.database_urls import UrlInvalid
from services.errors import ServiceUnavailable
from services.keystore import KeysMissing
from services.mail_composition import domain_of
from services.mail_smtp import MailServerInvalid, smtp
from services.mail_transports import Folder, Transport
from services.sessions import Clock
from settings import PREFIX, VAR, Settings, SettingsError
from web import routes
from web.edge import Edge
from web.graphql_trusted import ManifestInvalid
from web.metrics import Metrics

DEVELOPMENT_USER = ("test@example.com", "password")
"""The e-mail and the password of the user that `make serve` creates, in development only."""


class StartFailed(Exception):
    """The server cannot begin; the message is one line that says why."""


def deliver_mail(services: Services) -> Coroutine[Any, Any, None]:
    """Deliver what the outbox holds, for as long as the server serves."""
    return services.sender.run()


def purge(services: Services) -> Coroutine[Any, Any, None]:
    """Remove what is over every few minutes, for as long as the server serves."""
    return services.purge.run()


BACKGROUND = (deliver_mail, purge)
"""What goes on beside the requests."""

ASK_WITHIN = 1.0
"""How long a start waits for the database to say whether it was brought back, in seconds."""


async def refuse_restored(services: Services) -> None:
    """Begin with no database that was brought back from a backup, whose ended sessions would live again.

    Raises:
        StartFailed: this one was, and nobody has said what is to become of it.
    """
    # One that is silent or lacks migrations keeps nobody from beginning, and /readyz asks again.
    with suppress(ServiceUnavailable, TimeoutError):
        async with asyncio.timeout(ASK_WITHIN):
            if await services.database.unapplied_migrations() or not await services.restores.is_pending():
                return
        raise StartFailed("the database was brought back from a backup: run `latchkey after-restore` first")


def create_app(
    settings: Settings,
    *,
    clock: Clock = system_clock,
    profile: Profile = OWASP,
    trusted_documents: Path | None = None,
    background: Sequence[Callable[[Services], Coroutine[Any, Any, None]]] = BACKGROUND,
) -> Quart:
    """Make the application; its lifespan opens and closes the services, and runs the background in between.

    Raises:
        SettingsError: production lacks its signing keys, or a setting names something unusable.
        StartFailed: the manifest of trusted documents is unusable.
    """
    services = services_of(settings, clock=clock, profile=profile)
    app = Quart("latchkey", static_folder=None)
    edge, metrics = replace(edge_of(settings), trusted_documents=trusted_documents), Metrics(services)
    try:
        routes.attach(app, services, edge, metrics)
    except ManifestInvalid as error:
        raise StartFailed(f"--trusted-documents: {error}") from None
    beside = Background([partial(work, services) for work in background])
    app.before_serving(services.open)
    app.before_serving(partial(refuse_restored, services))
    app.before_serving(beside.start)
    app.after_serving(beside.stop)
    app.after_serving(services.close)
    app.extensions.update(services=services, background=beside, metrics=metrics)
    return app


def services_of(settings: Settings, *, clock: Clock = system_clock, profile: Profile = OWASP) -> Services:
    """Wire the services with the keys that the settings name; development makes its own."""
    with naming("SIGNING_KEYS_FILE"):
        ring = _ring(settings)
    with naming("SECRET_KEY"):
        secret = _secret(settings)
    with naming("SMTP_URL"):
        transport = _transport(settings)
    with naming("DATABASE_URL"):
        return build(settings, ring=ring, secret=secret, transport=transport, clock=clock, profile=profile)


@contextmanager
def naming(setting: str) -> Iterator[None]:
    """Name the setting that names what turns out to be unusable.

    Raises:
        SettingsError: it did.
    """
    try:
        yield
    except (KeysMissing, MailServerInvalid, UrlInvalid) as error:
        raise SettingsError(f"{PREFIX}{setting}: {error}") from None


def edge_of(settings: Settings) -> Edge:
    """Tell the web edge where it stands."""
    origin = settings.public_url
    # In development a browser may as well spell localhost by its number.
    aliases = {origin} if settings.is_production else {origin, origin.replace("//localhost", "//127.0.0.1")}
    return Edge(
        origin=origin,
        own_origins=frozenset(aliases),
        allowed_origins=settings.allowed_origins,
        trusted_proxies=settings.trusted_proxies,
        cookie_prefix=settings.effective_cookie_prefix,
        cookie_samesite=settings.cookie_samesite,
        is_production=settings.is_production,
    )


def _ring(settings: Settings) -> KeyRing:
    load = keystore.load_ring if settings.is_production else keystore.development_ring
    return load(settings.signing_keys_file, algorithm=settings.jwt_algorithm)


def _secret(settings: Settings) -> Secret:
    chosen = settings.secret_key.get_secret_value()
    return Secret(chosen.encode()) if chosen else keystore.development_secret(VAR / "secret.key")


def _transport(settings: Settings) -> Transport:
    if settings.smtp_url is None:
        return Folder(VAR / "outbox")
    return smtp(settings.smtp_url.get_secret_value(), greets_as=domain_of(settings.public_url))

"""The composition root: settings in, application out."""

import asyncio
import logging
import signal
from collections.abc import Callable, Coroutine, Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import replace
from functools import partial
from logging.handlers import QueueListener
from pathlib import Path
from typing import Any

import uvloop
from hypercorn.asyncio import serve as hypercorn_serve
from hypercorn.config import Config
from hypercorn.utils import LifespanFailureError
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
from web import logs, routes
from web.edge import Edge
from web.graphql_trusted import ManifestInvalid
from workers import Supervisor, Worker

GRACE, STOP_WITHIN, CLOSE_WITHIN = 8.0, 9.0, 0.5
"""How long a server that is told to stop waits for requests, for the rest, and then for services to close."""

DEVELOPMENT_USER = ("test@example.com", "password")
"""The e-mail and the password of the user that `make serve` creates, in development only."""

logger = logging.getLogger(__name__)


class StartFailed(Exception):
    """The server cannot begin; the message is one line that says why."""


def deliver_mail(services: Services) -> Coroutine[Any, Any, None]:
    """Deliver what the outbox holds, for as long as the server serves."""
    return services.sender.run()


BACKGROUND = (deliver_mail,)
"""What goes on beside the requests."""


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
    try:
        routes.attach(app, services, replace(edge_of(settings), trusted_documents=trusted_documents))
    except ManifestInvalid as error:
        raise StartFailed(f"--trusted-documents: {error}") from None
    beside = Background([partial(work, services) for work in background])
    app.before_serving(services.open)
    app.before_serving(beside.start)
    app.after_serving(beside.stop)
    app.after_serving(services.close)
    app.extensions.update(services=services, background=beside)
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


def serve(settings: Settings, *, workers: int = 1, trusted_documents: Path | None = None) -> None:
    """Serve with Hypercorn on uvloop, until SIGTERM or SIGINT; requests in flight have ten seconds to finish.

    Several workers are processes of their own, made when all is built and nothing is open yet.

    Raises:
        SettingsError: several workers have no store to count limits in together.
        StartFailed, ServiceUnavailable: the address is taken, or something that it needs cannot be used.
        SystemExit: in the supervisor of several workers, at its end.
    """
    if workers > 1 and settings.valkey_url is None:
        raise SettingsError(f"{PREFIX}VALKEY_URL has to be set for several workers to count limits together")
    app = create_app(settings, trusted_documents=trusted_documents)
    config = Config()
    config.bind = [settings.bind]
    config.graceful_timeout = GRACE
    config.include_server_header = False
    config.errorlog = logging.getLogger("hypercorn")
    worker = _supervised(settings, config, workers) if workers > 1 else None
    listener = logs.configure(settings.log_format)
    try:
        uvloop.run(_serve(app, settings, config, listener, worker))
    finally:
        listener.stop()


def _supervised(settings: Settings, config: Config, workers: int) -> Worker:
    logs.configure_without_thread(settings.log_format)
    with _binding(settings):
        (listening,) = config.create_sockets().insecure_sockets
        # Somebody else may have the address until one of the two listens.
        listening.listen(config.backlog)
    worker = Supervisor(workers, listening).run()
    config.bind = [f"fd://{listening.detach()}"]
    return worker


@contextmanager
def _binding(settings: Settings) -> Iterator[None]:
    try:
        yield
    except OSError as error:
        message = f"{PREFIX}BIND: cannot listen on {settings.bind}: {error.strerror}"
        raise StartFailed(message) from None


async def _serve(
    app: Quart, settings: Settings, config: Config, log: QueueListener, worker: Worker | None
) -> None:
    services: Services = app.extensions["services"]
    stop = _stop_event(worker)

    async def until_stopped() -> None:
        # Hypercorn begins to wait for the end when it listens on every socket.
        if worker is not None:
            worker.tell_ready()
        if not settings.is_production and (worker is None or worker.is_first):
            await _welcome(services, settings, log)
        await stop.wait()
        asyncio.get_running_loop().call_later(STOP_WITHIN, serving.cancel)

    serving = asyncio.create_task(hypercorn_serve(app, config, shutdown_trigger=until_stopped))
    try:
        with _binding(settings):
            await serving
    except asyncio.CancelledError:
        logger.error("stopped before everything was done")
    except LifespanFailureError as failure:
        # What the lifespan raised is what it was about to answer with its failure.
        cause = failure.__context__ or failure
        raise cause from cause.__cause__
    finally:
        # A start that fails has no lifespan to close them, and the thread of an open SQLite would never end.
        with suppress(TimeoutError):
            await asyncio.wait_for(_close(app), CLOSE_WITHIN)


async def _close(app: Quart) -> None:
    await app.extensions["background"].stop()
    await app.extensions["services"].close()


def _stop_event(worker: Worker | None) -> asyncio.Event:
    stop, loop = asyncio.Event(), asyncio.get_running_loop()
    for number in (signal.SIGINT, signal.SIGTERM):
        loop.add_signal_handler(number, stop.set)

    def be_orphaned(lifeline: int) -> None:
        # It stays readable for ever, and once is enough.
        loop.remove_reader(lifeline)
        stop.set()

    if worker is not None:
        loop.add_reader(worker.lifeline, be_orphaned, worker.lifeline)
    return stop


async def _welcome(services: Services, settings: Settings, log: QueueListener) -> None:
    email, password = DEVELOPMENT_USER
    lines = [f"Playground: {settings.public_url}/graphql"]
    try:
        if await services.database.unapplied_migrations():
            lines.append("The database lacks migrations: run `latchkey migrate`.")
        elif await services.users.exists(email):
            lines.append(f"Development user: {email}, password: {password}")
    except ServiceUnavailable:
        lines.append("The database does not answer: `latchkey migrate` says why.")
    # The log has a thread of its own. What it holds is written first, so that these are the last lines.
    await asyncio.to_thread(log.stop)
    log.start()
    await asyncio.to_thread(partial(print, *lines, sep="\n", flush=True))


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

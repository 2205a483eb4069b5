"""The composition root: settings in, application out."""

import asyncio
import logging
import signal

import uvloop
from hypercorn.asyncio import serve as hypercorn_serve
from hypercorn.config import Config
from quart import Quart

from security.derivation import Secret
from security.keys import KeyRing
from security.passwords import OWASP, Profile
from services import Services, build, keystore, system_clock
from services.sessions import Clock
from settings import VAR, Settings
from web import logs, routes
from web.edge import Edge

GRACE = 10.0
"""How long requests in flight may take to finish when the server is stopped, in seconds."""


def create_app(settings: Settings, *, clock: Clock = system_clock, profile: Profile = OWASP) -> Quart:
    """Make the application; its lifespan opens and closes the services.

    Raises:
        services.keystore.KeysMissing: production lacks its signing keys.
    """
    services = services_of(settings, clock=clock, profile=profile)
    app = Quart("latchkey", static_folder=None)
    routes.attach(app, services, edge_of(settings))
    app.before_serving(services.open)
    app.after_serving(services.close)
    app.extensions["services"] = services
    return app


def services_of(settings: Settings, *, clock: Clock = system_clock, profile: Profile = OWASP) -> Services:
    """Wire the services with the keys that the settings name; development makes its own."""
    return build(settings, ring=_ring(settings), secret=_secret(settings), clock=clock, profile=profile)


def serve(settings: Settings) -> None:
    """Serve with Hypercorn on uvloop, until SIGTERM or SIGINT; requests in flight have ten seconds to finish."""
    app = create_app(settings)
    config = Config()
    config.bind = [settings.bind]
    config.graceful_timeout = GRACE
    config.include_server_header = False
    config.errorlog = logging.getLogger("hypercorn")
    listener = logs.configure(settings.log_format)
    try:
        uvloop.run(_serve(app, settings, config))
    finally:
        listener.stop()


async def _serve(app: Quart, settings: Settings, config: Config) -> None:
    stop, loop = asyncio.Event(), asyncio.get_running_loop()
    for number in (signal.SIGINT, signal.SIGTERM):
        loop.add_signal_handler(number, stop.set)
    await hypercorn_serve(app, config, shutdown_trigger=stop.wait)


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

"""Serving: one process or several, from the first request to the last."""

import asyncio
import logging
import os
import signal
import socket
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from functools import partial
from pathlib import Path

import uvloop
from hypercorn.asyncio import serve as hypercorn_serve
from hypercorn.config import Config
from hypercorn.utils import LifespanFailureError
from quart import Quart

import garbage
from server import DEVELOPMENT_USER, StartFailed, create_app
from services import Services
from services.background import Background
from services.errors import ServiceUnavailable
from settings import PREFIX, Settings, SettingsError
from settings_tracing import wants_traces
from web import logs, metrics
from workers import Supervisor, Worker

GRACE, STOP_WITHIN, CLOSE_WITHIN = 8.0, 9.0, 0.5
"""How long a server that is told to stop waits for requests, for the rest, and then for services to close."""

MAX_PORT = 65535
logger = logging.getLogger(__name__)


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
    if wants_traces(os.environ):
        _attach_traces(app, settings)
    garbage.collect_from_now_on()
    config, monitored = _config(settings.bind), _monitored(settings, workers)
    worker = _supervised(settings, config, monitored, workers) if workers > 1 else None
    if monitored:
        _attach_metrics(app, monitored, worker)
    listener = logs.configure(settings.log_format)
    try:
        uvloop.run(_serve(app, settings, config, listener, worker))
    finally:
        listener.stop()


def _config(address: str) -> Config:
    config = Config()
    config.bind = [address]
    config.graceful_timeout = GRACE
    config.include_server_header = False
    config.errorlog = logging.getLogger("hypercorn")
    return config


def _monitored(settings: Settings, workers: int) -> list[socket.socket]:
    """Listen for monitors: on a port to a worker, from the one that is set upwards."""
    if settings.metrics_bind is None:
        return []
    host, _, base = settings.metrics_bind.rpartition(":")
    if int(base) + workers - 1 > MAX_PORT:
        raise SettingsError(f"{PREFIX}METRICS_BIND has to leave a port for each of {workers} workers")
    listening: list[socket.socket] = []
    for number in range(workers):
        # Zero asks for any port, and not for the one after another.
        address = f"{host}:{int(base) and int(base) + number}"
        with _binding("METRICS_BIND", address):
            config = _config(address)
            listening += config.create_sockets().insecure_sockets
            listening[-1].listen(config.backlog)
    return listening


def _attach_metrics(app: Quart, monitored: list[socket.socket], worker: Worker | None) -> None:
    """Show the metrics during the lifespan of the application, on the socket of this worker."""
    own = monitored[worker.number if worker is not None else 0]
    for listening in monitored:
        if listening is not own:
            listening.close()
    config = _config(f"fd://{own.detach()}")
    config.graceful_timeout = CLOSE_WITHIN
    shown, ended = metrics.application(app.extensions["metrics"]), asyncio.Event()
    serving: list[asyncio.Task[None]] = []

    async def begin() -> None:
        serving.append(asyncio.create_task(hypercorn_serve(shown, config, shutdown_trigger=ended.wait)))

    async def end() -> None:
        ended.set()
        await asyncio.gather(*serving)

    app.before_serving(begin)
    app.after_serving(end)


def _attach_traces(app: Quart, settings: Settings) -> None:
    try:
        # In here, so that who wants no traces loads none of the packages, and needs none.
        from web import tracing
    except ModuleNotFoundError as error:
        message = (
            f"traces are wanted (OTEL_…), but {error.name} is not installed: `make install-tracing` does it"
        )
        raise StartFailed(message) from None
    is_sqlite = settings.database_url.get_secret_value().startswith("sqlite")
    database = "sqlite" if is_sqlite else "postgresql"
    tracing.attach(app, continued=settings.trusted_proxies > 0, database=database)


def _supervised(settings: Settings, config: Config, monitored: list[socket.socket], workers: int) -> Worker:
    logs.configure_without_thread(settings.log_format)
    with _binding("BIND", settings.bind):
        (listening,) = config.create_sockets().insecure_sockets
        # Somebody else may have the address until one of the two listens.
        listening.listen(config.backlog)
    worker = Supervisor(workers, listening, beside=monitored).run()
    config.bind = [f"fd://{listening.detach()}"]
    return worker


@contextmanager
def _binding(setting: str, address: str) -> Iterator[None]:
    try:
        yield
    except OSError as error:
        message = f"{PREFIX}{setting}: cannot listen on {address}: {error.strerror}"
        raise StartFailed(message) from None


async def _serve(
    app: Quart, settings: Settings, config: Config, log: logs.Writer, worker: Worker | None
) -> None:
    services: Services = app.extensions["services"]
    background: Background = app.extensions["background"]
    stop = _stop_event(worker)

    async def until_stopped() -> None:
        # Hypercorn begins to wait for the end when it listens on every socket.
        if worker is not None:
            worker.tell_ready()
        if not settings.is_production and (worker is None or worker.is_first):
            await _welcome(services, settings, log)
        await stop.wait()
        background.end()
        asyncio.get_running_loop().call_later(STOP_WITHIN, serving.cancel)

    serving = asyncio.create_task(hypercorn_serve(app, config, shutdown_trigger=until_stopped))
    try:
        with _binding("BIND", settings.bind):
            await serving
    except asyncio.CancelledError:
        logger.error("stopped before everything was done")
    except LifespanFailureError as failure:
        # What the lifespan raised is what it was about to answer with its failure.
        cause = failure.__context__ or failure
        raise cause from cause.__cause__
    finally:
        # A start that fails has no lifespan to close them, and the thread of an open SQLite would never end.
        for end in (background.stop, services.close):
            with suppress(TimeoutError):
                await asyncio.wait_for(end(), CLOSE_WITHIN)


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


async def _welcome(services: Services, settings: Settings, log: logs.Writer) -> None:
    email, password = DEVELOPMENT_USER
    lines = [f"App: {settings.public_url}/", f"Playground: {settings.public_url}/graphql"]
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

"""What a monitor may ask of this process: counts, durations and gauges, in the text format of Prometheus.

Every label is one of a few that are known beforehand: a field of the schema, a code, a state. None says who
asked for what, and no client can add one.
"""

import asyncio
import logging
import time
from collections.abc import Callable, Iterator

from prometheus_client import (
    CONTENT_TYPE_LATEST,
    CollectorRegistry,
    Counter,
    Histogram,
    disable_created_metrics,
    generate_latest,
)
from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily, Metric
from prometheus_client.registry import Collector
from quart import Quart, Response

from services import Services
from services.background import Background
from services.errors import ErrorCode, ServiceUnavailable
from services.mail_sender import Sender
from web import logs
from web.outcomes import Outcome

ASKED_EVERY = 5.0
"""How often the outbox is counted, in seconds at the least, however many monitors ask."""

LOOKED_EVERY = 0.5
"""How often it is looked how late the event loop is, in seconds."""

_DURATIONS = (0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0)
_LAGS = (0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0)

# When each series began would be as many series again.
disable_created_metrics()  # type: ignore[no-untyped-call]


class Metrics:
    """What this process counts, and what it finds when it is asked."""

    def __init__(self, services: Services, *, monotonic: Callable[[], float] = time.monotonic) -> None:
        """Begin at nothing, in a registry of its own: two applications in one process are two."""
        self._registry = CollectorRegistry()
        self._requests = Counter(
            "latchkey_requests", "Answers to POST /graphql.", ("operation", "code"), registry=self._registry
        )
        self._durations = Histogram(
            "latchkey_request_duration_seconds",
            "How long they took.",
            ("operation",),
            buckets=_DURATIONS,
            registry=self._registry,
        )
        self._lag = Histogram(
            "latchkey_event_loop_lag_seconds",
            "By how much the event loop was late, each time it was looked at.",
            buckets=_LAGS,
            registry=self._registry,
        )
        self._outbox = _Outbox(services.sender, monotonic)
        self._registry.register(_Found(services, self._outbox))

    def observe(self, outcome: Outcome, *, seconds: float) -> None:
        """Count a request that was answered."""
        self._requests.labels(outcome.operation, outcome.code).inc()
        self._durations.labels(outcome.operation).observe(seconds)

    async def render(self) -> bytes:
        """Write everything down."""
        await self._outbox.look()
        return generate_latest(self._registry)

    async def watch_loop(self) -> None:
        """Look how late the event loop is, until this is cancelled."""
        loop = asyncio.get_running_loop()
        while True:
            due = loop.time() + LOOKED_EVERY
            await asyncio.sleep(LOOKED_EVERY)
            self._lag.observe(max(0.0, loop.time() - due))


def application(metrics: Metrics) -> Quart:
    """Make the application that shows the metrics, at an address of its own; it asks nobody who they are."""
    app = Quart("latchkey-metrics", static_folder=None)
    app.config.update(DEBUG=False, TESTING=False, PROPAGATE_EXCEPTIONS=False)
    logging.getLogger(app.name).addFilter(logs.redact)
    beside = Background([metrics.watch_loop])
    app.before_serving(beside.start)
    app.after_serving(beside.stop)

    @app.get("/metrics")
    async def show() -> Response:
        headers = {"Cache-Control": "no-store"}
        return Response(await metrics.render(), content_type=CONTENT_TYPE_LATEST, headers=headers)

    return app


class _Outbox:
    """How many letters wait, as of a moment ago; unknown while the database does not answer."""

    def __init__(self, sender: Sender, monotonic: Callable[[], float]) -> None:
        self.depth: int | None = None
        self._sender, self._monotonic = sender, monotonic
        self._due = monotonic()
        self._looking = asyncio.Lock()

    async def look(self) -> None:
        async with self._looking:
            if self._monotonic() < self._due:
                return
            try:
                self.depth = await self._sender.waiting()
            except ServiceUnavailable:
                self.depth = None
            self._due = self._monotonic() + ASKED_EVERY


class _Found(Collector):
    """What the services have counted, and the state that they are in."""

    def __init__(self, services: Services, outbox: _Outbox) -> None:
        self._services, self._outbox = services, outbox

    def collect(self) -> Iterator[Metric]:
        yield from self._counts()
        passwords = self._services.passwords
        yield _gauge(
            "latchkey_hash_queue_length", "Password hashes that wait for a thread.", passwords.waiting
        )
        if self._outbox.depth is not None:
            text = "Letters that nobody has delivered or given up yet, of all servers on this database."
            yield _gauge("latchkey_mail_outbox_depth", text, self._outbox.depth)
        yield from self._pool()

    def _counts(self) -> Iterator[Metric]:
        tally = self._services.tally
        logins = CounterMetricFamily("latchkey_logins", "Sign-ins, by outcome.", labels=("method", "outcome"))
        for method, outcomes in (("password", tally.password_logins), ("code", tally.code_logins)):
            for outcome, count in outcomes.items():
                logins.add_metric((method, outcome), count)
        yield logins
        refreshes = CounterMetricFamily("latchkey_refreshes", "Refreshes, by outcome.", labels=("outcome",))
        for outcome, count in tally.refreshes.items():
            refreshes.add_metric((outcome,), count)
        yield refreshes
        reuses = tally.refreshes[ErrorCode.TOKEN_REUSED]
        yield CounterMetricFamily(
            "latchkey_token_reuses", "Sessions ended for a used refresh token.", value=reuses
        )

    def _pool(self) -> Iterator[Metric]:
        pool = self._services.database.pool
        if pool is None:
            return
        text = "Connections of this process to PostgreSQL."
        connections = GaugeMetricFamily("latchkey_database_connections", text, labels=("state",))
        connections.add_metric(("idle",), pool.idle)
        connections.add_metric(("busy",), pool.opened - pool.idle)
        yield connections
        yield _gauge("latchkey_database_connections_max", "How many there may be.", pool.largest)


def _gauge(name: str, text: str, value: float) -> Metric:
    return GaugeMetricFamily(name, text, value=value)

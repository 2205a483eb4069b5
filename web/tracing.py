"""A span for each request, described by what is known in advance: fields of the schema, routes and codes.

Only who sets the standard variables of OpenTelemetry has this module loaded, and needs its packages.
"""

from collections.abc import Awaitable, Callable
from functools import partial
from typing import Any

from opentelemetry.context import Context
from opentelemetry.trace import Span, SpanKind, StatusCode, Tracer, format_trace_id
from opentelemetry.trace.propagation.tracecontext import TraceContextTextMapPropagator
from quart import Quart

from services import steps
from services.errors import ErrorCode
from web import exchanges, logs
from web.exchanges import Exchange
from web.outcomes import NONE, OK
from web.tracing_export import Sending
from web.tracing_steps import Steps

METHODS = frozenset({"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"})

_FAULTS = {ErrorCode.INTERNAL_SERVER_ERROR, ErrorCode.SERVICE_UNAVAILABLE}
_PROPAGATOR = TraceContextTextMapPropagator()

Application = Callable[[Any, Any, Any], Awaitable[None]]
"""What ASGI calls an application."""


def attach(app: Quart, *, continued: bool, database: str) -> None:
    """Record the requests of an application, and send them during its lifespan.

    A trace is continued if a proxy stands in front that begins one, and else begun here: anybody could name
    the trace of somebody else, or have everything recorded.
    """
    sending = Sending()
    recorder = Steps(sending.tracer, database=database)
    app.before_serving(sending.begin)
    app.after_serving(sending.end)
    around = Requests(app.asgi_app, tracer=sending.tracer, recorder=recorder, continued=continued)
    app.asgi_app = around  # type: ignore[method-assign]  # This is how Quart wants to be wrapped.


class Requests:
    """Stands around an application: a span lasts until the answer is sent, or the client has gone."""

    def __init__(
        self, app: Application, *, tracer: Tracer, recorder: steps.Recorder, continued: bool
    ) -> None:
        """Take the application, and whether the trace of who asks is continued."""
        self._app, self._tracer, self._recorder, self._continued = app, tracer, recorder, continued

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        """Answer a request."""
        if scope["type"] != "http":
            return await self._app(scope, receive, send)
        method = scope["method"] if scope["method"] in METHODS else "_OTHER"
        with self._tracer.start_as_current_span(
            method,
            context=parent(scope["headers"]) if self._continued else Context(),
            kind=SpanKind.SERVER,
            attributes={"http.request.method": method, "network.protocol.version": scope["http_version"]},
            record_exception=False,
            set_status_on_exception=False,
        ) as span:
            # The server has a task for each request, so nobody else sees what is set here.
            if span.is_recording():
                logs.trace_id.set(format_trace_id(span.get_span_context().trace_id))
                steps.recorder.set(self._recorder)
                exchanges.listener.set(partial(describe, span, method))
            return await self._app(scope, receive, send)


def parent(headers: list[tuple[bytes, bytes]]) -> Context:
    """Read the span that a proxy has begun (https://www.w3.org/TR/trace-context/); none, if it is not one."""
    carrier: dict[str, list[str]] = {}
    for name, value in headers:
        carrier.setdefault(name.decode("latin1"), []).append(value.decode("latin1"))
    if len(carrier.get("traceparent", ())) > 1:
        return Context()
    return _PROPAGATOR.extract(carrier, context=Context())


def describe(span: Span, method: str, exchange: Exchange, status: int) -> None:
    """Write into the span of a request how that was answered."""
    outcome = exchange.outcome
    if outcome.kind is not None:
        span.update_name(f"{outcome.kind} {outcome.operation}")
    elif exchange.route is not None:
        span.update_name(f"{method} {exchange.route}")
    error = outcome.code if outcome.code != OK else str(status)
    known = {
        "http.route": exchange.route,
        "graphql.operation.type": outcome.kind,
        "graphql.operation.name": outcome.operation if outcome.operation != NONE else None,
        "error.type": error if outcome.code != OK or status >= 500 else None,
        "user.id": outcome.user_id,
        "session.id": outcome.session_id,
    }
    span.set_attributes({"http.response.status_code": status, "latchkey.request_id": exchange.request_id})
    span.set_attributes({name: value for name, value in known.items() if value is not None})
    if outcome.code in _FAULTS or status >= 500:
        span.set_status(StatusCode.ERROR)

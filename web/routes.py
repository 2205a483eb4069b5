"""Every route, and what a request passes on its way to one and back."""

import asyncio
import logging
import time
from urllib.parse import quote

import orjson
from quart import Quart, Response, g, request
from werkzeug.exceptions import HTTPException

from services import Services
from services.errors import BadUserInput, CsrfRejected, RateLimited, Refusal, ServiceUnavailable
from web import app as client_app
from web import graphql, guards, health, logs, media, playground
from web.edge import Edge
from web.graphql_errors import described, unexpected
from web.in_flight import InFlight
from web.metrics import Metrics
from web.outcomes import Outcome
from web.request import new_request_id

_LOGGED_PATH = 200
logger = logging.getLogger(__name__)


def attach(app: Quart, services: Services, edge: Edge, metrics: Metrics) -> None:
    """Put the routes on the application, and around them what every request passes."""
    in_flight = InFlight()
    _configure(app)
    app.register_blueprint(graphql.blueprint(services, edge, in_flight))
    app.register_blueprint(health.blueprint(services))
    app.register_blueprint(client_app.blueprint())
    if not edge.is_production:
        app.register_blueprint(playground.blueprint())
    app.register_error_handler(Exception, _refuse)
    app.after_serving(in_flight.drain)

    @app.before_serving
    async def _watch() -> None:
        logs.watch(asyncio.get_running_loop())

    @app.before_request
    async def _begin() -> None:
        g.request_id, g.began, g.outcome = new_request_id(), time.perf_counter(), Outcome()
        logs.request_id.set(g.request_id)
        guards.require_origin(request, edge=edge)

    @app.after_request
    async def _finish(response: Response) -> Response:
        response.headers["X-Request-Id"] = g.request_id
        guards.allow_origin(request, response, edge=edge)
        guards.secure(response, edge=edge)
        seconds = time.perf_counter() - g.began
        if (request.method, request.path) == ("POST", "/graphql"):
            metrics.observe(g.outcome, seconds=seconds)
        fields = {"status": response.status_code, "duration_ms": round(seconds * 1000, 1), **g.outcome.whose}
        logger.info("%s %s", request.method, quote(request.path)[:_LOGGED_PATH], extra=fields)
        return response

    @app.before_websocket
    async def _refuse_websocket() -> Response:
        refusal = BadUserInput("WebSockets are not spoken here")
        request_id = new_request_id()
        response = _answer(refusal, 400, media.JSON, request_id=request_id)
        response.headers["X-Request-Id"] = request_id
        guards.secure(response, edge=edge)
        return response


def _configure(app: Quart) -> None:
    # The framework's own switches for developers come from the environment of the process, and some of them
    # answer with a traceback and the locals in it.
    app.config.update(DEBUG=False, TESTING=False, PROPAGATE_EXCEPTIONS=False)
    app.config.update(MAX_CONTENT_LENGTH=guards.MAX_BODY, BODY_TIMEOUT=guards.READ_WITHIN)
    app.config["PROVIDE_AUTOMATIC_OPTIONS"] = False
    app.url_map.merge_slashes = False
    logging.getLogger(app.name).addFilter(logs.redact)


async def _refuse(error: Exception) -> Response:
    headers: list[tuple[str, str]] = []
    if isinstance(error, HTTPException) and error.code is not None and error.code < 500:
        refusal: Refusal = BadUserInput(_MESSAGES.get(error.code, error.name))
        status, headers = error.code, [(n, v) for n, v in error.get_headers() if n == "Allow"]
    else:
        refusal = error if isinstance(error, Refusal) else unexpected(error)
        status = _STATUS.get(type(refusal), 500)
    g.outcome.code = refusal.code
    if refusal.retry_after is not None:
        headers.append(("Retry-After", str(refusal.retry_after)))
    response = _answer(refusal, status, media.for_refusal(request), request_id=g.request_id)
    response.headers.extend(headers)
    return response


def _answer(refusal: Refusal, status: int, kind: str, *, request_id: str) -> Response:
    body = {"errors": [described(refusal, request_id=request_id)]}
    return Response(orjson.dumps(body), status, content_type=f"{kind}; charset=utf-8")


_STATUS: dict[type[Refusal], int] = {
    BadUserInput: 400,
    CsrfRejected: 403,
    RateLimited: 429,
    ServiceUnavailable: 503,
}
_MESSAGES = {
    404: "There is nothing here",
    405: "This method is not allowed here; GraphQL is asked by POST",
    406: "The answer is application/json or application/graphql-response+json",
    408: "The body took too long to arrive",
    413: "The body is longer than 64 KiB",
    415: "The body has to be application/json, in UTF-8 and not compressed",
}

"""Every route, and what a request passes on its way to one and back."""

import logging
import time

import orjson
from quart import Quart, Response, g, request
from werkzeug.exceptions import HTTPException

from services import Services
from services.errors import BadUserInput, CsrfRejected, Refusal
from web import graphql, guards, health, playground
from web.edge import Edge
from web.graphql_errors import described, unexpected
from web.logs import request_id
from web.request import new_request_id

logger = logging.getLogger(__name__)


def attach(app: Quart, services: Services, edge: Edge) -> None:
    """Put the routes on the application, and around them what every request passes."""
    app.config["MAX_CONTENT_LENGTH"] = guards.MAX_BODY
    app.register_blueprint(graphql.blueprint(services, edge))
    app.register_blueprint(health.blueprint(services))
    if not edge.is_production:
        app.register_blueprint(playground.blueprint())

    @app.before_request
    async def _begin() -> Response | None:
        g.request_id, g.began = new_request_id(), time.perf_counter()
        request_id.set(g.request_id)
        if request.method == "OPTIONS":
            return guards.preflight(request, edge=edge)
        return None

    @app.after_request
    async def _finish(response: Response) -> Response:
        response.headers["X-Request-Id"] = g.request_id
        guards.allow_origin(request, response, edge=edge)
        guards.secure(response, edge=edge)
        fields = {"status": response.status_code, "duration_ms": round((time.perf_counter() - g.began) * 1000, 1)}
        logger.info("%s %s", request.method, request.path, extra=fields)
        return response

    @app.errorhandler(Exception)
    async def _refuse(error: Exception) -> Response:
        if isinstance(error, HTTPException) and (error.code or 500) < 500:
            refusal: Refusal = BadUserInput(_MESSAGES.get(error.code or 400, error.name))
            status, headers = error.code or 400, error.get_headers()
        else:
            refusal = error if isinstance(error, Refusal) else unexpected(error)
            status, headers = _STATUS.get(type(refusal), 500), []
        body = {"errors": [described(refusal, request_id=g.request_id)]}
        response = Response(orjson.dumps(body), status, mimetype="application/json")
        response.headers.extend((name, value) for name, value in headers if name in ("Allow", "Retry-After"))
        return response


_STATUS: dict[type[Refusal], int] = {BadUserInput: 400, CsrfRejected: 403}
_MESSAGES = {
    404: "There is nothing here",
    405: "GraphQL is asked by POST",
    406: "The answer is application/json or application/graphql-response+json",
    413: "The body is longer than 64 KiB",
    415: "The body has to be application/json",
}

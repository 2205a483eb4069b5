"""Every route, and what a request passes on its way to one and back."""

import asyncio
import logging

from quart import Blueprint, Quart, Response, g, request
from werkzeug.datastructures import Headers

from services import Services
from services.errors import BadUserInput
from web import app as client_app
from web import guards, health, logs, media, playground
from web.edge import Edge
from web.exchanges import Exchange
from web.graphql import PATH, GraphQLOverHTTP
from web.in_flight import InFlight
from web.incoming import Incoming
from web.metrics import Metrics
from web.replies import refusal_body, refusing
from web.request import new_request_id


def attach(app: Quart, services: Services, edge: Edge, metrics: Metrics) -> None:
    """Put the routes on the application, and around them what every request passes.

    Raises:
        ManifestInvalid: the trusted documents cannot be used.
    """
    in_flight = InFlight()
    _configure(app)
    app.register_blueprint(_preflights())
    app.register_blueprint(health.blueprint(services))
    app.register_blueprint(client_app.blueprint())
    if not edge.is_production:
        app.register_blueprint(playground.blueprint())
    app.register_error_handler(Exception, _refuse)
    app.after_serving(in_flight.drain)
    secure = guards.security(edge)

    @app.before_serving
    async def _watch() -> None:
        logs.watch(asyncio.get_running_loop())

    @app.before_request
    async def _begin() -> None:
        route = request.url_rule.rule if request.url_rule else None
        g.exchange, g.incoming = Exchange.begin(route=route), Incoming(request.scope)
        guards.require_origin(g.incoming, edge=edge)

    @app.after_request
    async def _finish(response: Response) -> Response:
        response.headers["X-Request-Id"] = g.exchange.request_id
        response.headers.extend(guards.permission(g.incoming, edge=edge))
        _secure(response)
        g.exchange.end(request.method, request.path, response.status_code)
        return response

    @app.before_websocket
    async def _refuse_websocket() -> Response:
        request_id = new_request_id()
        body = refusal_body(BadUserInput("WebSockets are not spoken here"), request_id=request_id)
        response = Response(body, 400, content_type=f"{media.JSON}; charset=utf-8")
        response.headers["X-Request-Id"] = request_id
        _secure(response)
        return response

    def _secure(response: Response) -> None:
        for name, value in guards.USUAL:
            response.headers.setdefault(name, value)
        response.headers.update(secure)

    # In front of the application, where ASGI's own middleware goes; the lifespan passes through it.
    app.asgi_app = GraphQLOverHTTP(app.asgi_app, services, edge, metrics, in_flight)  # type: ignore[method-assign]


def _preflights() -> Blueprint:
    routes = Blueprint("graphql", __name__)

    # POST is answered in front of the application. It is among the methods so that Allow names it.
    @routes.route(PATH, methods=["OPTIONS", "POST"])
    async def preflight() -> Response:
        response = Response("", status=204, headers=Headers(guards.require_preflight(g.incoming)))
        del response.headers["Content-Type"]
        return response

    return routes


def _configure(app: Quart) -> None:
    # The framework's own switches for developers come from the environment of the process, and some of them
    # answer with a traceback and the locals in it.
    app.config.update(DEBUG=False, TESTING=False, PROPAGATE_EXCEPTIONS=False)
    app.config.update(MAX_CONTENT_LENGTH=guards.MAX_BODY, BODY_TIMEOUT=guards.READ_WITHIN)
    app.config["PROVIDE_AUTOMATIC_OPTIONS"] = False
    app.url_map.merge_slashes = False
    logging.getLogger(app.name).addFilter(logs.redact)


async def _refuse(error: Exception) -> Response:
    reply = refusing(error, g.incoming, g.exchange)
    return Response(reply.body, reply.status, content_type=reply.content_type, headers=Headers(reply.headers))

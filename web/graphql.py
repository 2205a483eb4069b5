"""GraphQL over HTTP: `POST /graphql` (https://graphql.github.io/graphql-over-http/draft/)."""

from collections.abc import Awaitable, Callable
from typing import Any

import orjson

from resolvers import build_schema
from services import Services
from web import cookies, graphql_trusted, guards, media
from web.bodies import Body, HungUp
from web.edge import Edge
from web.exchanges import Exchange
from web.graphql_documents import Documents
from web.graphql_execution import run
from web.graphql_requests import read
from web.in_flight import InFlight
from web.incoming import Incoming, path_of
from web.metrics import Metrics
from web.replies import Reply, refusing
from web.request import context

PATH = "/graphql"

Application = Callable[[Any, Any, Any], Awaitable[None]]


class GraphQLOverHTTP:
    """Answers `POST /graphql`, and leaves everything else to the application behind it.

    It is an ASGI application itself, as what a framework does around a route costs more than an operation.
    """

    def __init__(
        self, behind: Application, services: Services, edge: Edge, metrics: Metrics, in_flight: InFlight
    ) -> None:
        """Read the schema and the trusted documents, before the loop runs.

        Raises:
            ManifestInvalid: the trusted documents cannot be used.
        """
        self._behind, self._services, self._edge = behind, services, edge
        self._metrics, self._in_flight = metrics, in_flight
        self._documents = Documents(build_schema(), allow_introspection=not edge.is_production)
        if edge.trusted_documents is not None:
            self._documents.trusted = graphql_trusted.load(edge.trusted_documents, self._documents)
        self._always = _encoded([*guards.USUAL, *guards.security(edge)])

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        """Answer one request, as ASGI says."""
        if scope["type"] != "http" or scope["method"] != "POST" or path_of(scope) != PATH:
            await self._behind(scope, receive, send)
            return
        exchange, incoming = Exchange.begin(route=PATH), Incoming(scope)
        body, closes = Body(incoming, receive), False
        try:
            reply = await self._reply(incoming, body, exchange)
        except HungUp:
            return
        except Exception as error:
            reply = refusing(error, incoming, exchange)
            closes = await body.is_left() and scope["http_version"].startswith("1")
            if closes:
                reply.headers.append(("Connection", "close"))
        self._metrics.observe(exchange.outcome, seconds=exchange.end("POST", PATH, reply.status))
        headers = self._headers(reply, incoming, exchange)
        await send({"type": "http.response.start", "status": reply.status, "headers": headers})
        await send({"type": "http.response.body", "body": reply.body, "more_body": closes})
        self._services.passwords.at_leisure()
        if closes:
            # The client has all of its answer by now.
            await body.throw_away()
            await send({"type": "http.response.body"})

    async def _reply(self, incoming: Incoming, body: Body, exchange: Exchange) -> Reply:
        guards.require_origin(incoming, edge=self._edge)
        media.require_json(incoming)
        media_type = media.chosen(incoming)
        asked = read(await body.read())
        asker = context(incoming, request_id=exchange.request_id, services=self._services, edge=self._edge)
        operation = run(asked, self._documents, asker, exchange.outcome)
        answer = await self._in_flight.finish(operation)
        # With application/json, all that was understood as a request is 200, whatever came of it.
        status = 200 if answer.executed or media_type == media.JSON else 400
        granted = cookies.written(asker.cookies, edge=self._edge)
        return Reply(status, orjson.dumps(answer.body), media_type, granted)

    def _headers(self, reply: Reply, incoming: Incoming, exchange: Exchange) -> list[tuple[bytes, bytes]]:
        own = [
            ("Content-Type", reply.content_type),
            ("Content-Length", str(len(reply.body))),
            ("X-Request-Id", exchange.request_id),
        ]
        permitted = guards.permission(incoming, edge=self._edge)
        return [*_encoded([*own, *permitted, *reply.headers]), *self._always]


def _encoded(headers: list[tuple[str, str]]) -> list[tuple[bytes, bytes]]:
    return [(name.lower().encode(), value.encode("latin1")) for name, value in headers]

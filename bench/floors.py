"""Servers that do less and less of the same, under the same Hypercorn: `python -m bench.floors NAME PORT`."""

import asyncio
import sys
from typing import Any

import orjson
import uvloop
from ariadne import QueryType, make_executable_schema
from graphql import DocumentNode, ExecutionResult, execute, parse
from hypercorn.asyncio import serve
from hypercorn.config import Config
from quart import Quart, Response, request

from bench.operations import EMAIL, me_answer

USER_ID = "00000000-0000-4000-8000-000000000000"
ANSWER = me_answer(USER_ID)
_HEADERS = [(b"content-type", b"application/json"), (b"content-length", str(len(ANSWER)).encode())]


async def bare(scope: Any, receive: Any, send: Any) -> None:
    """Answer every request by the same bytes: what Hypercorn itself costs."""
    if scope["type"] == "lifespan":
        for step in ("startup", "shutdown"):
            await receive()
            await send({"type": f"lifespan.{step}.complete"})
        return
    while (await receive()).get("more_body"):
        pass
    await send({"type": "http.response.start", "status": 200, "headers": _HEADERS})
    await send({"type": "http.response.body", "body": ANSWER})


def quart() -> Quart:
    """Make an application with one route that answers the same bytes."""
    app = Quart("floor", static_folder=None)

    @app.post("/graphql")
    async def post() -> Response:
        await request.get_data()
        return Response(ANSWER, content_type="application/json")

    return app


def ariadne() -> Quart:
    """Make an application that resolves the query from memory, with its documents parsed once."""
    app, query = Quart("floor", static_folder=None), QueryType()
    user = {"id": USER_ID, "email": EMAIL}
    query.set_field("me", lambda *_: user)
    schema = make_executable_schema(
        "type Query { me: User } type User { id: ID! email: String! }", query, convert_names_case=True
    )
    documents: dict[str, DocumentNode] = {}

    @app.post("/graphql")
    async def post() -> Response:
        asked = orjson.loads(await request.get_data())["query"]
        document = documents.get(asked) or documents.setdefault(asked, parse(asked))
        execution = execute(schema, document)
        result = execution if isinstance(execution, ExecutionResult) else await execution
        return Response(orjson.dumps({"data": result.data}), content_type="application/json")

    return app


FLOORS = {"bare ASGI": lambda: bare, "Quart": quart, "Quart + Ariadne": ariadne}
"""The floors, the lowest first."""


def main(name: str, port: str) -> None:
    """Serve a floor until the process is ended."""
    config = Config()
    config.bind = [f"127.0.0.1:{port}"]
    config.include_server_header = False
    app: Any = FLOORS[name]()
    forever = asyncio.Event
    uvloop.run(serve(app, config, shutdown_trigger=lambda: forever().wait()))


if __name__ == "__main__":
    main(*sys.argv[1:])

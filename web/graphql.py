"""GraphQL over HTTP: `POST /graphql` (https://graphql.github.io/graphql-over-http/draft/)."""

import asyncio
from dataclasses import dataclass
from typing import Any

import orjson
from graphql import ExecutionResult, execute
from quart import Blueprint, Response, g, request
from werkzeug.exceptions import NotAcceptable, UnsupportedMediaType

from resolvers import build_schema
from resolvers.context import Context
from services import Services
from services.errors import BadUserInput, ServiceError, TooManyOperations
from web import cookies, guards
from web.edge import Edge
from web.graphql_documents import Document, DocumentErrors, Documents
from web.graphql_errors import described, formatted, unexpected
from web.request import context

JSON = "application/json"
GRAPHQL_JSON = "application/graphql-response+json"


@dataclass(frozen=True, slots=True)
class Post:
    """What a client asks to be run."""

    query: str
    variables: dict[str, Any] | None
    operation_name: str | None


@dataclass(frozen=True, slots=True)
class Answer:
    """What is sent back: the body, and whether the request got as far as being executed."""

    body: dict[str, Any]
    executed: bool


def read(body: bytes) -> Post:
    """Read the body of a request.

    Raises:
        BadUserInput: it is not what the specification says.
    """
    try:
        data = orjson.loads(body)
    except orjson.JSONDecodeError:
        raise BadUserInput("The body has to be JSON") from None
    if not isinstance(data, dict):
        raise BadUserInput("The body has to be one JSON object")
    query, variables, name = data.get("query"), data.get("variables"), data.get("operationName")
    if not isinstance(query, str) or not query:
        raise BadUserInput("query has to be a string")
    if not isinstance(variables, dict | None):
        raise BadUserInput("variables has to be an object")
    if not isinstance(name, str | None):
        raise BadUserInput("operationName has to be a string")
    if not isinstance(data.get("extensions"), dict | None):
        raise BadUserInput("extensions has to be an object")
    return Post(query, variables, name)


async def run(post: Post, documents: Documents, context: Context) -> Answer:
    """Run an operation; whatever goes wrong is in the answer."""
    request_id = context.client.request_id or ""
    try:
        document = documents.prepare(post.query)
        operation = document.operation(post.operation_name)
        _require_one_mutation(document, operation.name.value if operation.name else None)
        execution = execute(
            documents.schema,
            document.ast,
            context_value=context,
            variable_values=post.variables,
            operation_name=post.operation_name,
        )
        result = execution if isinstance(execution, ExecutionResult) else await execution
    except DocumentErrors as refused:
        return Answer({"errors": [formatted(e, request_id=request_id) for e in refused.errors]}, executed=False)
    except ServiceError as refusal:
        return Answer({"errors": [described(refusal, request_id=request_id)]}, executed=False)
    except Exception as error:  # noqa: BLE001
        return Answer({"errors": [described(unexpected(error), request_id=request_id)]}, executed=False)
    if result.errors is None:
        return Answer({"data": result.data}, executed=True)
    errors = [formatted(error, request_id=request_id) for error in result.errors]
    if result.data is None and all(error.path is None for error in result.errors):
        return Answer({"errors": errors}, executed=False)
    return Answer({"errors": errors, "data": result.data}, executed=True)


def blueprint(services: Services, edge: Edge) -> Blueprint:
    """Give the routes of `/graphql`."""
    routes = Blueprint("graphql", __name__)
    documents = Documents(build_schema(), allow_introspection=not edge.is_production)

    @routes.post("/graphql")
    async def post() -> Response:
        guards.require_origin(request, edge=edge)
        if request.mimetype != JSON:
            raise UnsupportedMediaType
        media_type = request.accept_mimetypes.best_match([JSON, GRAPHQL_JSON]) if request.accept_mimetypes else JSON
        if media_type is None:
            raise NotAcceptable
        asked = read(await request.get_data())
        asker = context(request, request_id=g.request_id, services=services, edge=edge)
        # A client that hangs up cancels this coroutine. What it asked for is done to the end all the same:
        # nothing is left half done, and no connection or lock is lost on the way.
        answer = await asyncio.shield(asyncio.ensure_future(run(asked, documents, asker)))
        response = Response(orjson.dumps(answer.body), _status(answer, media_type), mimetype=media_type)
        cookies.write(response, asker.cookies, edge=edge)
        return response

    return routes


def _require_one_mutation(document: Document, name: str | None) -> None:
    if document.mutation_fields.get(name, 0) > 1:
        raise TooManyOperations


def _status(answer: Answer, media_type: str) -> int:
    """Give the status that the specification asks for: with `application/json`, 200 for all that was understood."""
    return 200 if answer.executed or media_type == JSON else 400

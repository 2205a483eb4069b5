"""GraphQL over HTTP: `POST /graphql` (https://graphql.github.io/graphql-over-http/draft/)."""

from dataclasses import dataclass
from typing import Any

import orjson
from graphql import ExecutionResult, execute
from quart import Blueprint, Response, g, request

from resolvers import build_schema
from resolvers.context import Context
from services import Services
from services.errors import ServiceError, TooManyOperations
from web import cookies, graphql_trusted, guards, media
from web.edge import Edge
from web.graphql_documents import Documents
from web.graphql_errors import described, formatted, of_request, unexpected
from web.graphql_requests import Post, read
from web.graphql_validation import MAX_ERRORS, DocumentErrors
from web.in_flight import InFlight
from web.outcomes import Outcome
from web.request import context


@dataclass(frozen=True, slots=True)
class Answer:
    """What is sent back: the body, and whether the request got as far as being executed."""

    body: dict[str, Any]
    executed: bool


async def run(post: Post, documents: Documents, context: Context, outcome: Outcome) -> Answer:
    """Run an operation; whatever goes wrong is in the answer, and what came of it is noted."""
    answer = await _answer(post, documents, context, outcome)
    outcome.note(answer.body, context)
    return answer


def blueprint(services: Services, edge: Edge, in_flight: InFlight) -> Blueprint:
    """Give the routes of `/graphql`.

    Raises:
        ManifestInvalid: the trusted documents cannot be used.
    """
    routes = Blueprint("graphql", __name__)
    documents = Documents(build_schema(), allow_introspection=not edge.is_production)
    if edge.trusted_documents is not None:
        documents.trusted = graphql_trusted.load(edge.trusted_documents, documents)

    @routes.post("/graphql")
    async def post() -> Response:
        media.require_json(request)
        media_type = media.chosen(request)
        body: bytes = await request.get_data(cache=False, as_text=False, parse_form_data=False)
        asked = read(body)
        asker = context(request, request_id=g.request_id, services=services, edge=edge)
        answer = await in_flight.finish(run(asked, documents, asker, g.outcome))
        # With application/json, all that was understood as a request is 200, whatever came of it.
        status = 200 if answer.executed or media_type == media.JSON else 400
        response = Response(orjson.dumps(answer.body), status, content_type=f"{media_type}; charset=utf-8")
        cookies.write(response, asker.cookies, edge=edge)
        return response

    @routes.route("/graphql", methods=["OPTIONS"])
    async def preflight() -> Response:
        return guards.preflight(request)

    return routes


async def _answer(post: Post, documents: Documents, context: Context, outcome: Outcome) -> Answer:
    request_id = context.client.request_id or ""
    try:
        result = await _result(post, documents, context, outcome)
    except DocumentErrors as refused:
        return Answer({"errors": [formatted(e, request_id=request_id) for e in refused.errors]}, False)
    except ServiceError as refusal:
        return Answer({"errors": [described(refusal, request_id=request_id)]}, False)
    except Exception as error:
        return Answer({"errors": [described(unexpected(error), request_id=request_id)]}, False)
    if result.errors is None:
        return Answer({"data": result.data}, True)
    if result.data is None and all(error.path is None for error in result.errors):
        return Answer({"errors": [of_request(e, request_id=request_id) for e in result.errors]}, False)
    errors = [formatted(error, request_id=request_id) for error in result.errors]
    return Answer({"errors": errors, "data": result.data}, True)


async def _result(post: Post, documents: Documents, context: Context, outcome: Outcome) -> ExecutionResult:
    document = documents.find(post.query, post.document_id)
    operation = document.operation(post.operation_name)
    name = operation.name.value if operation.name else None
    outcome.operation = document.labels[name]
    if document.mutation_fields.get(name, 0) > 1:
        raise TooManyOperations
    execution = execute(
        documents.schema,
        document.ast,
        context_value=context,
        variable_values=post.variables,
        operation_name=post.operation_name,
        hide_suggestions=not documents.allow_introspection,
        max_coercion_errors=MAX_ERRORS,
    )
    return execution if isinstance(execution, ExecutionResult) else await execution

"""Running an operation: a document and its variables in, an answer out, whatever goes wrong on the way."""

from dataclasses import dataclass
from typing import Any

from graphql import ExecutionResult, Executor, GraphQLResolveInfoHelpers, execute

from resolvers.context import Context
from services.errors import ServiceError, TooManyOperations
from web.graphql_documents import Documents
from web.graphql_errors import described, formatted, of_request, unexpected
from web.graphql_requests import Post
from web.graphql_validation import MAX_ERRORS, DocumentErrors
from web.outcomes import Outcome


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
    outcome.operation, outcome.kind = document.labels[name], operation.operation.value
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
        executor_class=_Executor,
    )
    return execution if isinstance(execution, ExecutionResult) else await execution


class _Executor(Executor[Any]):
    """Is gone when its operation is done, and with it the credentials that came with the request.

    The library's own keeps helpers for resolvers which keep it: all that it knows would stay until garbage is
    collected, and would be nearly all that there is to collect.
    """

    @property
    def async_helpers(self) -> GraphQLResolveInfoHelpers:
        """Make the helpers whenever they are asked for."""
        return GraphQLResolveInfoHelpers(gather=self.gather_async_work, track=self.track_async_work)

    @async_helpers.setter
    def async_helpers(self, _: GraphQLResolveInfoHelpers) -> None:
        """Keep none."""

"""How errors are shown and logged: what we raised as we said it, what anybody else raised not at all."""

import logging
from typing import Any

from graphql import ArgumentNode, GraphQLError, ValueNode, VariableDefinitionNode, VariableNode

from services.errors import BadUserInput, InternalServerError, Problem, Refusal, ServiceError
from web.logs import trail

logger = logging.getLogger(__name__)


def formatted(error: GraphQLError, *, request_id: str) -> dict[str, Any]:
    """Show an error of a document or a field: its path and place, and what `described` says of its cause."""
    return {**error.formatted, **described(_cause(error), request_id=request_id)}


def of_request(error: GraphQLError, *, request_id: str) -> dict[str, Any]:
    """Show why an execution did not begin: the value of a variable, which is not quoted, does not fit."""
    names = [
        node.variable.name.value for node in error.nodes or () if isinstance(node, VariableDefinitionNode)
    ]
    refusal = BadUserInput(f"The value of the variable ${names[0]} does not fit its type" if names else None)
    return {**error.formatted, **described(refusal, request_id=request_id)}


def described(refusal: ServiceError, *, request_id: str) -> dict[str, Any]:
    """Show what was refused, with its code."""
    extensions: dict[str, Any] = {"code": refusal.code.value, "requestId": request_id}
    if isinstance(refusal, Refusal) and refusal.retry_after is not None:
        extensions["retryAfter"] = refusal.retry_after
    return {"message": str(refusal), "extensions": extensions}


def unexpected(error: BaseException) -> InternalServerError:
    """Log an exception that nobody expected, and give what the client is told instead."""
    logger.error("unexpected %s", trail(error))
    return InternalServerError()


def _cause(error: GraphQLError) -> ServiceError:
    innermost = error
    while isinstance(innermost.original_error, GraphQLError):
        innermost = innermost.original_error
    cause = innermost.original_error
    if isinstance(cause, ServiceError) and not isinstance(cause, Problem):
        if cause.__cause__ is not None:
            logger.error("request refused: %s, caused by %s", cause.code, type(cause.__cause__).__name__)
        return cause
    if cause is None and any(isinstance(node, (ArgumentNode, ValueNode)) for node in innermost.nodes or ()):
        return BadUserInput(_argument(innermost))
    # Also what graphql-core says of a value that a resolver gave and that cannot be written: that is our bug.
    return unexpected(cause or innermost)


def _argument(error: GraphQLError) -> str | None:
    """Say which variable has no usable value for an argument; the message of the error quotes values."""
    names = [node.name.value for node in error.nodes or () if isinstance(node, VariableNode)]
    return f"The value of the variable ${names[0]} does not fit its place" if names else None

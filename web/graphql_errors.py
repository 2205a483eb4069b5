"""How errors are shown and logged: what we raised as we said it, what anybody else raised not at all."""

import logging
from typing import Any

from graphql import GraphQLError, GraphQLFormattedError

from services.errors import BadUserInput, InternalServerError, Problem, Refusal, ServiceError

logger = logging.getLogger(__name__)


def formatted(error: GraphQLError, *, request_id: str) -> GraphQLFormattedError:
    """Show one error of an execution: its path and place, and what `described` says of its cause."""
    shown: dict[str, Any] = {**error.formatted, **described(_cause(error), request_id=request_id)}
    return shown  # type: ignore[return-value]


def described(refusal: ServiceError, *, request_id: str) -> dict[str, Any]:
    """Show what was refused, with its code."""
    extensions: dict[str, Any] = {"code": refusal.code.value, "requestId": request_id}
    if isinstance(refusal, Refusal) and refusal.retry_after is not None:
        extensions["retryAfter"] = refusal.retry_after
    return {"message": str(refusal), "extensions": extensions}


def _cause(error: GraphQLError) -> ServiceError:
    cause = error.original_error
    while isinstance(cause, GraphQLError):
        cause = cause.original_error
    if isinstance(cause, ServiceError) and not isinstance(cause, Problem):
        if cause.__cause__ is not None:
            logger.error("request refused: %s, caused by %s", cause.code, type(cause.__cause__).__name__)
        return cause
    if cause is None:
        # Raised by graphql-core itself while it coerced arguments: its message quotes the value.
        return BadUserInput()
    _log(cause)
    return InternalServerError()


def _log(error: BaseException) -> None:
    # Only the kind of the error and the way to it: messages and locals are where secrets hide.
    trace, frames = error.__traceback__, []
    while trace is not None:
        frames.append(f"{trace.tb_frame.f_code.co_filename}:{trace.tb_lineno}")
        trace = trace.tb_next
    logger.error("unexpected %s at %s", type(error).__name__, " < ".join(reversed(frames[-8:])))


def unexpected(error: BaseException) -> InternalServerError:
    """Log an exception that nobody expected, and give what the client is told instead."""
    _log(error)
    return InternalServerError()

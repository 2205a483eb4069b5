"""What is sent back, and how a refusal looks in HTTP."""

from typing import NamedTuple

import orjson
from werkzeug.exceptions import HTTPException

from services.errors import BadUserInput, CsrfRejected, RateLimited, Refusal, ServiceUnavailable
from web import media
from web.exchanges import Exchange
from web.graphql_errors import described, unexpected
from web.incoming import Incoming


class Reply(NamedTuple):
    """A status, a body and its type, and the headers that go with just this answer."""

    status: int
    body: bytes
    media_type: str
    headers: list[tuple[str, str]]

    @property
    def content_type(self) -> str:
        """What the Content-Type header says."""
        return f"{self.media_type}; charset=utf-8"


def refusing(error: Exception, incoming: Incoming, exchange: Exchange) -> Reply:
    """Show why a request was refused before anything ran, and note it; what nobody expected is masked."""
    headers: list[tuple[str, str]] = []
    if isinstance(error, HTTPException) and error.code is not None and error.code < 500:
        refusal: Refusal = BadUserInput(_MESSAGES.get(error.code, error.name))
        status, headers = error.code, [(n, v) for n, v in error.get_headers() if n == "Allow"]
    else:
        refusal = error if isinstance(error, Refusal) else unexpected(error)
        status = _STATUS.get(type(refusal), 500)
    if refusal.retry_after is not None:
        headers.append(("Retry-After", str(refusal.retry_after)))
    exchange.outcome.code = refusal.code
    body = refusal_body(refusal, request_id=exchange.request_id)
    return Reply(status, body, media.for_refusal(incoming), headers)


def refusal_body(refusal: Refusal, *, request_id: str) -> bytes:
    """Write down why a request was refused."""
    return orjson.dumps({"errors": [described(refusal, request_id=request_id)]})


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

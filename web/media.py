"""The media types of GraphQL over HTTP: what a body may be, and what an answer is to be."""

from collections.abc import Mapping

from quart import Request
from werkzeug.exceptions import NotAcceptable, UnsupportedMediaType

JSON = "application/json"
GRAPHQL_JSON = "application/graphql-response+json"


def require_json(request: Request) -> None:
    """Read nothing but plain JSON in UTF-8: a form, which needs no preflight, is no GraphQL request.

    Raises:
        UnsupportedMediaType: the body is something else, or is compressed.
    """
    charset = request.mimetype_params.get("charset", "utf-8").lower()
    encoding = request.headers.get("Content-Encoding", "identity").lower()
    if request.mimetype != JSON or charset != "utf-8" or encoding != "identity":
        raise UnsupportedMediaType


def chosen(request: Request) -> str:
    """Choose the type of the answer.

    Who does not say, or takes anything, gets `application/json`; who names both alike gets the newer one.

    Raises:
        NotAcceptable: the client takes neither.
    """
    if not request.accept_mimetypes:
        return JSON
    wanted: dict[str, float] = {}
    for value, quality in request.accept_mimetypes:
        name = value.partition(";")[0].strip().lower()
        wanted[name] = max(quality, wanted.get(name, 0))
    plain, newer = _rank(wanted, JSON), _rank(wanted, GRAPHQL_JSON)
    if max(plain, newer)[0] <= 0:
        raise NotAcceptable
    return GRAPHQL_JSON if newer > plain or (newer == plain and newer[1]) else JSON


def for_refusal(request: Request) -> str:
    """Choose the type of an answer that has to be given, acceptable or not."""
    try:
        return chosen(request)
    except NotAcceptable:
        return JSON


def takes_html(request: Request) -> bool:
    """Tell whether it is a browser that asks for a page; `*/*`, which every program sends, does not count."""
    return any(value.partition(";")[0] == "text/html" and q > 0 for value, q in request.accept_mimetypes)


def _rank(wanted: Mapping[str, float], kind: str) -> tuple[float, bool]:
    """Give the quality of the most exact range for a type (RFC 9110 section 12.5.1), and if it names it."""
    for name in (kind, "application/*", "*/*"):
        if name in wanted:
            return wanted[name], name == kind
    return 0.0, False

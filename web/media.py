"""The media types of GraphQL over HTTP: what a body may be, and what an answer is to be."""

from collections.abc import Mapping
from functools import lru_cache

from werkzeug.datastructures import MIMEAccept
from werkzeug.exceptions import NotAcceptable, UnsupportedMediaType
from werkzeug.http import parse_accept_header, parse_options_header

from web.incoming import Incoming

JSON = "application/json"
GRAPHQL_JSON = "application/graphql-response+json"


def require_json(incoming: Incoming) -> None:
    """Read nothing but plain JSON in UTF-8: a form, which needs no preflight, is no GraphQL request.

    Raises:
        UnsupportedMediaType: the body is something else, or is compressed.
    """
    kind, encoding = incoming.header("content-type"), incoming.header("content-encoding")
    if encoding is not None and encoding.lower() != "identity":
        raise UnsupportedMediaType
    if kind == JSON:
        return
    name, parameters = parse_options_header(kind)
    if name.lower() != JSON or parameters.get("charset", "utf-8").lower() != "utf-8":
        raise UnsupportedMediaType


def chosen(incoming: Incoming) -> str:
    """Choose the type of the answer.

    Who does not say, or takes anything, gets `application/json`; who names both alike gets the newer one.

    Raises:
        NotAcceptable: the client takes neither.
    """
    return _chosen(_ranges(incoming))


@lru_cache(maxsize=64)
def _chosen(ranges: str) -> str:
    accepted = parse_accept_header(ranges, MIMEAccept)
    if not accepted:
        return JSON
    wanted: dict[str, float] = {}
    for value, quality in accepted:
        name = value.partition(";")[0].strip().lower()
        wanted[name] = max(quality, wanted.get(name, 0))
    plain, newer = _rank(wanted, JSON), _rank(wanted, GRAPHQL_JSON)
    if max(plain, newer)[0] <= 0:
        raise NotAcceptable
    return GRAPHQL_JSON if newer > plain or (newer == plain and newer[1]) else JSON


def for_refusal(incoming: Incoming) -> str:
    """Choose the type of an answer that has to be given, acceptable or not."""
    try:
        return chosen(incoming)
    except NotAcceptable:
        return JSON


def takes_html(incoming: Incoming) -> bool:
    """Tell whether it is a browser that asks for a page; `*/*`, which every program sends, does not count."""
    accepted = parse_accept_header(_ranges(incoming), MIMEAccept)
    return any(value.partition(";")[0] == "text/html" and q > 0 for value, q in accepted)


def _ranges(incoming: Incoming) -> str:
    # Several headers of a name are one list, in their order (RFC 9110 section 5.3).
    return ",".join(incoming.headers("accept"))


def _rank(wanted: Mapping[str, float], kind: str) -> tuple[float, bool]:
    """Give the quality of the most exact range for a type (RFC 9110 section 12.5.1), and if it names it."""
    for name in (kind, "application/*", "*/*"):
        if name in wanted:
            return wanted[name], name == kind
    return 0.0, False

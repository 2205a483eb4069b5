"""The body of a request: what a client asks to be run, and that it is small enough to be looked at."""

from dataclasses import dataclass
from typing import Any

import orjson

from services.errors import BadUserInput
from web.graphql_caps import NUL

MAX_VALUES = 1000
"""How many values the variables may hold, in all: each is coerced, and each that is wrong is reported."""

_SHA256 = "sha256:"


@dataclass(frozen=True, slots=True)
class Post:
    """What a client asks to be run: a document by its text, by the name of a known one, or by both."""

    query: str | None
    document_id: str | None
    variables: dict[str, Any] | None
    operation_name: str | None


def read(body: bytes) -> Post:
    """Read the body of a request.

    Raises:
        BadUserInput: it is not what the specification says, or a string in it is nothing that can be stored.
    """
    try:
        data = orjson.loads(body)
    except orjson.JSONDecodeError:
        raise BadUserInput("The body has to be JSON") from None
    if not isinstance(data, dict):
        raise BadUserInput("The body has to be one JSON object")
    document_id = _document_id(data)
    query, variables, name = data.get("query"), data.get("variables"), data.get("operationName")
    if not (isinstance(query, str) and query) and (query is not None or document_id is None):
        raise BadUserInput("query has to be a string")
    if not isinstance(variables, dict | None):
        raise BadUserInput("variables has to be an object")
    if not isinstance(name, str | None):
        raise BadUserInput("operationName has to be a string")
    _require_usable(variables)
    return Post(query, document_id, variables, name)


def _document_id(data: dict[str, Any]) -> str | None:
    """Read by what name a known document is asked for, as the specification or as Apollo's clients say it."""
    name, extensions = data.get("documentId"), data.get("extensions")
    if not isinstance(name, str | None):
        raise BadUserInput("documentId has to be a string")
    if not isinstance(extensions, dict | None):
        raise BadUserInput("extensions has to be an object")
    persisted = (extensions or {}).get("persistedQuery")
    if name is None and isinstance(persisted, dict):
        name = persisted.get("sha256Hash")
        if not isinstance(name, str):
            raise BadUserInput("persistedQuery.sha256Hash has to be a string")
    return None if name is None else name.removeprefix(_SHA256)


def _require_usable(value: object) -> None:
    """Look through it without recursion, as deep as it may be, and no further than it may reach."""
    waiting, seen = [value], 0
    while waiting:
        value = waiting.pop()
        seen += 1
        if seen + len(waiting) > MAX_VALUES:
            raise BadUserInput(f"variables may not hold more than {MAX_VALUES} values")
        if isinstance(value, str) and NUL in value:
            raise BadUserInput("variables may not hold the character U+0000")
        if isinstance(value, dict):
            waiting.extend(value)
            waiting.extend(value.values())
        elif isinstance(value, list):
            waiting.extend(value)

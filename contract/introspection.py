"""The schema of a running server, as it tells of it itself."""

import json
from http.client import HTTPConnection, HTTPException, HTTPSConnection
from urllib.parse import urlsplit

from graphql import GraphQLSchema, build_client_schema, get_introspection_query

from contract.findings import CannotCheck

PATIENCE = 10.0
"""How long the server may take to answer, in seconds."""

PATH = "/graphql"

_HEADERS = {"Content-Type": "application/json", "Accept": "application/json"}
_BODY = json.dumps({"query": get_introspection_query(descriptions=False)})


def fetch(url: str) -> GraphQLSchema:
    """Ask a server for its schema.

    Raises:
        CannotCheck: it does not answer, or not with a schema, as in production.
    """
    answer = _answer(url)
    try:
        return build_client_schema(json.loads(answer)["data"])
    except (ValueError, KeyError, TypeError):
        advice = "where introspection is off, check against its SDL by --schema FILE"
        raise CannotCheck(f"{url} does not tell its schema: {advice}") from None


def _answer(url: str) -> bytes:
    try:
        parts = urlsplit(url)
        kind = {"http": HTTPConnection, "https": HTTPSConnection}[parts.scheme]
        connection = kind(parts.netloc, timeout=PATIENCE)
        try:
            connection.request("POST", parts.path.rstrip("/") or PATH, _BODY, _HEADERS)
            answer: bytes = connection.getresponse().read()
            return answer
        finally:
            connection.close()
    except KeyError:
        raise CannotCheck(f"{url} is not the URL of a server: http://… or https://…") from None
    except (OSError, HTTPException, ValueError) as error:
        raise CannotCheck(f"{url} cannot be asked: {error}") from None

"""What hostile documents cost, beside a bare parse of the same bytes: `python -m bench.hostile_documents`."""

import time
from collections.abc import Callable
from contextlib import suppress
from functools import partial

from graphql import GraphQLError, parse

from resolvers import build_schema
from services.errors import ServiceError
from tests.support import hostile
from web.graphql_documents import Documents
from web.graphql_validation import DocumentErrors

ROUNDS = 15


def cost(work: Callable[[str], object], query: str) -> float:
    """Give the processor time of some work on a document, the least of several rounds, in milliseconds."""
    best = float("inf")
    for _ in range(ROUNDS):
        began = time.process_time_ns()
        work(query)
        best = min(best, time.process_time_ns() - began)
    return best / 1e6


def found(documents: Documents, query: str) -> None:
    """Look for a document as the server does when it has never seen it."""
    with suppress(DocumentErrors, ServiceError):
        documents.find(query)


def parsed(query: str) -> None:
    """Parse the same bytes, with no cap and no validation."""
    with suppress(GraphQLError):
        parse(query)


def main() -> None:
    """Print a line for each document, and the dearest."""
    documents = Documents(build_schema(), allow_introspection=False)
    dearest = 0.0
    print(f"{'document':40}{'bytes':>8}{'server':>12}{'bare parse':>14}{'ratio':>8}")
    for name, query in {**hostile.TOO_LONG, **hostile.TOO_COMPLEX, **hostile.UNFIT}.items():
        server, bare = cost(partial(found, documents), query), cost(parsed, query)
        dearest = max(dearest, server)
        print(f"{name:40}{len(query.encode()):8}{server:9.3f} ms{bare:11.3f} ms{server / bare:8.2f}")
    print(f"The dearest costs {dearest:.1f} ms of processor time.")


if __name__ == "__main__":
    main()

"""What the tests of faults start from: a proxy before PostgreSQL, and a way around it to the tables."""

import asyncio
from collections.abc import Awaitable, Callable, Iterator, Sequence
from pathlib import Path
from typing import Any

import pytest

from tests.acceptance.conftest import site as site
from tests.acceptance.site import Site
from tests.support.invariants import violations
from tests.support.processes import ServerProcess
from tests.support.proxy import Proxy

Look = Callable[[str], Sequence[dict[str, Any]]]
"""Runs a query on a connection of its own, around the proxy."""

Check = Callable[[], Awaitable[None]]
"""Finds nothing half done."""


@pytest.fixture
def proxy(database_url: str) -> Iterator[Proxy]:
    """Run a proxy before the database of this test, which is a PostgreSQL."""
    with Proxy(database_url) as running:
        yield running


@pytest.fixture
def look(backend: str, database_url: str, request: pytest.FixtureRequest) -> Look:
    """Give a function that looks into the tables, whatever the proxy does."""
    postgres = request.getfixturevalue("postgres") if backend == "postgres" else None
    return Site({"LATCHKEY_DATABASE_URL": database_url}, Path(), ServerProcess, postgres).rows


@pytest.fixture
def check(look: Look) -> Check:
    """Give a function that is called after every fault."""

    async def check() -> None:
        assert await asyncio.to_thread(violations, look) == {}

    return check

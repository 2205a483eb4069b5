"""What every acceptance test starts from: a migrated database, and a user made by the command line."""

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from tests.acceptance.site import SETTINGS, Site
from tests.support.collector import Collector
from tests.support.processes import ServerProcess


@pytest.fixture
def site(
    backend: str,
    database_url: str,
    tmp_path: Path,
    start_server: Callable[..., ServerProcess],
    request: pytest.FixtureRequest,
) -> Site:
    """Give a site with its user and without a running server."""
    postgres = request.getfixturevalue("postgres") if backend == "postgres" else None
    site = Site({**SETTINGS, "LATCHKEY_DATABASE_URL": database_url}, tmp_path, start_server, postgres)
    assert "test@example.com" in site.run_cli("user", "create-development")
    return site


@pytest.fixture
def collector() -> Iterator[Collector]:
    """Run a collector of traces for this test."""
    with Collector() as running:
        yield running

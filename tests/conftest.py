"""Fixtures that every test may ask for: databases, the clock, real servers, and the guard of the loop."""

import os
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest
from blockbuster import blockbuster_ctx

from tests.support import databases
from tests.support.clock import FakeClock
from tests.support.postgres import Postgres, running_postgres
from tests.support.processes import ServerProcess


def pytest_configure() -> None:
    """Forget the settings of whoever runs the tests: a test says for itself what it is set to."""
    for name in [name for name in os.environ if name.startswith("LATCHKEY_")]:
        del os.environ[name]
    # Our PostgreSQL listens on the loopback interface without TLS. Unless it is told so, asyncpg looks for
    # client certificates in the home folder of whoever runs the tests, and does that in the event loop.
    os.environ["PGSSLMODE"] = "disable"


@pytest.fixture(autouse=True)
def _no_blocking_calls() -> Iterator[None]:
    """Make a blocking call in an event loop raise BlockingError, in every test."""
    with blockbuster_ctx():
        yield


@pytest.fixture
def clock() -> FakeClock:
    """Give a clock that stands at 2026-01-01 12:00:00 UTC until the test advances it."""
    return FakeClock()


@pytest.fixture(params=["sqlite", "postgres"])
def backend(request: pytest.FixtureRequest) -> str:
    """Run the test once for each database that Latchkey supports."""
    return str(request.param)


@pytest.fixture(scope="session")
def postgres() -> Iterator[Postgres]:
    """Run a private PostgreSQL for this pytest-xdist worker, from its first use to the end of the run."""
    with running_postgres() as server:
        yield server


@pytest.fixture(scope="session")
def postgres_template(postgres: Postgres, tmp_path_factory: pytest.TempPathFactory) -> str:
    """Migrate the PostgreSQL template once."""
    return databases.postgres_template(postgres, tmp_path_factory.mktemp("postgres-template"))


@pytest.fixture(scope="session")
def sqlite_template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Migrate the SQLite template once."""
    return databases.sqlite_template(tmp_path_factory.mktemp("sqlite-template"))


@pytest.fixture
def database_url(backend: str, request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    """Give the URL of a migrated database without rows, made for this test and removed after it."""
    if backend == "sqlite":
        yield databases.copy_sqlite(request.getfixturevalue("sqlite_template"), tmp_path)
        return
    server = request.getfixturevalue("postgres")
    with databases.postgres_database(server, request.getfixturevalue("postgres_template")) as url:
        yield url


@pytest.fixture
def blank_database_url(backend: str, request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    """Give the URL of a database with no table at all, for the tests of the migrations themselves."""
    if backend == "sqlite":
        yield f"sqlite://{tmp_path / 'blank.db'}"
        return
    with databases.postgres_database(request.getfixturevalue("postgres"), "template0") as url:
        yield url


@pytest.fixture
def start_server(tmp_path: Path) -> Iterator[Callable[..., ServerProcess]]:
    """Give a function that starts a real server and waits until it is ready; all are killed after the test.

    Its arguments are those of ServerProcess; the working directory is the test's own unless it is given.
    """
    with ExitStack() as running:

        def start(
            settings: dict[str, str], *, workdir: Path = tmp_path, port: int | None = None
        ) -> ServerProcess:
            return running.enter_context(ServerProcess(settings, workdir=workdir, port=port)).wait_ready()

        yield start


# The fixtures of the application (settings, app, client) follow from here.

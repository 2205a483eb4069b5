"""Fixtures that every test may ask for: databases, the clock, real servers, and the guard of the loop."""

import asyncio
import os
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest
import pytest_asyncio
from blockbuster import blockbuster_ctx
from playwright.async_api import Browser as Chromium
from pydantic import SecretStr
from quart import Quart

import garbage
from models import Role
from security.passwords import CHEAPEST
from server import create_app
from services import Services
from settings import Settings
from tests.support import databases, npm
from tests.support.browser import EMAIL, ORIGIN, PASSWORD, Browser
from tests.support.chromium import running_chromium
from tests.support.clock import FakeClock
from tests.support.postgres import Postgres, running_postgres
from tests.support.processes import ServerProcess
from tests.support.smtp import Catcher
from tests.support.valkey import Valkey, running_valkey


def pytest_addoption(parser: pytest.Parser) -> None:
    """Let `make fuzz` ask for more than every run of the suite has time for."""
    parser.addoption("--fuzz", type=int, default=300, help="how many strange requests a server has to bear")


def pytest_configure() -> None:
    """Have garbage collected, and forget the settings of whoever runs the tests: a test says its own."""
    garbage.collect_from_now_on()
    for name in [name for name in os.environ if name.startswith("LATCHKEY_")]:
        del os.environ[name]


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


@pytest.fixture
def valkey() -> Iterator[Valkey]:
    """Run a private Valkey or Redis for this test, which may stop it and start it again."""
    with running_valkey() as server:
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

        def start(settings: dict[str, str], *, workdir: Path = tmp_path, **options: Any) -> ServerProcess:
            return running.enter_context(ServerProcess(settings, workdir=workdir, **options)).wait_ready()

        yield start


@pytest_asyncio.fixture(scope="session", loop_scope="session")
async def chromium() -> AsyncIterator[Chromium]:
    """Run a Chromium for this pytest-xdist worker; who asks for it runs in the loop of the session."""
    async with running_chromium() as browser:
        yield browser


@pytest.fixture
def catcher() -> Iterator[Catcher]:
    """Run a mail server that takes every letter, until the test tells it to do otherwise."""
    with Catcher() as server:
        yield server


@pytest.fixture(scope="session")
def node() -> npm.Npm:
    """Install what the client is tested with, once, and give a way to run it."""
    return npm.install()


@pytest.fixture
def settings(database_url: str, tmp_path: Path) -> Settings:
    """Give the settings of a development server with high limits; a test that wants others copies them."""
    return Settings(
        database_url=SecretStr(database_url),
        secret_key=SecretStr("a secret of the tests, 32 bytes long or more"),
        signing_keys_file=tmp_path / "signing-keys.json",
        public_url=ORIGIN,
        limit_login="10000/minute",
        limit_refresh="10000/minute",
        limit_otp="10000/minute",
        limit_register="10000/minute",
    )


@pytest.fixture
def make_app(clock: FakeClock) -> Callable[[Settings], Quart]:
    """Give a function that makes an application with the test's clock, cheap hashing and no background."""
    return lambda settings: create_app(settings, clock=clock, profile=CHEAPEST, background=())


@pytest_asyncio.fixture
async def app(settings: Settings, make_app: Callable[[Settings], Quart]) -> AsyncIterator[Quart]:
    """Give a running application; made in a thread, as a server makes it before its loop runs."""
    application = await asyncio.to_thread(make_app, settings)
    async with application.test_app():
        yield application


@pytest.fixture
def services(app: Quart) -> Services:
    """Give the services of the running application."""
    found: Services = app.extensions["services"]
    return found


@pytest_asyncio.fixture
async def user_id(services: Services) -> UUID:
    """Make the user that the tests sign in as, and give its id."""
    return await services.users.create(
        email=EMAIL, password=PASSWORD, role=Role.USER, first_name="Ada", last_name="Lovelace"
    )


@pytest_asyncio.fixture
async def new_browser(app: Quart) -> AsyncIterator[Callable[[], Browser]]:
    """Give a function that opens a browser of its own: a cookie jar that speaks HTTP to the app."""
    browsers: list[Browser] = []

    def open_browser() -> Browser:
        browsers.append(Browser(app))
        return browsers[-1]

    yield open_browser
    for browser in browsers:
        await browser.http.aclose()


@pytest.fixture
def browser(new_browser: Callable[[], Browser]) -> Browser:
    """Give one browser."""
    return new_browser()

"""Whether the process is up, and whether it can do its work."""

import asyncio
import socket
import time
from collections.abc import Callable, Collection

import httpx
import pytest
from pydantic import SecretStr
from quart import Quart

from models.restore_statements import MARK_COPY
from services import Services
from services.errors import ServiceUnavailable
from settings import Settings
from tests.web.serving import codes, serving
from web import health


async def test_a_migrated_database_that_answers_is_ready(http: httpx.AsyncClient) -> None:
    """Both answers are JSON that no cache keeps."""
    for path, body in (("/healthz", {"status": "up"}), ("/readyz", {"status": "ready"})):
        answer = await http.get(path)
        assert (answer.status_code, answer.json()) == (200, body)
        assert answer.headers["Content-Type"] == "application/json"
        assert answer.headers["Cache-Control"] == "no-store"


async def test_a_database_without_migrations_is_not_ready(
    make_app: Callable[[Settings], Quart], settings: Settings, blank_database_url: str
) -> None:
    """It answers, but a request would fail: no traffic is to come yet. The process itself is up."""
    changed = settings.model_copy(update={"database_url": SecretStr(blank_database_url)})
    async with serving(make_app, changed) as http:
        ready, up = await http.get("/readyz"), await http.get("/healthz")
    assert ready.status_code == 503
    assert ready.json()["status"] == "unavailable"
    assert (up.status_code, up.json()) == (200, {"status": "up"})


async def test_a_migration_that_is_missing_is_named(http: httpx.AsyncClient, services: Services) -> None:
    """A new version of the server waits for its migration."""
    (name, *_) = [
        row["name"]
        for row in await services.database.fetch("SELECT name FROM tortoise_migrations ORDER BY id")
    ]
    await services.database.execute("DELETE FROM tortoise_migrations WHERE name = $1", name)
    answer = await http.get("/readyz")
    assert (answer.status_code, answer.json()) == (503, {"status": "unavailable", "migrations": [name]})


async def test_a_database_that_was_brought_back_is_not_ready(
    http: httpx.AsyncClient, services: Services
) -> None:
    """Sessions that had ended live in it: an operator has to say first what is to become of them."""
    await services.database.execute(MARK_COPY)
    answer = await http.get("/readyz")
    told = {"status": "unavailable", "database": "was brought back from a backup"}
    assert (answer.status_code, answer.json()) == (503, told)
    await services.restores.end_everything()
    assert (await http.get("/readyz")).status_code == 200


async def test_a_database_that_refuses_is_not_ready(
    http: httpx.AsyncClient, services: Services, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What is wrong with it is for the log, and not for whoever asks."""

    async def refuse() -> Collection[str]:
        raise ServiceUnavailable from ConnectionRefusedError("db.internal:5432")

    monkeypatch.setattr(services.database, "unapplied_migrations", refuse)
    answer = await http.get("/readyz")
    assert (answer.status_code, answer.json()) == (
        503,
        {"status": "unavailable", "database": "does not answer"},
    )


async def test_a_database_that_is_silent_is_not_ready_after_a_second(
    http: httpx.AsyncClient, services: Services, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The probe itself never hangs, and what it waited for is let go."""
    assert health.READY_WITHIN == 1.0
    monkeypatch.setattr(health, "READY_WITHIN", 0.01)
    let_go = asyncio.Event()

    async def hang() -> Collection[str]:
        try:
            await asyncio.Event().wait()
        finally:
            let_go.set()
        return ()

    monkeypatch.setattr(services.database, "unapplied_migrations", hang)
    answer = await http.get("/readyz")
    assert (answer.status_code, answer.json()["database"]) == (503, "does not answer")
    assert let_go.is_set()


async def test_a_database_that_takes_connections_and_says_nothing_is_not_ready(
    make_app: Callable[[Settings], Quart], settings: Settings
) -> None:
    """A real socket behind which nobody speaks: each probe ends after its second, and the process is up."""
    with socket.create_server(("127.0.0.1", 0)) as silent:
        url = f"postgres://latchkey@127.0.0.1:{silent.getsockname()[1]}/latchkey"
        changed = settings.model_copy(update={"database_url": SecretStr(url)})
        async with serving(make_app, changed) as http:
            for _ in range(2):
                began = time.monotonic()
                answer = await http.get("/readyz")
                assert (answer.status_code, answer.json()["database"]) == (503, "does not answer")
                assert time.monotonic() - began < 4
            assert (await http.get("/healthz")).status_code == 200


@pytest.mark.parametrize("path", ["/healthz", "/readyz"])
async def test_it_is_asked_by_get_alone(http: httpx.AsyncClient, path: str) -> None:
    """Anything else is 405 in JSON; HEAD is GET without the body."""
    answer = await http.post(path)
    assert answer.status_code == 405
    assert set(answer.headers["Allow"].split(", ")) == {"GET", "HEAD"}
    assert codes(answer) == ["BAD_USER_INPUT"]
    head = await http.head(path)
    assert (head.status_code, head.content) == (200, b"")

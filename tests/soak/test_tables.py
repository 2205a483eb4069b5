"""What the soak looks for in the database: each mistake is found where somebody makes it."""

import asyncio
from collections.abc import Callable
from functools import partial
from urllib.parse import urlsplit
from uuid import UUID

import pytest
import pytest_asyncio

from services import Services
from soak.tables import FORBIDDEN, Fetch, mistakes
from soak.truth import Session
from tests.support.browser import EMAIL, Browser
from tests.support.postgres import Postgres

pytestmark = pytest.mark.parametrize("backend", ["postgres"], indirect=True)


@pytest.fixture
def fetch(postgres: Postgres, database_url: str) -> Fetch:
    """Give a way to ask the database of the test from outside."""
    return partial(postgres.fetch, database=urlsplit(database_url).path.removeprefix("/"))


@pytest_asyncio.fixture
async def session_ids(services: Services, user_id: UUID, new_browser: Callable[[], Browser]) -> list[str]:
    """Open two sessions, refresh both, end the first, and give their ids."""
    here, there = new_browser(), new_browser()
    for browser in (here, there):
        assert (await browser.login())["success"] is True
        assert "errors" not in await browser.refresh()
    assert "errors" not in await here.logout()
    rows = await services.database.fetch("SELECT id FROM sessions ORDER BY revoked_at NULLS LAST")
    return [str(row["id"]) for row in rows]


@pytest.mark.parametrize(
    ("damage", "found"),
    [
        ("UPDATE sessions SET revoked_at = NULL", (0, 2)),
        ("UPDATE sessions SET revoked_at = now(), revoked_reason = 'LOGOUT'", (0, 1, 2)),
        ("DELETE FROM blacklisted_tokens WHERE reason = 'LOGOUT'", (0,)),
        ("UPDATE sessions SET revoked_reason = 'REUSED' WHERE revoked_at IS NOT NULL", (1, 3)),
        ("DELETE FROM audit_events WHERE kind = 'LOGOUT'", (2,)),
        ("UPDATE audit_events SET reason = 'REUSED' WHERE kind = 'LOGOUT'", (3,)),
        ("DELETE FROM blacklisted_tokens WHERE reason = 'ROTATED'", (4,)),
        ("DELETE FROM audit_events WHERE kind = 'REFRESH'", (5,)),
        ("DELETE FROM audit_events WHERE kind = 'LOGIN'", (6,)),
    ],
)
async def test_each_mistake_is_found(
    services: Services, session_ids: list[str], fetch: Fetch, damage: str, found: tuple[int, ...]
) -> None:
    """There is none before the damage; afterwards those are told that it is about, and no others."""
    assert await asyncio.to_thread(list, mistakes(fetch, [])) == []
    await services.database.execute(damage)
    told = await asyncio.to_thread(list, mistakes(fetch, []))
    forbidden = list(FORBIDDEN)
    assert [text.partition(" ")[2] for text in told] == [forbidden[number] for number in found]
    assert len(session_ids) == 2


async def test_clients_and_the_database_have_to_agree(session_ids: list[str], fetch: Fetch) -> None:
    """Each session is live or ended as somebody knows it; where they are unsure, it may be either."""
    ended, live = session_ids
    nowhere = str(UUID(int=0))
    known = [
        Session(ended, EMAIL, "", ended=True),
        Session(live, EMAIL, ""),
        Session(ended, EMAIL, "", endings=1),
        Session(live, EMAIL, "", endings=1),
    ]
    assert await asyncio.to_thread(list, mistakes(fetch, known)) == []
    mistaken = [Session(ended, EMAIL, ""), Session(live, EMAIL, "", ended=True), Session(nowhere, EMAIL, "")]
    assert await asyncio.to_thread(list, mistakes(fetch, mistaken)) == [
        f"session {ended} was not ended, and is revoked in the database",
        f"session {live} was ended, and is live in the database",
        f"session {nowhere} is not in the database",
    ]

"""A file of SQLite that another process keeps locked, while many would like to write to it."""

import asyncio
import sqlite3
from contextlib import closing
from uuid import UUID

import pytest

from tests.faults.conftest import Check
from tests.support.browser import Browser, code

pytestmark = pytest.mark.parametrize("backend", ["sqlite"])

ANSWER_WITHIN = 5.0
CROWD = 20


async def test_nobody_waits_for_those_who_wait(
    browser: Browser, user_id: UUID, database_url: str, check: Check
) -> None:
    """There is one connection, and everybody who stands in line for it has an answer soon, not in turn."""
    await browser.login()
    held, path = browser.cookies, database_url.removeprefix("sqlite://")
    other = await asyncio.to_thread(sqlite3.connect, path, isolation_level=None, check_same_thread=False)
    with closing(other):
        await asyncio.to_thread(other.execute, "BEGIN IMMEDIATE")
        async with asyncio.timeout(ANSWER_WITHIN):
            answers = await asyncio.gather(*(browser.logout() for _ in range(CROWD)))
    assert [code(answer) for answer in answers] == ["SERVICE_UNAVAILABLE"] * CROWD
    assert browser.cookies == held
    await check()
    assert (await browser.logout())["data"]["auth"]["logout"]["revokedSessions"] == 1
    await check()

"""Fixtures of the edge: a client that is no browser, and a server in production."""

import asyncio
from collections.abc import AsyncIterator, Callable

import httpx
import pytest_asyncio
from quart import Quart

from settings import Settings
from tests.support.browser import ORIGIN
from tests.web.serving import production, serving, transport


@pytest_asyncio.fixture
async def http(app: Quart) -> AsyncIterator[httpx.AsyncClient]:
    """Give a client of the running application that adds nothing of its own."""
    async with httpx.AsyncClient(transport=transport(app), base_url=ORIGIN) as client:
        yield client


@pytest_asyncio.fixture
async def live(make_app: Callable[[Settings], Quart], settings: Settings) -> AsyncIterator[httpx.AsyncClient]:
    """Give a client of a server in production."""
    async with serving(make_app, await asyncio.to_thread(production, settings)) as client:
        yield client

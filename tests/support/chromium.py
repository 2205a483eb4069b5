"""Debian's Chromium, driven by Playwright: one for a run of the tests, a profile of its own for each visit.

Playwright speaks to its browser in the event loop in which it was started. Fixtures and tests that use the
browser therefore run in the loop of the session, and say so: `pytest.mark.asyncio(loop_scope="session")`.
"""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any
from urllib.parse import urlsplit

from playwright.async_api import Browser, ConsoleMessage, Page, Request, async_playwright

_EXECUTABLE = "/usr/bin/chromium"
_ARGUMENTS = (
    # The tests may run as root, for whom Chromium has no sandbox. It visits no server but those of the tests.
    "--no-sandbox",
    "--disable-gpu",
    # It has no business of its own on the network.
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
)


@asynccontextmanager
async def running_chromium(**options: Any) -> AsyncIterator[Browser]:
    """Run a headless Chromium, with options of Playwright's if it is to be another than usual."""
    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(executable_path=_EXECUTABLE, args=_ARGUMENTS, **options)
        try:
            yield browser
        finally:
            await browser.close()


@asynccontextmanager
async def visiting(
    browser: Browser, origin: str, *, forgiven: str | None = None, **profile: Any
) -> AsyncIterator[Page]:
    """Open a tab in a new profile, whose paths are those of this origin.

    When the block is left, nothing may have gone wrong in it: no error or warning on the console, which is
    where a browser also tells what the policy of a page forbade, and no request to any other origin. What the
    test itself brings about can be forgiven, by words that are in it.

    Raises:
        AssertionError: something has.
    """
    options = {"base_url": origin, "viewport": {"width": 1400, "height": 900}, **profile}
    context = await browser.new_context(**options)
    faults: list[str] = []

    def note(fault: str) -> None:
        if forgiven is None or forgiven not in fault:
            faults.append(fault)

    def hear(message: ConsoleMessage) -> None:
        if message.type in ("error", "warning"):
            note(f"{message.type} on the console: {message.text}")

    def see(request: Request) -> None:
        parts = urlsplit(request.url)
        if f"{parts.scheme}://{parts.netloc}" != origin and parts.scheme not in ("data", "blob"):
            note(f"request to {request.url}")

    context.on("console", hear)
    context.on("weberror", lambda error: note(f"exception: {error.error}"))
    context.on("request", see)
    try:
        yield await context.new_page()
        assert faults == [], faults
    finally:
        await context.close()

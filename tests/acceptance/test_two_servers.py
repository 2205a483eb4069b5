"""Two server processes on one database are one server: what either decides holds on both, at once."""

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from itertools import cycle, islice
from threading import Barrier
from typing import Any

import pytest

from tests.acceptance.client import BLACKLISTED, LOGOUT, ME, REFRESH, Client, refusal
from tests.acceptance.site import Site

pytestmark = pytest.mark.acceptance

TABS = 20
ROUNDS = 10


@pytest.fixture
def urls(site: Site) -> tuple[str, str]:
    """Give the addresses of two servers of the site."""
    return site.start().base_url, site.start().base_url


def _tabs(browser: Client, urls: tuple[str, str]) -> Iterator[Client]:
    return (browser.copy(url) for url in islice(cycle(urls), TABS))


def _at_once(clients: list[Client], queries: list[str]) -> list[Any]:
    """Send each client's operation at the same moment, from a thread of its own, and give the answers."""
    barrier = Barrier(len(clients))

    def ask(client: Client, query: str) -> Any:
        with client:
            barrier.wait()
            return client.ask(query)

    with ThreadPoolExecutor(len(clients)) as threads:
        return list(threads.map(ask, clients, queries))


def test_one_token_refreshed_over_both_rotates_once(site: Site, urls: tuple[str, str]) -> None:
    """Twenty tabs over two processes get the same successor, byte for byte, of one rotation."""
    with Client(urls[0]) as browser:
        browser.login()
        tabs = list(_tabs(browser, urls))
        before = browser.cookies["refresh_token"]

        answers = _at_once(tabs, [REFRESH] * TABS)

        assert answers[0]["data"]["auth"]["refreshToken"]["success"] is True
        assert answers == [answers[0]] * TABS
        assert [tab.cookies for tab in tabs] == [tabs[0].cookies] * TABS
        assert tabs[0].cookies["refresh_token"] != before
    assert site.number("SELECT count(*) FROM outstanding_tokens") == 2
    assert site.number("SELECT count(*) FROM blacklisted_tokens WHERE reason = 'ROTATED'") == 1
    assert site.number("SELECT count(*) FROM audit_events WHERE kind = 'REFRESH'") == 1


def test_logout_on_one_is_dead_on_the_other_at_once(urls: tuple[str, str]) -> None:
    """Ten times over, in both directions, no request to the other process outlives the logout."""
    for here, there in islice(cycle((urls, urls[::-1])), ROUNDS):
        with Client(here) as browser:
            browser.login()
            with browser.copy(there) as elsewhere:
                assert elsewhere.ask(ME)["data"]["me"]["isSignIn"] is True
                assert browser.ask(LOGOUT)["data"]["auth"]["logout"]["success"] is True
                assert refusal(elsewhere.ask(ME)) == BLACKLISTED
                assert refusal(elsewhere.ask(REFRESH)) == BLACKLISTED


def test_logout_on_one_during_a_refresh_on_the_other_leaves_nothing_alive(
    site: Site, urls: tuple[str, str]
) -> None:
    """Whichever comes first, the logout wins: neither the old tokens nor a successor work afterwards."""
    for here, there in islice(cycle((urls, urls[::-1])), ROUNDS):
        with Client(here) as browser:
            browser.login()
            leaving, staying = browser.copy(here), browser.copy(there)

            left, refreshed = _at_once([leaving, staying], [LOGOUT, REFRESH])

            assert left["data"]["auth"]["logout"]["success"] is True
            assert "errors" not in refreshed or refusal(refreshed) == BLACKLISTED
            for client in (browser, staying):
                assert refusal(client.ask(ME)) == BLACKLISTED
                assert refusal(client.ask(REFRESH)) == BLACKLISTED
    assert site.number("SELECT count(*) FROM sessions WHERE revoked_at IS NULL") == 0
    assert site.number("SELECT count(*) FROM audit_events WHERE kind = 'LOGOUT'") == ROUNDS

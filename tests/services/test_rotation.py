"""Rotation: one winner, one successor for everybody inside the leeway, on both databases."""

import asyncio
from collections.abc import Callable
from uuid import UUID

import httpx
import pytest
from quart import Quart

from services import Services
from settings import Settings
from tests.services import servers, tables
from tests.support.browser import REFRESH, Browser, code
from tests.support.clock import FakeClock

RACERS = 50


def refresh_cookie(response: httpx.Response) -> str:
    """Give the Set-Cookie line of the refresh token, attributes included."""
    (line,) = [line for line in response.headers.get_list("set-cookie") if line.startswith("refresh_token=")]
    return str(line)


async def test_of_fifty_concurrent_refreshes_one_rotates_and_all_get_its_successor(
    browser: Browser, services: Services, user_id: UUID
) -> None:
    """One REFRESH event and one ROTATED token; fifty identical bodies and identical cookies."""
    await browser.login()
    held = browser.cookies
    responses = await asyncio.gather(*(browser.post(REFRESH, {}) for _ in range(RACERS)))

    answers = [response.json()["data"]["auth"]["refreshToken"] for response in responses]
    assert all(answer["success"] for answer in answers)
    assert len({(answer["accessToken"], answer["accessTokenExpiresAt"]) for answer in answers}) == 1
    assert len({refresh_cookie(response) for response in responses}) == 1
    assert browser.cookies["refresh_token"] != held["refresh_token"]
    assert browser.cookies["client_fp"] == held["client_fp"]
    assert await tables.reasons(services) == ["ROTATED"]
    assert await tables.events(services) == [("LOGIN", "SUCCESS", None), ("REFRESH", "SUCCESS", None)]
    assert len(await tables.rows(services, "outstanding_tokens")) == 2
    assert (await browser.refresh())["data"]["auth"]["refreshToken"]["success"] is True


async def test_inside_the_leeway_a_lost_answer_is_given_again(
    new_browser: Callable[[], Browser], services: Services, user_id: UUID, clock: FakeClock
) -> None:
    """Ten seconds after its use a token still gives the very same successor, which goes on working."""
    browser, retry = new_browser(), new_browser()
    await browser.login()
    parent = browser.cookies
    first = await browser.refresh()
    clock.advance(10)
    before = await tables.dump(services)

    assert await retry.take_cookies(parent).refresh() == first
    assert retry.cookies == browser.cookies
    assert await tables.dump(services) == before
    assert "data" in await retry.me()


async def test_a_rotated_successor_is_not_given_again(
    new_browser: Callable[[], Browser], services: Services, user_id: UUID, clock: FakeClock
) -> None:
    """A parent that comes back after its successor was used is refused, but the session lives on."""
    browser, late = new_browser(), new_browser()
    await browser.login()
    parent = browser.cookies
    await browser.refresh()
    clock.advance(5)
    await browser.refresh()
    before = await tables.dump(services)

    assert code(await late.take_cookies(parent).refresh()) == "TOKEN_BLACKLISTED"
    assert late.cookies == parent
    assert await tables.dump(services) == before
    assert (await browser.me())["data"]["me"]["isSignIn"] is True
    assert (await browser.refresh())["data"]["auth"]["refreshToken"]["success"] is True


async def test_a_successor_of_an_ended_session_is_not_given_again(
    new_browser: Callable[[], Browser], user_id: UUID
) -> None:
    """After logout not even the leeway gives a token."""
    browser, late = new_browser(), new_browser()
    await browser.login()
    parent = browser.cookies
    await browser.refresh()
    await browser.logout()
    assert code(await late.take_cookies(parent).refresh()) == "TOKEN_BLACKLISTED"


async def test_a_restart_between_rotation_and_replay_changes_nothing(
    make_app: Callable[[Settings], Quart], settings: Settings
) -> None:
    """A server that knows nothing but its settings and the database answers a replay with the same bytes."""
    async with servers.running(make_app, settings) as server:
        await server.add_user()
        browser = server.new_browser()
        await browser.login()
        parent = browser.cookies
        first, held = await browser.refresh(), browser.cookies
    async with servers.running(make_app, settings) as server:
        replay = server.new_browser().take_cookies(parent)
        assert await replay.refresh() == first
        assert replay.cookies == held
        assert (await replay.me())["data"]["me"]["isSignIn"] is True


async def test_a_refresh_of_a_disabled_account_is_refused(
    browser: Browser, services: Services, user_id: UUID, clock: FakeClock
) -> None:
    """Nothing is rotated for somebody who was disabled, and nothing is sent to the browser."""
    await browser.login()
    await tables.set_user(services, user_id, "disabled_at", clock())
    before, held = await tables.dump(services), browser.cookies
    assert code(await browser.refresh()) == "TOKEN_BLACKLISTED"
    assert code(await browser.me()) == "TOKEN_BLACKLISTED"
    assert await tables.dump(services) == before
    assert browser.cookies == held


async def test_without_a_refresh_token_there_is_nothing_to_refresh(browser: Browser) -> None:
    """Nobody's request is told so, and a forged token is told from a missing one."""
    assert code(await browser.refresh()) == "UNAUTHENTICATED"
    assert code(await browser.refresh("not.a.token")) == "TOKEN_INVALID"


async def test_an_access_token_does_not_refresh(browser: Browser, user_id: UUID) -> None:
    """The two kinds of tokens are not interchangeable, in either direction."""
    given = await browser.login(delivery="BODY")
    assert code(await browser.refresh(given["accessToken"])) == "TOKEN_INVALID"
    assert code(await browser.me(bearer=given["refreshToken"])) == "TOKEN_INVALID"


async def test_a_token_whose_row_is_gone_is_not_believed(
    browser: Browser, services: Services, user_id: UUID
) -> None:
    """A genuine signature is not enough: the database has to know the token."""
    given = await browser.login(delivery="BODY")
    await services.database.execute("DELETE FROM sessions")
    assert code(await browser.refresh(given["refreshToken"])) == "TOKEN_INVALID"
    assert await tables.rows(services, "outstanding_tokens") == []


async def test_refreshes_of_one_session_are_limited(
    make_app: Callable[[Settings], Quart], settings: Settings
) -> None:
    """The third refresh within the window of a limit of two says when to come back and changes nothing."""
    async with servers.running(make_app, settings, limit_refresh="2/hour") as server:
        await server.add_user()
        browser = server.new_browser()
        await browser.login()
        await browser.refresh()
        await browser.refresh()
        before, held = await tables.dump(server.services), browser.cookies
        refused = await browser.refresh()
        assert code(refused) == "RATE_LIMITED"
        assert 3590 <= refused["errors"][0]["extensions"]["retryAfter"] <= 3600
        assert await tables.dump(server.services) == before
        assert browser.cookies == held
        assert (await browser.logout())["data"]["auth"]["logout"]["revokedSessions"] == 1


@pytest.mark.parametrize(("ahead", "works"), [(-1, True), (0, False), (1, False)])
async def test_a_refresh_token_works_until_it_expires(
    browser: Browser, user_id: UUID, clock: FakeClock, ahead: int, works: bool
) -> None:
    """One day: a second less is in time, the whole day is late."""
    given = await browser.login(delivery="BODY")
    clock.advance(24 * 3600 + ahead)
    answer = await browser.refresh(given["refreshToken"])
    if works:
        assert answer["data"]["auth"]["refreshToken"]["success"] is True
    else:
        assert code(answer) == "TOKEN_EXPIRED"

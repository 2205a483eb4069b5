"""Limits of failed logins, per account and per address, taken before any hash is computed."""

import asyncio
from collections.abc import Callable

import pytest
from quart import Quart

from services import Services
from settings import Settings
from tests.services import servers, tables
from tests.services.attempts import attempt, outcome, spy_on
from tests.support.browser import EMAIL, LOGIN, PASSWORD, Browser, code

MakeApp = Callable[[Settings], Quart]


async def test_an_address_has_so_many_failures(
    make_app: MakeApp, settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The fourth try from one address, for whichever account, is refused before it costs anything."""
    async with servers.running(make_app, settings, limit_login="3/hour", trusted_proxies=1) as server:
        await server.add_user()
        spy = spy_on(server.services, monkeypatch)
        for number in range(3):
            body = await attempt(server, "198.51.100.1", email=f"nobody{number}@example.com")
            assert outcome(body) == "INVALID_CREDENTIALS"
        before, calls = await tables.dump(server.services), spy.calls
        assert calls == 3
        refused = await attempt(server, "198.51.100.1", password=PASSWORD)
        assert code(refused) == "RATE_LIMITED"
        assert refused["data"]["auth"]["login"] is None
        assert 3590 <= refused["errors"][0]["extensions"]["retryAfter"] <= 3600
        assert refused["errors"][0]["message"] == "Too many attempts. Please try again later."
        assert spy.calls == calls
        assert await tables.dump(server.services) == before
        assert outcome(await attempt(server, "198.51.100.2", password=PASSWORD)) == "SUCCESS"


@pytest.mark.parametrize("email", [EMAIL, "nobody@example.com"])
async def test_an_account_has_so_many_failures_from_everywhere(
    make_app: MakeApp, settings: Settings, monkeypatch: pytest.MonkeyPatch, email: str
) -> None:
    """A botnet gets three tries at an account, however it is spelt, and alike at one that does not exist."""
    async with servers.running(make_app, settings, limit_login="3/hour", trusted_proxies=1) as server:
        await server.add_user()
        spy = spy_on(server.services, monkeypatch)
        for number, spelling in enumerate((email, email.upper(), f" {email} ")):
            body = await attempt(server, f"198.51.100.{number}", email=spelling)
            assert outcome(body) == "INVALID_CREDENTIALS"
        before = await tables.dump(server.services)
        refused = await attempt(server, "198.51.100.9", email=email, password=PASSWORD)
        assert code(refused) == "RATE_LIMITED"
        assert 3590 <= refused["errors"][0]["extensions"]["retryAfter"] <= 3600
        assert spy.calls == 3
        assert await tables.dump(server.services) == before


async def test_a_success_never_clears_the_failures_of_the_account(
    make_app: MakeApp, settings: Settings
) -> None:
    """Whoever guesses at an account gets no new tries each time that its owner signs in."""
    async with servers.running(make_app, settings, limit_login="3/hour", trusted_proxies=1) as server:
        await server.add_user()
        for number in range(2):
            assert outcome(await attempt(server, f"198.51.100.{number}")) == "INVALID_CREDENTIALS"
            assert outcome(await attempt(server, "192.0.2.1", password=PASSWORD)) == "SUCCESS"
        assert outcome(await attempt(server, "198.51.100.9")) == "INVALID_CREDENTIALS"
        for address in ("198.51.100.10", "192.0.2.1"):
            assert code(await attempt(server, address, password=PASSWORD)) == "RATE_LIMITED"


async def test_who_is_refused_by_address_cannot_lock_an_account(
    make_app: MakeApp, settings: Settings
) -> None:
    """One address, however busy, uses up its own tries and then nobody's."""
    async with servers.running(make_app, settings, limit_login="3/hour", trusted_proxies=1) as server:
        await server.add_user()
        for number in range(3):
            body = await attempt(server, "198.51.100.1", email=f"nobody{number}@example.com")
            assert outcome(body) == "INVALID_CREDENTIALS"
        for _ in range(9):
            assert code(await attempt(server, "198.51.100.1")) == "RATE_LIMITED"
        assert outcome(await attempt(server, "192.0.2.1", password=PASSWORD)) == "SUCCESS"


async def test_a_network_of_ipv6_is_one_address(make_app: MakeApp, settings: Settings) -> None:
    """Whoever has a /64 cannot use each of its addresses for tries of its own; the next /64 is another's."""
    async with servers.running(make_app, settings, limit_login="3/hour", trusted_proxies=1) as server:
        await server.add_user()
        for number in range(3):
            body = await attempt(server, f"2001:db8::{number:x}", email=f"nobody{number}@example.com")
            assert outcome(body) == "INVALID_CREDENTIALS"
        assert code(await attempt(server, "2001:db8::ffff:1", password=PASSWORD)) == "RATE_LIMITED"
        assert outcome(await attempt(server, "2001:db8:0:1::1", password=PASSWORD)) == "SUCCESS"


async def test_a_success_never_clears_the_failures_of_the_address(
    make_app: MakeApp, settings: Settings
) -> None:
    """Somebody with an account of their own cannot buy tries at other accounts by signing in to it."""
    async with servers.running(make_app, settings, limit_login="3/hour", trusted_proxies=1) as server:
        await server.add_user()
        await server.add_user("mallory@example.com")
        for number in range(2):
            body = await attempt(server, "198.51.100.1", email=f"victim{number}@example.com")
            assert outcome(body) == "INVALID_CREDENTIALS"
            body = await attempt(server, "198.51.100.1", email="mallory@example.com", password=PASSWORD)
            assert outcome(body) == "SUCCESS"
        assert outcome(await attempt(server, "198.51.100.1")) == "INVALID_CREDENTIALS"
        for email in ("mallory@example.com", EMAIL):
            body = await attempt(server, "198.51.100.1", email=email, password=PASSWORD)
            assert code(body) == "RATE_LIMITED"


async def test_successes_are_not_limited(make_app: MakeApp, settings: Settings) -> None:
    """An office behind one address signs in as often as it likes."""
    async with servers.running(make_app, settings, limit_login="3/hour", trusted_proxies=1) as server:
        await server.add_user()
        for _ in range(8):
            assert outcome(await attempt(server, "198.51.100.1", password=PASSWORD)) == "SUCCESS"


async def test_a_right_password_that_lets_nobody_in_counts_as_a_failure(
    make_app: MakeApp, settings: Settings
) -> None:
    """An unverified account is no oracle for passwords without end."""
    async with servers.running(make_app, settings, limit_login="2/hour") as server:
        await server.add_user()
        await server.services.database.execute("UPDATE users SET verified_at = NULL")
        codes = [outcome(await attempt(server, "", password=PASSWORD)) for _ in range(3)]
        assert codes == ["EMAIL_NOT_VERIFIED", "EMAIL_NOT_VERIFIED", "RATE_LIMITED"]


async def test_of_concurrent_tries_no_more_than_the_limit_are_hashed(
    make_app: MakeApp, settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Twenty at once are no way around a limit of three."""
    async with servers.running(make_app, settings, limit_login="3/hour") as server:
        await server.add_user()
        spy = spy_on(server.services, monkeypatch)
        bodies = await asyncio.gather(*(attempt(server, "") for _ in range(20)))
        codes = sorted(outcome(body) for body in bodies)
        assert codes == ["INVALID_CREDENTIALS"] * 3 + ["RATE_LIMITED"] * 17
        assert spy.calls == 3


async def test_a_full_queue_of_hashes_refuses_instead_of_growing(
    new_browser: Callable[[], Browser],
    services: Services,
    user_id: object,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """One more than fit is SERVICE_UNAVAILABLE at once and changes nothing; those that wait are served."""
    monkeypatch.setattr(services.passwords, "_threads", 1)
    monkeypatch.setattr("services.passwords.QUEUE_PER_THREAD", 4)
    spy = spy_on(services, monkeypatch)
    spy.may_go_on.clear()
    waiting = [asyncio.create_task(new_browser().login()) for _ in range(4)]
    async with asyncio.timeout(20):
        while services.passwords._pending < 4:
            await asyncio.wait(waiting, timeout=0.005)
    before = await tables.dump(services)
    variables = {"email": EMAIL, "password": PASSWORD, "rememberMe": False, "delivery": "COOKIE"}
    late = new_browser()
    refused = await late.ask(LOGIN, variables)
    assert code(refused) == "SERVICE_UNAVAILABLE"
    assert refused["errors"][0]["extensions"]["retryAfter"] == 1
    assert late.cookies == {}
    assert await tables.dump(services) == before
    spy.may_go_on.set()
    assert [payload["success"] for payload in await asyncio.gather(*waiting)] == [True] * 4
    assert (await late.login())["success"] is True

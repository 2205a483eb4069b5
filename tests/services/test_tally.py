"""What is counted: how sign-ins and refreshes came out, what waits for a thread, for mail or a connection."""

import asyncio
import threading
from datetime import timedelta
from uuid import UUID

import pytest

from models import OtpPurpose
from security.passwords import CHEAPEST, Hasher
from services import Services
from services.clients import Client
from services.credentials import Credentials
from services.errors import ErrorCode, ServiceUnavailable, TokenReused, Unauthenticated
from services.passwords import Passwords
from services.problems import CodeInvalid, InvalidCredentials
from services.sessions import SignedIn, TokenDelivery
from services.tally import Outcomes
from tests.services.mailing import post
from tests.support.browser import EMAIL, PASSWORD
from tests.support.clock import FakeClock

CLIENT = Client(ip_address="192.0.2.7", user_agent=None, request_id=None)


async def login(services: Services, password: str = PASSWORD) -> SignedIn:
    """Sign in as a program does."""
    return await services.auth.login(
        email=EMAIL, password=password, remember_me=False, token_delivery=TokenDelivery.BODY, client=CLIENT
    )


async def test_sign_ins_are_counted_by_how_they_came_out(services: Services, user_id: UUID) -> None:
    """By password and by code; a code that is only looked at signs nobody in, and does not count."""
    await login(services)
    await login(services)
    with pytest.raises(InvalidCredentials):
        await login(services, "a wrong one")
    for purpose in (OtpPurpose.LOGIN, OtpPurpose.RESET_PASSWORD):
        with pytest.raises(CodeInvalid):
            await services.otp.verify(
                email=EMAIL,
                code="000000",
                purpose=purpose,
                remember_me=False,
                token_delivery=TokenDelivery.BODY,
                client=CLIENT,
            )
    assert services.tally.password_logins == {"OK": 2, "INVALID_CREDENTIALS": 1}
    assert services.tally.code_logins == {"OTP_INVALID": 1}


async def test_refreshes_and_reuse_are_counted(services: Services, user_id: UUID, clock: FakeClock) -> None:
    """A replay inside the leeway is a refresh that succeeded; the end of a family is counted once."""
    first = Credentials(refresh_token=(await login(services)).grant.refresh_token)
    for _ in range(2):
        await services.rotation.rotate(first, client=CLIENT)
    clock.advance(timedelta(minutes=1).total_seconds())
    with pytest.raises(TokenReused):
        await services.rotation.rotate(first, client=CLIENT)
    with pytest.raises(Unauthenticated):
        await services.rotation.rotate(Credentials(), client=CLIENT)
    assert services.tally.refreshes == {"OK": 2, "TOKEN_REUSED": 1, "UNAUTHENTICATED": 1}


def test_what_nobody_expected_is_counted_as_what_the_client_is_told() -> None:
    """A cancelled use case has no outcome."""
    outcomes = Outcomes()
    for error in (ValueError, ServiceUnavailable, asyncio.CancelledError):
        with pytest.raises(error), outcomes.count():
            raise error
    assert outcomes == {ErrorCode.INTERNAL_SERVER_ERROR: 1, ErrorCode.SERVICE_UNAVAILABLE: 1}


async def test_hashes_that_wait_are_counted(monkeypatch: pytest.MonkeyPatch) -> None:
    """Those that have a thread do not wait."""
    go = threading.Event()
    passwords = Passwords(Hasher(CHEAPEST), threads=2)
    monkeypatch.setattr(Hasher, "hash", lambda *_: str(go.wait()))
    async with asyncio.TaskGroup() as group:
        for _ in range(5):
            group.create_task(passwords.hash(PASSWORD))
        # A task that was only made has not run yet.
        await asyncio.sleep(0)
        assert (passwords.waiting, passwords.threads) == (3, 2)
        go.set()
    assert passwords.waiting == 0
    passwords.close()


async def test_letters_that_wait_are_counted(services: Services) -> None:
    """Those that are under way, too; not those that have arrived."""
    assert await services.sender.waiting() == 0
    for _ in range(3):
        await post(services)
    assert await services.sender.waiting() == 3
    await services.sender.deliver_due()
    assert await services.sender.waiting() == 0


async def test_connections_are_counted_where_there_are_several(services: Services, backend: str) -> None:
    """SQLite has one, and it is always at work or at rest."""
    await services.database.fetch("SELECT 1 AS one")
    pool = services.database.pool
    if backend == "sqlite":
        assert pool is None
        return
    assert pool is not None
    assert (pool.opened - pool.idle, pool.largest) == (0, 10)
    async with services.database.transaction() as transaction:
        await transaction.fetch("SELECT 1 AS one")
        assert (found := services.database.pool) is not None
        assert found.opened - found.idle == 1

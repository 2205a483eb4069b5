"""The context of an operation: who asks is looked up once, and a wish for cookies shows no token."""

import asyncio
from dataclasses import replace
from datetime import timedelta
from types import SimpleNamespace
from typing import Any
from uuid import uuid4

import pytest

from resolvers.context import Context, Cookies
from resolvers.payloads import TokensPayload
from security.fingerprints import UNBOUND
from services.accounts import Anonymous
from services.clients import Client
from services.credentials import Credentials
from services.errors import TokenExpired, Unauthenticated
from services.grants import Grant
from tests.support.clock import START

BOUND = Grant(
    access_token="an access token",
    access_token_expires_at=START,
    refresh_token="a refresh token",
    lifetime=timedelta(days=1),
    client_fp="a secret of the browser",
    fph="its hash",
    remember_me=False,
)
IN_BODY = replace(BOUND, client_fp=None, fph=UNBOUND)
MINE = Credentials(access_token="my access", refresh_token="my refresh", client_fp="my browser")


def context(answer: object) -> tuple[Context, list[Credentials]]:
    """Give a context whose sessions answer so when they are asked who it is, and what they are asked."""
    asked: list[Credentials] = []

    async def identify(credentials: Credentials) -> object:
        asked.append(credentials)
        await asyncio.to_thread(lambda: None)  # Gives way to the other fields, as a database does.
        if isinstance(answer, Exception):
            raise answer
        return answer

    services: Any = SimpleNamespace(sessions=SimpleNamespace(identify=identify))
    return Context(services=services, client=Client(), credentials=MINE), asked


async def test_however_many_fields_ask_the_database_is_asked_once() -> None:
    """Fields run at the same time, and all of them get the one answer."""
    anonymous = Anonymous()
    made, asked = context(anonymous)
    answers = await asyncio.gather(*(made.identify() for _ in range(20)))
    assert all(answer is anonymous for answer in answers)
    assert asked == [MINE]


async def test_a_token_that_is_refused_is_refused_to_every_field() -> None:
    """The first refusal is everybody's, and is not asked for again."""
    made, asked = context(TokenExpired())
    answers = await asyncio.gather(*(made.viewer() for _ in range(3)), return_exceptions=True)
    assert [type(answer) for answer in answers] == [TokenExpired] * 3
    assert len(asked) == 1


async def test_nobody_is_no_viewer() -> None:
    """A field that needs somebody is refused where a field that does not gets nobody."""
    made, asked = context(Anonymous())
    assert await made.identify() == Anonymous()
    with pytest.raises(Unauthenticated):
        await made.viewer()
    assert len(asked) == 1


def test_only_a_bound_grant_goes_into_cookies() -> None:
    """A client that asked for the body keeps no cookies, and none is left in a browser that it runs in."""
    cookies = Cookies()
    cookies.deliver(IN_BODY)
    assert cookies == Cookies(grant=None, cleared=False, whose=None)
    cookies.deliver(BOUND)
    assert cookies == Cookies(grant=BOUND, cleared=False, whose=None)


def test_clearing_says_whose_they_were() -> None:
    """The log names the user, if there is one to name."""
    user_id = uuid4()
    cookies = Cookies()
    cookies.clear(whose=user_id)
    assert cookies == Cookies(grant=None, cleared=True, whose=user_id)


def test_the_refresh_token_is_in_the_body_of_body_clients_alone() -> None:
    """A script on a page could read it there; in its cookie it cannot."""
    assert TokensPayload.of(BOUND, message="Signed in.").refresh_token is None
    payload = TokensPayload.of(IN_BODY, message="Signed in.")
    assert payload.refresh_token == "a refresh token"
    assert payload.access_token == "an access token"
    assert payload.access_token_expires_at == START


def test_what_is_logged_by_accident_shows_no_token() -> None:
    """The representation of a wish, of a grant and of credentials holds none of their secrets."""
    shown = repr((Cookies(grant=BOUND), IN_BODY, MINE))
    for secret in ("an access token", "a refresh token", "a secret of the browser", "its hash", "my "):
        assert secret not in shown

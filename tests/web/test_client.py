"""Who is on the other end: the address that is believed, the program's name, and the bearer token."""

from collections.abc import Callable

import httpx
import pytest
from quart import Quart

from services.clients import Client
from services.credentials import Credentials
from services.sessions import Logout, LogoutScope, Sessions
from settings import Settings
from tests.web.serving import JSON, ONE_BACKEND, send, serving
from web import request

PEER = "192.0.2.1"
LOGOUT = b'{"query": "mutation { auth { logout { success } } }"}'

ADDRESSES = [
    (0, [], PEER),
    (0, ["203.0.113.7"], PEER),
    (1, [], PEER),
    (1, ["203.0.113.7"], "203.0.113.7"),
    (1, ["6.6.6.6, 203.0.113.7"], "203.0.113.7"),
    (1, ["6.6.6.6", "203.0.113.7"], "203.0.113.7"),
    (1, ["203.0.113.7:1234"], "203.0.113.7"),
    (1, ["2001:DB8::0:1"], "2001:db8::1"),
    (1, ["[2001:db8::1]"], "2001:db8::1"),
    (1, ["[2001:db8::1]:443"], "2001:db8::1"),
    (1, ["::ffff:203.0.113.7"], "203.0.113.7"),
    (1, ["fe80::1%eth0\x7f<script>"], "fe80::1"),
    (1, ["unknown"], PEER),
    (1, ["_hidden"], PEER),
    (1, ["203.0.113.7, "], PEER),
    (1, ["203.0.113.7 OR 1=1"], PEER),
    (1, ["203.0.113.7:evil"], PEER),
    (1, ["[2001:db8::1]evil"], PEER),
    (1, ["010.1.1.1"], PEER),
    (1, ["1" * 500], PEER),
    (2, ["203.0.113.7"], PEER),
    (2, ["203.0.113.7, 198.51.100.2"], "203.0.113.7"),
    (2, ["6.6.6.6, 203.0.113.7, 198.51.100.2"], "203.0.113.7"),
    (2, ["6.6.6.6", "203.0.113.7", "198.51.100.2"], "203.0.113.7"),
    (2, ["6.6.6.6, nobody, 198.51.100.2"], PEER),
]


@pytest.fixture
def seen(monkeypatch: pytest.MonkeyPatch) -> list[Client]:
    """Give the clients as the services are told of them."""
    clients: list[Client] = []

    async def end(_: Sessions, __: Credentials, *, scope: LogoutScope, client: Client) -> Logout:
        clients.append(client)
        return Logout(user_id=None, revoked_sessions=0, signed_out=scope is not LogoutScope.OTHER_SESSIONS)

    monkeypatch.setattr(Sessions, "end", end)
    return clients


@ONE_BACKEND
@pytest.mark.parametrize("proxies", [0, 1, 2])
async def test_only_what_our_own_proxies_saw_is_believed(
    make_app: Callable[[Settings], Quart],
    settings: Settings,
    seen: list[Client],
    proxies: int,
) -> None:
    """What a client puts into the header itself stays to the left of what our proxies append."""
    cases = [(forwarded, address) for count, forwarded, address in ADDRESSES if count == proxies]
    spoofs = [("Remote-Addr", "6.6.6.6"), ("Forwarded", "for=6.6.6.6"), ("X-Real-Ip", "6.6.6.6")]
    changed = settings.model_copy(update={"trusted_proxies": proxies})
    async with serving(make_app, changed, client=(PEER, 50000)) as http:
        for forwarded, _ in cases:
            headers = [("Content-Type", JSON), *(("X-Forwarded-For", value) for value in forwarded)]
            await send(http, [*headers, *spoofs], content=LOGOUT)
    assert [client.ip_address for client in seen] == [address for _, address in cases]


def test_a_peer_without_an_address_has_none() -> None:
    """On a Unix socket there is none; a proxy in front of it still knows."""
    assert request.address("<local>", "", proxies=0) is None
    assert request.address(None, "", proxies=1) is None
    assert request.address(None, "203.0.113.7", proxies=1) == "203.0.113.7"
    assert request.address("fe80::1%2", "", proxies=0) == "fe80::1"


@ONE_BACKEND
@pytest.mark.parametrize(
    ("agent", "kept"),
    [
        ("Mozilla/5.0 (X11)", "Mozilla/5.0 (X11)"),
        (
            "a\x1b[31mb\tc\x85d",
            "a\N{REPLACEMENT CHARACTER}[31mb\N{REPLACEMENT CHARACTER}c\N{REPLACEMENT CHARACTER}d",
        ),
        ("x" * 5000, "x" * 512),
        ("", None),
        (None, None),
    ],
    ids=range(5),
)
async def test_the_programs_name_is_printable_and_short(
    http: httpx.AsyncClient, seen: list[Client], agent: str | None, kept: str | None
) -> None:
    """It is shown to people, in the list of their sessions and in the audit trail."""
    headers = [("Content-Type", JSON), *([("User-Agent", agent)] if agent is not None else [])]
    answer = await send(http, headers, content=LOGOUT)
    assert [client.user_agent for client in seen] == [kept]
    assert seen[0].request_id == answer.headers["X-Request-Id"]


@pytest.mark.parametrize(
    ("authorization", "token"),
    [
        ("Bearer a.b.c", "a.b.c"),
        ("bearer   a.b.c  ", "a.b.c"),
        ("BEARER a b", "a b"),
        ("Bearer", ""),
        ("Bearer ", ""),
        ("Bearera.b.c", None),
        ("Basic YTpi", None),
        ("Token a.b.c", None),
        ("", None),
        (None, None),
    ],
)
def test_whatever_follows_bearer_is_what_is_presented(authorization: str | None, token: str | None) -> None:
    """Nonsense after the scheme is an unusable token; another scheme is none at all."""
    assert request.bearer(authorization) == token


@ONE_BACKEND
@pytest.mark.parametrize("authorization", ["Bearer", "Bearer a b", "Bearer x"])
async def test_an_unusable_bearer_token_is_not_made_up_for_by_a_cookie(
    http: httpx.AsyncClient, authorization: str
) -> None:
    """Who presents a token wants to be judged by it."""
    headers = [("Content-Type", JSON), ("Authorization", authorization), ("Cookie", "auth-token=")]
    answer = await send(http, headers, content=b'{"query": "{ me { id } }"}')
    assert [error["extensions"]["code"] for error in answer.json()["errors"]] == ["TOKEN_INVALID"]

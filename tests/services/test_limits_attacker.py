"""A scripted attacker with every trick at hand gets the guesses that the limits allow, and not one more."""

import asyncio
import random
import unicodedata
from collections import Counter
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import asynccontextmanager
from itertools import count

import pytest
from quart import Quart

from settings import Settings
from tests.services import servers
from tests.services.attempts import SpyingHasher, attempt, outcome, spy_on
from tests.services.servers import Server
from tests.support.browser import EMAIL, PASSWORD, code

MakeApp = Callable[[Settings], Quart]
GUESSES, CONNECTIONS, LIMIT = 300, 20, 10
GUESS = 'login(input: {{email: "{email}", password: "guess {number}"}}) {{ success }}'


def spellings(email: str) -> Iterator[str]:
    """Write an address in ever other ways that are compared as one: letter case, width of letters, spaces."""
    chance = random.Random(7)
    wide = {character: chr(ord(character) + 0xFEE0) for character in map(chr, range(0x21, 0x7F))}
    while True:
        spelt = "".join(chance.choice((c.lower(), c.upper(), wide[c])) for c in email)
        assert unicodedata.normalize("NFKC", spelt).lower() == email
        yield chance.choice((spelt, f" {spelt}", f"{spelt}\u3000", f"\t{spelt} "))


def addresses() -> Iterator[str]:
    """Give ever other addresses, half of them of networks of their own."""
    for number in count():
        yield f"203.0.{number // 200 % 200}.{number % 200}" if number % 2 else f"2001:db8:{number:x}::1"


@asynccontextmanager
async def attacked(
    make_app: MakeApp, settings: Settings, *, trusted_proxies: int = 0
) -> AsyncIterator[tuple[Server, SpyingHasher]]:
    """Run a server with a user, and a spy that counts the hashes."""
    changes = {"limit_login": f"{LIMIT}/hour", "trusted_proxies": trusted_proxies}
    async with servers.running(make_app, settings, **changes) as server:
        await server.add_user()
        with pytest.MonkeyPatch.context() as patch:
            yield server, spy_on(server.services, patch)


async def storm(server: Server, guesses: Iterator[tuple[str, str]]) -> Counter[str]:
    """Send guesses, each from an address at an account, over parallel connections, and count the outcomes."""
    waiting = [next(guesses) for _ in range(GUESSES)]
    outcomes = Counter[str]()

    async def connection() -> None:
        while waiting:
            address, email = waiting.pop()
            outcomes[outcome(await attempt(server, address, email=email))] += 1

    await asyncio.gather(*(connection() for _ in range(CONNECTIONS)))
    return outcomes


async def test_one_attacker_at_one_account(make_app: MakeApp, settings: Settings) -> None:
    """However the account is spelt and whatever address the headers claim, ten guesses are compared."""
    async with attacked(make_app, settings) as (server, spy):
        outcomes = await storm(server, zip(addresses(), spellings(EMAIL), strict=False))
        assert outcomes == {"INVALID_CREDENTIALS": LIMIT, "RATE_LIMITED": GUESSES - LIMIT}
        assert spy.calls == LIMIT
        assert outcome(await attempt(server, "", password=PASSWORD)) == "RATE_LIMITED"


async def test_many_addresses_at_one_account(make_app: MakeApp, settings: Settings) -> None:
    """A botnet shares the ten guesses of the account."""
    async with attacked(make_app, settings, trusted_proxies=1) as (server, spy):
        outcomes = await storm(server, zip(addresses(), spellings(EMAIL), strict=False))
        assert outcomes == {"INVALID_CREDENTIALS": LIMIT, "RATE_LIMITED": GUESSES - LIMIT}
        assert spy.calls == LIMIT


async def test_one_network_at_many_accounts(make_app: MakeApp, settings: Settings) -> None:
    """Somebody who tries one password at everybody shares the ten guesses of a /64, and locks nobody out."""
    async with attacked(make_app, settings, trusted_proxies=1) as (server, spy):
        spray = ((f"2001:db8::{number:x}", f"user{number}@example.com") for number in count())
        outcomes = await storm(server, spray)
        assert outcomes == {"INVALID_CREDENTIALS": LIMIT, "RATE_LIMITED": GUESSES - LIMIT}
        assert spy.calls == LIMIT
        assert outcome(await attempt(server, "192.0.2.1", password=PASSWORD)) == "SUCCESS"


async def test_the_owner_of_another_account_gains_nothing(make_app: MakeApp, settings: Settings) -> None:
    """A success in between gives back itself and nothing else: guesses at the other account stay counted."""
    async with attacked(make_app, settings) as (server, _):
        await server.add_user("mallory@example.com")
        compared = 0
        for _ in range(3 * LIMIT):
            compared += outcome(await attempt(server, "")) == "INVALID_CREDENTIALS"
            await attempt(server, "", email="mallory@example.com", password=PASSWORD)
        assert compared == LIMIT


@pytest.mark.parametrize(
    ("aliases", "refused"),
    [(2, "TOO_MANY_OPERATIONS"), (10, "TOO_MANY_OPERATIONS"), (300, "QUERY_TOO_COMPLEX")],
)
async def test_guesses_in_one_document(
    make_app: MakeApp, settings: Settings, aliases: int, refused: str
) -> None:
    """Aliases are no way to many guesses in a request: not one of them is compared or counted."""
    async with attacked(make_app, settings) as (server, spy):
        fields = " ".join(f"g{n}: {GUESS.format(email=EMAIL, number=n)}" for n in range(aliases))
        answer = await server.new_browser().ask(f"mutation {{ auth {{ {fields} }} }}")
        assert code(answer) == refused
        assert spy.calls == 0
        assert outcome(await attempt(server, "", password=PASSWORD)) == "SUCCESS"


async def test_guesses_in_one_batch(make_app: MakeApp, settings: Settings) -> None:
    """A list of operations is no request."""
    async with attacked(make_app, settings) as (server, spy):
        guesses = [
            {"query": f"mutation {{ auth {{ {GUESS.format(email=EMAIL, number=n)} }} }}"}
            for n in range(GUESSES)
        ]
        answer = await server.new_browser().http.post("/graphql", json=guesses)
        assert (answer.status_code, code(answer.json())) == (400, "BAD_USER_INPUT")
        assert spy.calls == 0

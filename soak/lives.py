"""What clients do with their time: a random mixture of steps, for as long as the soak goes on."""

import asyncio
from collections import deque
from collections.abc import Awaitable, Callable, Iterator, Mapping, Sequence
from random import Random
from threading import Event

from soak import endings, refreshes
from soak.browsers import Account, Browser, Graveyard
from soak.cluster import Cluster
from soak.lines import Line
from soak.truth import Session
from soak.witness import Witness

BROWSERS = 3
"""How many browsers an account has, which end each other's sessions."""

THINKING = 0.25
"""How many seconds somebody thinks at most before the next step."""

REPORTED_EVERY, FAREWELL = 10.0, 60.0
"""Seconds between two lines of progress, and how long clients may take to finish when all is over."""

Step = Callable[[Browser, Session], Awaitable[None]]

STEPS: Mapping[Step, float] = {
    Browser.use: 40,
    refreshes.refresh: 20,
    refreshes.race: 8,
    refreshes.lose_the_answer: 8,
    refreshes.present_superseded: 4,
    refreshes.steal: 1,
    endings.present_dead: 12,
    endings.sign_out: 0.6,
    endings.sign_out_unheard: 0.4,
    endings.sign_out_others: 0.1,
    endings.sign_out_everywhere: 0.1,
    endings.revoke: 0.3,
}
"""What is done, and how often. A session lasts for some hundred steps: argon2 is not what is soaked."""


def crowd(cluster: Cluster, emails: Sequence[str], *, witness: Witness, seed: str) -> list[Browser]:
    """Give each account its browsers. By the same seed, chance decides the same for each of them."""
    graveyard: Graveyard = deque(maxlen=500)
    accounts = [Account(email) for email in emails]
    return [
        Browser(account, Line(cluster, witness, Random(f"{seed} {account.email} {number}")), graveyard)
        for account in accounts
        for number in range(BROWSERS)
    ]


def sessions(browsers: Sequence[Browser]) -> Iterator[Session]:
    """Give every session that was ever opened."""
    for account in {id(browser.account): browser.account for browser in browsers}.values():
        yield from account.sessions


async def live(browsers: Sequence[Browser], *, steps: Mapping[Step, float], over: Event) -> None:
    """Let all browsers live until it is over, and then ask once more whether all is as it should be."""
    witness = browsers[0].witness
    lives = [asyncio.create_task(_live(browser, steps, over)) for browser in browsers]
    reporting = asyncio.create_task(_report(witness))
    while not over.is_set():
        await asyncio.wait(lives, timeout=0.1)
    _, late = await asyncio.wait(lives, timeout=FAREWELL)
    for life in late:
        witness.accuse("a client was not answered in the end")
        life.cancel()
    reporting.cancel()
    await asyncio.gather(*lives, reporting, return_exceptions=True)
    for node in browsers[0].line.cluster.nodes:
        node.hang_up()
    for life in lives:
        if not life.cancelled():
            life.result()


async def _live(browser: Browser, steps: Mapping[Step, float], over: Event) -> None:
    while not over.is_set():
        await asyncio.sleep(browser.random.uniform(0, THINKING))
        if browser.session is not None and browser.session.ended:
            browser.bury(browser.session)
        if browser.session is None:
            await browser.sign_in()
        else:
            (step,) = browser.random.choices(list(steps), list(steps.values()))
            await step(browser, browser.session)
    if browser.session is not None:
        # Of those that are live, none may be lost; those that have ended were to be refused.
        await browser.use(browser.session)
        await refreshes.refresh(browser, browser.session)


async def _report(witness: Witness) -> None:
    while True:
        await asyncio.sleep(REPORTED_EVERY)
        witness.say(witness.progress())

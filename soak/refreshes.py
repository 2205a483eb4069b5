"""The ways in which sessions are refreshed: well, in a race, without hearing the answer, and by a thief."""

import asyncio
import time

from bench.operations import REFRESH, body
from soak.browsers import Browser
from soak.cluster import LEEWAY
from soak.truth import OK, PATIENCE, REUSED, Session, stolen, superseded

RENEW = body(REFRESH)


async def refresh(browser: Browser, session: Session, *, sent: float | None = None) -> None:
    """Refresh, again and again until it is answered; `sent` says when that was tried before."""
    outcome = await browser.line.until_answered(RENEW, session, began=sent)
    if outcome.code == OK:
        _succeed(browser, session, outcome.cookie, sent=sent or time.monotonic() - outcome.waited)


async def race(browser: Browser, session: Session) -> None:
    """Refresh in several tabs at the same time: whoever is answered has the same successor, byte for byte."""
    sent, tabs = time.monotonic(), browser.random.randint(2, 4)
    outcomes = await asyncio.gather(*(browser.line.once(RENEW, session) for _ in range(tabs)))
    successors = {outcome.cookie for outcome in outcomes if outcome.code == OK}
    if len(successors) > 1:
        browser.witness.accuse(f"session {session.id} has {len(successors)} successors of one token")
    if successors:
        _succeed(browser, session, successors.pop(), sent=sent)
        browser.witness.counts["refreshes that raced"] += tabs
    elif not session.ended:
        await refresh(browser, session, sent=sent)


async def lose_the_answer(browser: Browser, session: Session) -> None:
    """Hang up before the answer to a refresh is read, and try again: it is as if nothing had been."""
    sent = time.monotonic()
    first = await browser.line.once(RENEW, session, hang_up_after=browser.random.uniform(0.001, 0.05))
    await refresh(browser, session, sent=sent)
    browser.witness.counts["answers lost"] += 1
    if first.code == OK and not session.ended and first.cookie != session.cookie:
        browser.witness.accuse(f"session {session.id} got another successor after a lost answer")


async def present_superseded(browser: Browser, session: Session) -> None:
    """Present a token whose successor was used as well, early enough to be an accident: it is refused."""
    if len(session.used) < 2 or time.monotonic() - session.used[-2].sent > LEEWAY - PATIENCE:
        return
    outcome = await browser.line.once(RENEW, session, cookie=session.used[-2].cookie, rule=superseded)
    browser.witness.counts["refused as expected"] += outcome.code != OK


async def steal(browser: Browser, session: Session) -> None:
    """Present a token that was used long ago: the session ends, for the thief and for its owner."""
    if not session.is_live or not session.used or time.monotonic() - session.used[0].answered < LEEWAY + 1:
        return
    session.endings += 1
    cookie = session.used[0].cookie
    outcome = await browser.line.until_answered(RENEW, session, cookie=cookie, rule=stolen)
    browser.witness.counts["thieves found"] += outcome.code == REUSED


def _succeed(browser: Browser, session: Session, cookie: str, *, sent: float) -> None:
    if cookie == session.cookie:
        browser.witness.accuse(f"session {session.id} was refreshed without a change")
    session.succeed(cookie, sent=sent, answered=time.monotonic())
    browser.witness.counts["refreshes"] += 1

"""The ways in which sessions end, and what becomes of whoever presents them afterwards."""

from collections.abc import Sequence

from bench.operations import LOGOUT, body
from soak.browsers import ME, Browser
from soak.refreshes import RENEW
from soak.truth import NO_VERDICT, OK, Outcome, Session, granted, newest

SIGN_OUT = body(LOGOUT)
SIGN_OUT_OTHERS = body("mutation { auth { logout(scope: OTHER_SESSIONS) { success revokedSessions } } }")
SIGN_OUT_EVERYWHERE = body("mutation { auth { logout(scope: ALL_SESSIONS) { success revokedSessions } } }")
REVOKE = """
mutation ($id: ID!) { auth { revokeSession(id: $id) { success problems { code } } } }
"""


async def sign_out(browser: Browser, session: Session) -> None:
    """Sign out, and be refused from that moment."""
    await _end(browser, session, SIGN_OUT, [session])
    browser.bury(session)
    await present_dead(browser, session)


async def sign_out_unheard(browser: Browser, session: Session) -> None:
    """Hang up before the answer to a sign-out is read, and sign out again."""
    session.endings += 1
    delay = browser.random.uniform(0.001, 0.05)
    await browser.line.once(SIGN_OUT, session, rule=granted, hang_up_after=delay)
    browser.witness.counts["answers lost"] += 1
    await sign_out(browser, session)


async def sign_out_others(browser: Browser, session: Session) -> None:
    """End the sessions of all other browsers, and go on.

    A request without an answer may be done later, and end what is opened until then. Whoever had to ask twice
    therefore signs out as well, after which it has nothing to end any more.
    """
    async with browser.account.lock:
        if not session.is_live:
            return
        outcome = await _end(browser, session, SIGN_OUT_OTHERS, browser.account.others(session))
        if outcome.attempt > 1:
            await _end(browser, session, SIGN_OUT, [session])
    await present_dead(browser, session)


async def sign_out_everywhere(browser: Browser, session: Session) -> None:
    """End the sessions of all browsers, this one included."""
    async with browser.account.lock:
        if session.is_live:
            targets = [session, *browser.account.others(session)]
            await _end(browser, session, SIGN_OUT_EVERYWHERE, targets)
    await present_dead(browser, session)


async def revoke(browser: Browser, session: Session) -> None:
    """End the session of another browser."""
    async with browser.account.lock:
        targets = browser.account.others(session)
        if not session.is_live or not targets:
            return
        target = browser.random.choice(targets)

        def rule(asker: Session, outcome: Outcome, had_ended: bool) -> str | None:
            # It may have signed out itself, or been ended by the attempt before.
            gone = target.ended or target.endings > 1 or outcome.attempt > 1
            return None if outcome.code == "BAD_USER_INPUT" and gone else newest(asker, outcome, had_ended)

        target.endings += 1
        await browser.line.until_answered(body(REVOKE, id=target.id), session, rule=rule)
        target.ended = True
        browser.witness.counts["sessions revoked"] += 1


async def present_dead(browser: Browser, _: Session) -> None:
    """Present what anybody's session had that has ended, the latest or an older one, to be refused."""
    if not browser.graveyard:
        return
    dead, cookie = browser.random.choice([browser.graveyard[-1], browser.random.choice(browser.graveyard)])
    outcome = await browser.line.once(browser.random.choice([ME, RENEW]), dead, cookie=cookie)
    browser.witness.counts["refused as expected"] += outcome.code not in (OK, *NO_VERDICT)


async def _end(browser: Browser, session: Session, request: bytes, targets: Sequence[Session]) -> Outcome:
    for target in targets:
        target.endings += 1
    outcome = await browser.line.until_answered(request, session, rule=granted)
    for target in targets:
        target.ended = True
    browser.witness.counts["logouts"] += 1
    return outcome

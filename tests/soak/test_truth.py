"""The rules by which the soak judges answers."""

import pytest

from soak.cluster import LEEWAY
from soak.truth import BLACKLISTED, OK, REUSED, Outcome, Session, granted, newest, stolen, superseded

PATIENT = float(LEEWAY)


def session(*, endings: int = 0, ended: bool = False) -> Session:
    """Make a session that was or was not begun to be ended."""
    return Session("1", "ada@example.com", "a=1", endings=endings, ended=ended)


@pytest.mark.parametrize(
    ("judged", "outcome", "had_ended", "wrong"),
    [
        (session(), Outcome(OK), False, None),
        (session(ended=True), Outcome(OK), True, "a revoked token was accepted"),
        # It ended while it was used: either answer is right.
        (session(ended=True), Outcome(OK), False, None),
        (session(ended=True), Outcome(BLACKLISTED), False, None),
        (session(ended=True), Outcome(BLACKLISTED), True, None),
        (session(endings=1), Outcome(BLACKLISTED), False, None),
        (session(), Outcome(BLACKLISTED), False, "a session is gone that nobody ended"),
        (session(), Outcome(REUSED), False, "newest token of a session: taken for a used one"),
        (session(), Outcome(REUSED, waited=PATIENT), False, None),
        (
            session(),
            Outcome("INTERNAL_SERVER_ERROR"),
            False,
            "newest token of a session: INTERNAL_SERVER_ERROR",
        ),
        (session(ended=True), Outcome("NOBODY"), True, "newest token of a session: NOBODY"),
    ],
)
def test_the_newest_token_is_good_until_its_session_ends(
    judged: Session, outcome: Outcome, had_ended: bool, wrong: str | None
) -> None:
    """Before, after, and what may be in between."""
    assert newest(judged, outcome, had_ended) == wrong


def test_what_was_seen_to_have_ended_stays_ended() -> None:
    """Also where nobody has had an answer to the sign-out: a session that was refused may not come back."""
    unsure = session(endings=1)
    assert newest(unsure, Outcome(OK), unsure.ended) is None
    assert newest(unsure, Outcome(BLACKLISTED), unsure.ended) is None
    assert newest(unsure, Outcome(OK), unsure.ended) == "a revoked token was accepted"


@pytest.mark.parametrize(
    ("judged", "outcome", "wrong"),
    [
        (session(endings=1), Outcome(REUSED), None),
        (session(endings=1), Outcome(OK), "used token past its leeway: OK"),
        (session(endings=1), Outcome(BLACKLISTED), "used token past its leeway: TOKEN_BLACKLISTED"),
        # The answer to the first attempt was lost, or somebody signed out at the same time.
        (session(endings=1), Outcome(BLACKLISTED, attempt=2), None),
        (session(endings=2), Outcome(BLACKLISTED), None),
    ],
)
def test_a_thief_ends_the_session(judged: Session, outcome: Outcome, wrong: str | None) -> None:
    """A token that was used long ago is never good, and is found to be stolen once."""
    assert stolen(judged, outcome, False) == wrong
    assert judged.ended is (outcome.code != OK)


def test_what_is_never_refused_and_what_always_is() -> None:
    """A sign-out is always granted; a token whose successor was used is always refused."""
    assert granted(session(), Outcome(OK), False) is None
    assert granted(session(), Outcome(BLACKLISTED), False) == "never to be refused: TOKEN_BLACKLISTED"
    assert superseded(session(), Outcome(BLACKLISTED), False) is None
    assert superseded(session(), Outcome(OK), False) == "superseded token: OK"
    assert superseded(session(), Outcome(REUSED), False) == "superseded token: TOKEN_REUSED"

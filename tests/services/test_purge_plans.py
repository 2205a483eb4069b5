"""How the databases find what is over: by an index, however much there is that is not."""

from datetime import timedelta

import pytest

from models import MailState
from models.purge_statements import PURGE_AUDIT, PURGE_CODES, PURGE_MAIL, PURGE_SESSIONS, PURGE_TOKENS
from services import Services
from tests.services.plans import plan, whole_reads

INDEXES = {
    PURGE_TOKENS: ("outstanding_by_expiry", "sessions_2", "sessions_current_jti_key"),
    PURGE_SESSIONS: ("outstanding_by_expiry", "outstanding_by_session"),
    PURGE_CODES: ("codes_by_expiry",),
    PURGE_MAIL: ("outbox_by_due",),
    PURGE_AUDIT: ("audit_by_time",),
}
"""The indexes by which each statement finds its rows; that of a unique column has a name to each database."""


@pytest.mark.parametrize("statement", INDEXES)
async def test_what_is_over_is_found_by_index(services: Services, backend: str, statement: str) -> None:
    """No table is read from its beginning to its end."""
    until = services.clock()
    more = (MailState.SENT,) if statement == PURGE_MAIL else ()
    async with services.database.transaction() as transaction:
        lines = await plan(transaction, backend, statement, until - timedelta(days=1), until, 500, *more)
    assert whole_reads(lines, backend) == []
    # An anti join would be one of all sessions with all tokens, however few are to go.
    assert statement != PURGE_SESSIONS or [line for line in lines if "Anti Join" in line] == []
    named = [index for index in INDEXES[statement] if any(index in line for line in lines)]
    assert named == [index for index in INDEXES[statement] if index not in _OTHERS[backend]]


_OTHERS = {"sqlite": ("sessions_current_jti_key",), "postgres": ("sessions_2",)}

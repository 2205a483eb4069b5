"""How the databases find a session, a token and all sessions of a user: by index, however many there are."""

from collections.abc import Sequence
from uuid import uuid4

import pytest

from models import statements
from services import Services
from tests.services.plans import plan, whole_reads

BY_ID = ("sessions_1", "sessions_pkey")
BY_TOKEN = ("sessions_2", "sessions_current_jti_key")
BY_USER = ("sessions_by_user",)
USER_BY_ID = ("users_1", "users_pkey")
TOKEN_BY_ID = ("outstanding_tokens_1", "outstanding_tokens_pkey")
BLACKLISTED_BY_TOKEN = ("blacklisted_tokens_1", "blacklisted_tokens_token_id_key")

SOME, OTHER, THIRD = uuid4(), uuid4(), uuid4()

FOUND: dict[str, tuple[Sequence[str], ...]] = {
    "IDENTIFY": (BY_ID, USER_BY_ID),
    "ROTATE": ((*BY_ID, *BY_TOKEN), USER_BY_ID),
    "FIND_PRESENTED": (TOKEN_BY_ID, BY_ID, USER_BY_ID, BLACKLISTED_BY_TOKEN),
    "BEGIN_LOGOUT": (BY_ID, USER_BY_ID),
    "END_SESSION": ((*BY_ID, *BY_USER),),
    "END_OTHER_SESSIONS": (BY_USER, BY_ID),
    "END_ALL_SESSIONS": (BY_USER, BY_ID),
    "END_SESSIONS_OF_USER": (BY_USER,),
}
"""The indexes by which each statement finds its rows, as SQLite or as PostgreSQL names them."""


@pytest.mark.parametrize("name", FOUND)
async def test_what_is_ended_is_found_by_index(services: Services, backend: str, name: str) -> None:
    """Neither a refresh nor the end of all sessions of a user looks at anybody else's."""
    now = services.clock()
    values: dict[str, tuple[object, ...]] = {
        "IDENTIFY": (SOME, OTHER, now),
        "ROTATE": (SOME, OTHER, THIRD, *[now] * 6),
        "FIND_PRESENTED": (SOME, OTHER),
        "BEGIN_LOGOUT": (SOME, OTHER, now),
        "END_SESSIONS_OF_USER": (SOME, now, "LOGOUT"),
    }
    of_scope = (SOME, OTHER, now, "LOGOUT")
    async with services.database.transaction() as transaction:
        lines = await plan(transaction, backend, getattr(statements, name), *values.get(name, of_scope))
    assert whole_reads(lines, backend) == []
    for names in FOUND[name]:
        assert any(index in line for line in lines for index in names), lines

"""The audit trail as it is read: by page, by filter, and by nobody who may not."""

import base64
from collections.abc import Callable
from datetime import timedelta
from typing import Any
from uuid import UUID, uuid4

import pytest

from models import AuditEvent, AuditKind, AuditOutcome, Role
from services import Services
from tests.support.browser import PASSWORD, Browser, code
from tests.support.clock import START

EVENTS = """
query ($first: Int, $after: String, $filter: AuditFilter) {
  auditEvents(first: $first, after: $after, filter: $filter) {
    edges { cursor node { id occurredAt kind outcome reason userId sessionId ipAddress userAgent requestId } }
    pageInfo { hasNextPage endCursor }
  }
}
"""
SESSION = UUID("00000000-0000-4000-8000-000000000001")


async def write(user_id: UUID | None, count: int, **values: Any) -> None:
    """Write events, a second apart from each other."""
    for number in range(count):
        event: dict[str, Any] = {
            "occurred_at": START + timedelta(seconds=number),
            "kind": AuditKind.REFRESH,
            "outcome": AuditOutcome.SUCCESS,
            "user_id": user_id,
            **values,
        }
        await AuditEvent.create(**event)


async def add(services: Services, email: str, role: Role) -> UUID:
    """Make a user."""
    return await services.users.create(
        email=email, password=PASSWORD, role=role, first_name="A", last_name="B"
    )


async def read(browser: Browser, **variables: Any) -> Any:
    """Ask for events and give the decoded body."""
    return await browser.ask(EVENTS, variables)


async def nodes(browser: Browser, **filter_: Any) -> list[dict[str, Any]]:
    """Give the events that a filter finds."""
    connection = (await read(browser, first=200, filter=filter_))["data"]["auditEvents"]
    return [edge["node"] for edge in connection["edges"]]


async def test_pages_follow_each_other_from_the_newest_to_the_oldest(browser: Browser, user_id: UUID) -> None:
    """Seven events in pages of three: none is missed, none comes twice, and the last page says so."""
    await write(user_id, 6)
    await browser.login()
    seen: list[str] = []
    after, sizes, more = None, [], True
    while more:
        connection = (await read(browser, first=3, after=after))["data"]["auditEvents"]
        seen += [edge["node"]["id"] for edge in connection["edges"]]
        sizes.append(len(connection["edges"]))
        after, more = connection["pageInfo"]["endCursor"], connection["pageInfo"]["hasNextPage"]
        assert after == connection["edges"][-1]["cursor"]
    assert sizes == [3, 3, 1]
    assert (await read(browser, first=7))["data"]["auditEvents"]["pageInfo"]["hasNextPage"] is False
    assert seen == sorted(set(seen), key=int, reverse=True)
    end = (await read(browser, first=3, after=after))["data"]["auditEvents"]
    assert end == {"edges": [], "pageInfo": {"hasNextPage": False, "endCursor": None}}


async def test_a_page_does_not_move_when_new_events_are_written(browser: Browser, user_id: UUID) -> None:
    """A cursor is a place in the trail, not a count from its end."""
    await write(user_id, 4)
    await browser.login()
    first = (await read(browser, first=2))["data"]["auditEvents"]
    await write(user_id, 3)
    after = first["pageInfo"]["endCursor"]
    second = (await read(browser, first=2, after=after))["data"]["auditEvents"]
    ids = [int(edge["node"]["id"]) for edge in (*first["edges"], *second["edges"])]
    assert ids == list(range(ids[0], ids[0] - 4, -1))


async def test_an_event_is_shown_as_it_was_written(browser: Browser, user_id: UUID) -> None:
    """Every field, and the time in UTC."""
    await browser.login()
    await write(
        user_id,
        1,
        session_id=SESSION,
        reason="R",
        ip_address="2001:db8::1",
        user_agent="an agent",
        request_id=str(SESSION),
    )
    node = (await nodes(browser))[0]
    assert int(node.pop("id")) > 0
    assert node == {
        "occurredAt": "2026-01-01T12:00:00Z",
        "kind": "REFRESH",
        "outcome": "SUCCESS",
        "reason": "R",
        "userId": str(user_id),
        "sessionId": str(SESSION),
        "ipAddress": "2001:db8::1",
        "userAgent": "an agent",
        "requestId": str(SESSION),
    }


async def test_each_condition_of_a_filter_narrows(browser: Browser, user_id: UUID) -> None:
    """By kind, outcome, session and time, alone and together; the end of a time is not part of it."""
    await browser.login()
    await write(user_id, 3)
    await write(user_id, 2, kind=AuditKind.LOGOUT, session_id=SESSION)
    await write(user_id, 1, kind=AuditKind.REUSE_DETECTED, outcome=AuditOutcome.FAILURE, session_id=SESSION)
    await write(user_id, 1, occurred_at=START + timedelta(seconds=1, microseconds=500_000))

    async def found(**filter_: Any) -> int:
        return len(await nodes(browser, **filter_))

    assert await found() == 8
    assert await found(kinds=["LOGOUT"]) == 2
    assert await found(kinds=["LOGOUT", "REUSE_DETECTED"]) == 3
    assert await found(kinds=[]) == 8
    assert await found(outcome="FAILURE") == 1
    assert await found(sessionId=str(SESSION)) == 3
    assert await found(sessionId=str(SESSION), kinds=["LOGOUT"], outcome="FAILURE") == 0
    assert await found(since="2026-01-01T12:00:01Z") == 4
    assert await found(since="2026-01-01T13:00:01.5+01:00") == 2
    assert await found(since="2026-01-01T12:00:01Z", until="2026-01-01T12:00:02Z") == 3
    assert await found(until="2026-01-01T12:00:00Z") == 0
    assert await found(since=None, kinds=None, outcome=None, sessionId=None, userId=None) == 8


async def test_a_person_reads_their_own_events_alone(
    browser: Browser, services: Services, user_id: UUID
) -> None:
    """Those of others and of nobody are not among them; asking for them is FORBIDDEN."""
    other = await add(services, "bob@example.com", Role.USER)
    await write(other, 2)
    await write(None, 2)
    await browser.login()
    assert {node["userId"] for node in await nodes(browser)} == {str(user_id)}
    assert {node["userId"] for node in await nodes(browser, userId=str(user_id))} == {str(user_id)}
    for filter_ in (
        {"userId": str(other)},
        {"scope": "EVERYONE"},
        {"scope": "EVERYONE", "userId": str(user_id)},
    ):
        refused = await read(browser, filter=filter_)
        assert code(refused) == "FORBIDDEN"
        assert refused["data"] == {"auditEvents": None}


async def test_an_admin_may_read_anyones(browser: Browser, services: Services, user_id: UUID) -> None:
    """Their own by default, somebody else's by id, and everybody's on request."""
    admin = await add(services, "root@example.com", Role.ADMIN)
    await write(user_id, 2)
    await write(None, 1)
    await browser.login(email="root@example.com")

    async def whose(**filter_: Any) -> list[str | None]:
        return [node["userId"] for node in await nodes(browser, **filter_)]

    assert await whose() == [str(admin)]
    assert await whose(userId=str(user_id)) == [str(user_id)] * 2
    assert await whose(scope="EVERYONE") == [str(admin), None, str(user_id), str(user_id)]
    assert await whose(scope="EVERYONE", userId=str(user_id)) == [str(user_id)] * 2
    assert await whose(userId=str(uuid4())) == []


@pytest.mark.parametrize("first", [-1, 0, 201, 2**31 - 1])
async def test_a_page_has_a_size_within_bounds(browser: Browser, user_id: UUID, first: int) -> None:
    """1 to 200; anything else is BAD_USER_INPUT."""
    await browser.login()
    refused = await read(browser, first=first)
    assert code(refused) == "BAD_USER_INPUT"
    assert refused["errors"][0]["message"] == "first has to be between 1 and 200"


async def test_a_page_has_fifty_events_unless_told_otherwise(browser: Browser, user_id: UUID) -> None:
    """Also when `first` is null; the smallest page has one, the largest two hundred."""
    await write(user_id, 54)
    await browser.login()
    for variables, count in (({}, 50), ({"first": None}, 50), ({"first": 1}, 1), ({"first": 200}, 55)):
        page = (await read(browser, **variables))["data"]["auditEvents"]
        assert len(page["edges"]) == count


@pytest.mark.parametrize(
    "after", ["", "x", "!!!", "YXVkaXQ=", "YXVkaXQ6eA==", "b3RoZXI6MQ==", "\N{SNOWMAN}", "YXVkaXQ6MTox"]
)
async def test_a_cursor_of_somewhere_else_is_refused(browser: Browser, user_id: UUID, after: str) -> None:
    """It is BAD_USER_INPUT, and what was sent is not echoed."""
    await browser.login()
    refused = await read(browser, after=after)
    assert code(refused) == "BAD_USER_INPUT"
    assert refused["errors"][0]["message"] == "after has to be a cursor of this connection"


@pytest.mark.parametrize(("number", "count"), [(10**30, 1), (-(10**30), 0), (0, 0)])
async def test_a_cursor_beyond_any_event_is_before_or_after_all(
    browser: Browser, user_id: UUID, number: int, count: int
) -> None:
    """A number that no database holds is no way to make it fail."""
    await browser.login()
    after = base64.urlsafe_b64encode(f"audit:{number}".encode()).decode()
    page = (await read(browser, after=after))["data"]["auditEvents"]
    assert len(page["edges"]) == count


async def test_nobody_reads_anything(new_browser: Callable[[], Browser], user_id: UUID) -> None:
    """Without an access token it is UNAUTHENTICATED, after logout TOKEN_BLACKLISTED."""
    browser, other = new_browser(), new_browser()
    assert code(await read(browser)) == "UNAUTHENTICATED"
    await browser.login()
    other.take_cookies(browser.cookies)
    await browser.logout()
    assert code(await read(other)) == "TOKEN_BLACKLISTED"


@pytest.mark.parametrize(
    "filter_",
    [
        {"userId": "x"},
        {"sessionId": "1"},
        {"since": "today"},
        {"since": "2026-01-01T12:00:00"},
        {"since": "0001-01-01T00:00:00+23:59"},
        {"until": 5},
        {"kinds": ["X"]},
    ],
)
async def test_a_value_that_does_not_fit_is_refused(
    browser: Browser, user_id: UUID, filter_: dict[str, Any]
) -> None:
    """It is BAD_USER_INPUT, and no internal error."""
    await browser.login()
    assert code(await read(browser, filter=filter_)) == "BAD_USER_INPUT"

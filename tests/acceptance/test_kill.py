"""`kill -9` at random moments: what was answered is so, the rest is so or not, and nothing is in between."""

from collections.abc import Iterable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from enum import Enum
from itertools import count
from random import Random
from threading import Condition
from typing import Any

import pytest
import requests

from tests.acceptance.client import (
    BLACKLISTED,
    LOGIN_BODY,
    LOGOUT,
    ME,
    PATIENCE,
    REFRESH_BODY,
    Client,
    refusal,
    session_of,
)
from tests.acceptance.site import Site

pytestmark = pytest.mark.acceptance

LEAVERS, STAYERS = 14, 6
ROUNDS = 4

HALF_DONE = """
SELECT count(*) FROM sessions s
WHERE (s.revoked_at IS NOT NULL) <> EXISTS
      (SELECT 1 FROM blacklisted_tokens b WHERE b.token_id = s.current_jti)
   OR (s.revoked_at IS NOT NULL) <> EXISTS
      (SELECT 1 FROM audit_events a WHERE a.session_id = s.id AND a.kind = 'LOGOUT')
"""
HALF_ROTATED = """
SELECT count(*) FROM sessions s
WHERE (SELECT count(*) FROM outstanding_tokens o WHERE o.session_id = s.id)
      <> 1 + (SELECT count(*) FROM audit_events a WHERE a.session_id = s.id AND a.kind = 'REFRESH')
   OR (SELECT count(*) FROM outstanding_tokens o WHERE o.session_id = s.id AND o.jti <> s.current_jti)
      <> (SELECT count(*) FROM outstanding_tokens o JOIN blacklisted_tokens b ON b.token_id = o.jti
          WHERE o.session_id = s.id AND b.reason = 'ROTATED')
"""
LIVE = "SELECT CAST(id AS TEXT) AS id FROM sessions WHERE revoked_at IS NULL"


class Logout(Enum):
    """How far a client got with signing out before the server was gone."""

    NOT_SENT = "not sent"
    SENT = "sent"
    ANSWERED = "answered"


@dataclass
class Tally:
    """Counts answered logouts, so that the killer can wait for a moment instead of a time."""

    changed: Condition
    logouts: int = 0

    def add(self) -> None:
        """Note that a logout was answered."""
        with self.changed:
            self.logouts += 1
            self.changed.notify_all()

    def wait_for(self, logouts: int) -> None:
        """Wait until so many logouts were answered."""
        with self.changed:
            assert self.changed.wait_for(lambda: self.logouts >= logouts, PATIENCE)


@dataclass
class Visitor:
    """One session and the last tokens that its client has seen."""

    client: Client
    access_token: str
    refresh_token: str
    logout: Logout = Logout.NOT_SENT

    def refresh(self) -> Any:
        """Refresh with the last token, keep what comes, and give the answer."""
        answer = self.client.ask(REFRESH_BODY, {"refreshToken": self.refresh_token})
        if "errors" not in answer:
            payload = answer["data"]["auth"]["refreshToken"]
            self.access_token, self.refresh_token = payload["accessToken"], payload["refreshToken"]
        return answer

    def live_until_killed(self, tally: Tally, refreshes: Iterable[int]) -> None:
        """Refresh so many times and sign out, until the connection breaks."""
        try:
            for _ in refreshes:
                assert "errors" not in self.refresh()
            self.logout = Logout.SENT
            left = self.client.ask(LOGOUT, bearer=self.access_token)
            assert left["data"]["auth"]["logout"]["success"] is True
            self.logout = Logout.ANSWERED
            tally.add()
        except (requests.exceptions.ConnectionError, requests.exceptions.ChunkedEncodingError):
            return


def _open(url: str) -> Visitor:
    client = Client(url)
    payload = client.ask(LOGIN_BODY)["data"]["auth"]["login"]
    return Visitor(client, payload["accessToken"], payload["refreshToken"])


@pytest.mark.parametrize("seed", range(2))
def test_no_kill_loses_a_session_or_revives_one(site: Site, seed: int) -> None:
    """After every kill, answered logouts are final, unasked ones did not happen, and the tables agree."""
    random = Random(seed)
    server = site.start()
    for _ in range(ROUNDS):
        visitors = [_open(server.base_url) for _ in range(LEAVERS + STAYERS)]
        tally = Tally(Condition())
        # Most leave at about the same time, so that many logouts are under way when one is answered.
        plans = [range(leaver % 3) for leaver in range(LEAVERS)] + [count()] * STAYERS
        with ThreadPoolExecutor(len(visitors)) as threads:
            lives = [
                threads.submit(visitor.live_until_killed, tally, plan)
                for visitor, plan in zip(visitors, plans, strict=True)
            ]
            tally.wait_for(random.randrange(1, LEAVERS // 2))
            server.kill()
        for life in lives:
            life.result()

        server = site.start(port=server.port)
        _check(site, visitors)


def _check(site: Site, visitors: Sequence[Visitor]) -> None:
    assert site.number(HALF_DONE) == 0
    assert site.number(HALF_ROTATED) == 0
    live = {row["id"] for row in site.rows(LIVE)}
    for visitor in visitors:
        is_live = session_of(visitor.refresh_token) in live
        assert visitor.logout is not Logout.ANSWERED or not is_live
        assert visitor.logout is not Logout.NOT_SENT or is_live
        with visitor.client as client:
            _check_client(visitor, client, is_live=is_live)
    assert site.number(HALF_ROTATED) == 0


def _check_client(visitor: Visitor, client: Client, *, is_live: bool) -> None:
    if is_live:
        # Twice: what the first gives may be the replay of a response that the kill swallowed.
        assert "errors" not in visitor.refresh()
        assert "errors" not in visitor.refresh()
        assert client.ask(ME, bearer=visitor.access_token)["data"]["me"]["isSignIn"] is True
    else:
        assert refusal(client.ask(ME, bearer=visitor.access_token)) == BLACKLISTED
        assert refusal(visitor.refresh()) == BLACKLISTED

"""Visitors: clients that remember what they were told, and the check that everything they were told is so."""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import Enum
from typing import Any, Self

from tests.acceptance.client import (
    BLACKLISTED,
    LOGIN_BODY,
    LOGOUT,
    ME,
    REFRESH_BODY,
    Client,
    refusal,
    session_of,
)
from tests.acceptance.site import Site
from tests.support.invariants import violations

LIVE = "SELECT CAST(id AS TEXT) AS id FROM sessions WHERE revoked_at IS NULL"


class Logout(Enum):
    """How far a client got with signing out."""

    NOT_SENT = "not sent"
    SENT = "sent"
    ANSWERED = "answered"


@dataclass
class Visitor:
    """One session and the last tokens that its client has seen."""

    client: Client
    access_token: str
    refresh_token: str
    logout: Logout = Logout.NOT_SENT

    @classmethod
    def signing_in(cls, url: str) -> Self:
        """Sign in on a connection of its own."""
        client = Client(url)
        payload = client.ask(LOGIN_BODY)["data"]["auth"]["login"]
        return cls(client, payload["accessToken"], payload["refreshToken"])

    def refresh(self) -> Any:
        """Refresh with the last token, keep what comes, and give the answer."""
        answer = self.client.ask(REFRESH_BODY, {"refreshToken": self.refresh_token})
        if "errors" not in answer:
            payload = answer["data"]["auth"]["refreshToken"]
            self.access_token, self.refresh_token = payload["accessToken"], payload["refreshToken"]
        return answer

    def me(self) -> Any:
        """Use the access token, and give the answer."""
        return self.client.ask(ME, bearer=self.access_token)

    def leave(self) -> Any:
        """Sign out, note how far that got, and give the answer."""
        self.logout = Logout.SENT
        answer = self.client.ask(LOGOUT, bearer=self.access_token)
        if "errors" not in answer:
            assert answer["data"]["auth"]["logout"]["success"] is True
            self.logout = Logout.ANSWERED
        return answer


def check(site: Site, visitors: Sequence[Visitor]) -> None:
    """Find nothing half done, every answered sign-out final, and nobody signed out who did not ask for it."""
    assert violations(site.rows) == {}
    live = {row["id"] for row in site.rows(LIVE)}
    for visitor in visitors:
        is_live = session_of(visitor.refresh_token) in live
        assert visitor.logout is not Logout.ANSWERED or not is_live
        assert visitor.logout is not Logout.NOT_SENT or is_live
        with visitor.client:
            _check_tokens(visitor, is_live=is_live)
    assert violations(site.rows) == {}


def _check_tokens(visitor: Visitor, *, is_live: bool) -> None:
    if is_live:
        # Twice: what the first gives may be the replay of a response that was lost.
        assert "errors" not in visitor.refresh()
        assert "errors" not in visitor.refresh()
        assert visitor.me()["data"]["me"]["isSignIn"] is True
    else:
        assert refusal(visitor.me()) == BLACKLISTED
        assert refusal(visitor.refresh()) == BLACKLISTED

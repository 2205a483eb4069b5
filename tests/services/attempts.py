"""Attempts to sign in, and a spy that tells what they cost."""

import threading
from typing import Any

import pytest

from security.passwords import CHEAPEST, Hasher
from services import Services
from tests.services.servers import Server
from tests.support.browser import EMAIL, LOGIN, code


class SpyingHasher:
    """Counts what it is asked to do; can be made to wait in its thread."""

    def __init__(self) -> None:
        self.calls = 0
        self.may_go_on = threading.Event()
        self.may_go_on.set()
        self._hasher = Hasher(CHEAPEST)

    def hash(self, password: str) -> str:
        """Count and hash."""
        self.calls += 1
        return self._hasher.hash(password)

    def verify(self, password: str, *, against: str | None) -> bool:
        """Count, wait, and verify."""
        self.calls += 1
        self.may_go_on.wait(timeout=30)
        return self._hasher.verify(password, against=against)

    def is_outdated(self, stored: str) -> bool:
        """Ask the real one."""
        return self._hasher.is_outdated(stored)


def spy_on(services: Services, monkeypatch: pytest.MonkeyPatch) -> SpyingHasher:
    """Put the spy in the place of the hasher."""
    spy = SpyingHasher()
    monkeypatch.setattr(services.passwords, "_hasher", spy)
    return spy


async def attempt(
    server: Server, address: str, *, password: str = "a wrong password", email: str = EMAIL
) -> Any:
    """Try to sign in from an address, and give the decoded body."""
    variables = {"email": email, "password": password, "rememberMe": False, "delivery": "BODY"}
    response = await server.new_browser().post(LOGIN, variables, **{"X-Forwarded-For": address})
    return response.json()


def outcome(body: Any) -> str:
    """Give the code of what went wrong, or SUCCESS."""
    if "errors" in body:
        return code(body)
    payload = body["data"]["auth"]["login"]
    return "SUCCESS" if payload["success"] else str(payload["problems"][0]["code"])

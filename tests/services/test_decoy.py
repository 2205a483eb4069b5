"""A refused sign-in does the same whoever it is for: no step of it tells whether there is an account."""

from collections.abc import Callable
from uuid import UUID

import pytest
from argon2 import extract_parameters

from security.passwords import CHEAPEST, Hasher
from services import Services
from tests.services import tables
from tests.services.faults import Faults
from tests.support.browser import EMAIL, Browser
from tests.support.clock import FakeClock

WRONG = "a wrong password"


@pytest.fixture
def costs(monkeypatch: pytest.MonkeyPatch) -> list[object]:
    """Note what each verification costs, be it of a decoy or of a real hash."""
    noted: list[object] = []
    verify = Hasher.verify

    def noting(hasher: Hasher, password: str, *, against: str | None) -> bool:
        noted.append(extract_parameters(against or hasher._decoy))
        return verify(hasher, password, against=against)

    monkeypatch.setattr(Hasher, "verify", noting)
    return noted


async def test_every_refusal_takes_the_same_steps(
    new_browser: Callable[[], Browser],
    services: Services,
    user_id: UUID,
    clock: FakeClock,
    costs: list[object],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """One verification of one cost, and the same statements, whether or not there is an account."""
    faults, steps = Faults(monkeypatch), []

    async def refuse(email: str = EMAIL) -> None:
        faults.strike_at(None)
        costs.clear()
        (problem,) = (await new_browser().login(email=email, password=WRONG))["problems"]
        assert problem["code"] == "INVALID_CREDENTIALS"
        steps.append((list(costs), list(faults.seen)))

    await refuse("nobody@example.com")
    await refuse()
    for column, value in (("verified_at", None), ("disabled_at", clock()), ("password_hash", None)):
        await tables.set_user(services, user_id, column, value)
        await refuse()
    assert steps == [([extract_parameters(Hasher(CHEAPEST).hash("x"))], steps[0][1])] * 5

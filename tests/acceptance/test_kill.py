"""`kill -9` at random moments: what was answered is so, the rest is so or not, and nothing is in between."""

from collections.abc import Iterable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from itertools import count
from random import Random
from threading import Condition

import pytest
import requests

from tests.acceptance.client import PATIENCE
from tests.acceptance.site import Site
from tests.acceptance.visitors import Visitor, check

pytestmark = pytest.mark.acceptance

LEAVERS, STAYERS = 14, 6
ROUNDS = 4


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


def live_until_killed(visitor: Visitor, tally: Tally, refreshes: Iterable[int]) -> None:
    """Refresh so many times and sign out, until the connection breaks."""
    try:
        for _ in refreshes:
            assert "errors" not in visitor.refresh()
        assert "errors" not in visitor.leave()
        tally.add()
    except (requests.exceptions.ConnectionError, requests.exceptions.ChunkedEncodingError):
        return


@pytest.mark.parametrize("seed", range(2))
def test_no_kill_loses_a_session_or_revives_one(site: Site, seed: int) -> None:
    """After every kill, answered logouts are final, unasked ones did not happen, and the tables agree."""
    random = Random(seed)
    server = site.start()
    for _ in range(ROUNDS):
        visitors = [Visitor.signing_in(server.base_url) for _ in range(LEAVERS + STAYERS)]
        tally = Tally(Condition())
        # Most leave at about the same time, so that many logouts are under way when one is answered.
        plans = [range(leaver % 3) for leaver in range(LEAVERS)] + [count()] * STAYERS
        with ThreadPoolExecutor(len(visitors)) as threads:
            lives = [
                threads.submit(live_until_killed, visitor, tally, plan)
                for visitor, plan in zip(visitors, plans, strict=True)
            ]
            tally.wait_for(random.randrange(1, LEAVERS // 2))
            server.kill()
        for life in lives:
            life.result()

        server = site.start(port=server.port)
        check(site, visitors)

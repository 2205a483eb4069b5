"""PostgreSQL restarted, the store of limits lost and a worker killed, each while people come and go."""

import os
import signal
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from tests.acceptance.site import SETTINGS, Site
from tests.acceptance.test_workers import eventually, started
from tests.acceptance.visitors import check
from tests.faults.traffic import ANSWER_WITHIN, Traffic
from tests.support.databases import migrate
from tests.support.postgres import Postgres, Stop, running_postgres
from tests.support.processes import ServerProcess
from tests.support.valkey import Valkey

pytestmark = pytest.mark.acceptance

SOME = 60
"""How many answers are waited for, before a fault and after it."""

FOUND = "the shared store of limits is back"
LOSSES = "SELECT count(*) FROM audit_events WHERE kind = 'LIMITS_UNAVAILABLE'"


@pytest.fixture
def own_postgres() -> Iterator[Postgres]:
    """Run a PostgreSQL that may be stopped, and that does not forget what it has committed."""
    with running_postgres({"fsync": "off"}) as server:
        yield server


@pytest.fixture
def restartable(own_postgres: Postgres, tmp_path: Path, start_server: Callable[..., ServerProcess]) -> Site:
    """Give a site whose PostgreSQL is its own."""
    url = own_postgres.url("postgres")
    migrate(url, workdir=tmp_path)
    site = Site({**SETTINGS, "LATCHKEY_DATABASE_URL": url}, tmp_path, start_server, own_postgres)
    site.run_cli("user", "create-development")
    return site


def test_postgresql_is_restarted(restartable: Site, own_postgres: Postgres) -> None:
    """In both ways, orderly and as by a crash: once it is back, no request is refused for it any more."""
    server = restartable.start()
    with Traffic(server.base_url) as traffic:
        for how in (Stop.FAST, Stop.IMMEDIATE):
            traffic.flow(SOME)
            own_postgres.stop(how)
            traffic.suffer(SOME // 2)
            own_postgres.start()
            back = time.monotonic()
            traffic.flow(SOME)
            assert traffic.refused_after(back) == 0
    assert traffic.longest < ANSWER_WITHIN
    check(restartable, traffic.visitors)
    assert "unexpected" not in server.log_text()


@pytest.mark.parametrize("backend", ["postgres"])
def test_the_store_of_limits_is_stopped(site: Site, valkey: Valkey) -> None:
    """Nobody is refused for it while it is down, nor when it is back, and the trail tells of it once."""
    server = site.start(LATCHKEY_VALKEY_URL=valkey.url)
    with Traffic(server.base_url) as traffic:
        traffic.flow(SOME)
        valkey.stop()
        traffic.flow(SOME)
        valkey.start()
        eventually(lambda: FOUND in server.log_text())
        traffic.flow(SOME)
    assert traffic.refused_after(0) == 0
    assert site.number(LOSSES) == 1
    check(site, traffic.visitors)


@pytest.mark.parametrize("backend", ["postgres"])
def test_the_store_of_limits_is_frozen(site: Site, valkey: Valkey) -> None:
    """It takes connections and says nothing: whoever waits for it does so for half a second, and goes on."""
    # Under the guard of the other tests its silence is borne longer, as they share a busy machine.
    server = site.start(LATCHKEY_VALKEY_URL=valkey.url, launcher="cli")
    with Traffic(server.base_url) as traffic:
        traffic.flow(SOME)
        valkey.freeze()
        traffic.flow(SOME)
        valkey.thaw()
        eventually(lambda: FOUND in server.log_text())
    assert traffic.refused_after(0) == 0
    assert traffic.longest < ANSWER_WITHIN
    assert site.number(LOSSES) >= 1
    check(site, traffic.visitors)


def test_a_worker_is_killed(site: Site, valkey: Valkey) -> None:
    """What it was about to answer is asked again of another, and nothing is half done or lost."""
    server = site.start(workers=2, LATCHKEY_VALKEY_URL=valkey.url)
    eventually(lambda: server.log_text().count("Running on") == 2)
    with Traffic(server.base_url) as traffic:
        for killed in range(2):
            traffic.flow(SOME)
            os.kill(started(server)[killed], signal.SIGKILL)
            eventually(lambda count=killed + 3: len(started(server)) == count)  # type: ignore[misc]
        traffic.flow(SOME)
    check(site, traffic.visitors)
    assert server.terminate() == 0

"""A disk without room under SQLite: nothing is half done, and everything works when there is room again."""

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from tests.acceptance.client import LOGIN_BODY, Client
from tests.acceptance.site import SETTINGS, Site
from tests.acceptance.visitors import Logout, Visitor, check
from tests.support.browser import code
from tests.support.databases import copy_sqlite
from tests.support.disks import Disk, Quota, may_mount, small_disk
from tests.support.processes import ServerProcess

pytestmark = pytest.mark.acceptance

KINDS = ["quota", "full"] if may_mount() else ["quota"]
"""A disk that is really full takes the rights of root; a limit of the kernel is there for everybody."""


@pytest.fixture(params=KINDS)
def disk(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Disk]:
    """Give a folder that can be left without room."""
    folder = tmp_path / "disk"
    folder.mkdir()
    if request.param == "quota":
        yield Quota(folder)
        return
    with small_disk(folder) as disk:
        yield disk


@pytest.fixture
def site(
    disk: Disk, sqlite_template: Path, tmp_path: Path, start_server: Callable[..., ServerProcess]
) -> Site:
    """Give a site with its database on that disk."""
    url = copy_sqlite(sqlite_template, tmp_path / "disk")
    site = Site({**SETTINGS, "LATCHKEY_DATABASE_URL": url}, tmp_path, start_server, None)
    site.run_cli("user", "create-development")
    return site


def test_a_disk_without_room(site: Site, disk: Disk) -> None:
    """What would be written is refused as an outage, what is only read is not, and the next try succeeds."""
    server = site.start()
    leaving, staying = (Visitor.signing_in(server.base_url) for _ in range(2))
    disk.fill(server)
    for _ in range(3):
        assert code(leaving.leave()) == "SERVICE_UNAVAILABLE"
        assert code(staying.refresh()) == "SERVICE_UNAVAILABLE"
        assert leaving.me()["data"]["me"]["isSignIn"] is True
    with Client(server.base_url) as newcomer:
        assert code(newcomer.ask(LOGIN_BODY)) == "SERVICE_UNAVAILABLE"
    assert site.number("SELECT count(*) FROM sessions WHERE revoked_at IS NULL") == 2
    assert site.number("SELECT count(*) FROM audit_events WHERE kind <> 'LOGIN'") == 0

    disk.free(server)
    assert leaving.leave()["data"]["auth"]["logout"]["success"] is True
    assert leaving.logout is Logout.ANSWERED
    check(site, [leaving, staying])
    assert site.number("SELECT count(*) FROM audit_events WHERE kind = 'LOGOUT'") == 1
    assert server.terminate() == 0

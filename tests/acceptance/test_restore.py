"""Backup, loss and restore, as docs/DEPLOY.md walks through them: nothing that had ended lives again."""

import json
import stat
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest
import requests

from tests.acceptance.backups import Backup
from tests.acceptance.client import (
    BLACKLISTED,
    LOGIN_BODY,
    LOGOUT,
    ME,
    PATIENCE,
    REFRESH,
    REFRESH_BODY,
    Client,
    refusal,
)
from tests.acceptance.site import Site
from tests.support import people
from tests.support.smtp import Catcher

pytestmark = pytest.mark.acceptance

EMAIL, CHANGED = "test@example.com", "quite another passphrase"
REFUSED = "brought back from a backup: run `latchkey after-restore` first"
UNKNOWN = ("TOKEN_INVALID", "Token is invalid")


@pytest.fixture
def backup(site: Site, tmp_path: Path) -> Backup:
    """Give a backup of the site that is yet to be made."""
    return Backup(site, tmp_path / "latchkey.backup")


@pytest.fixture
def opened() -> Iterator[ExitStack]:
    """Give what closes the clients of a test."""
    with ExitStack() as stack:
        yield stack


def test_what_a_restore_brings_back_is_ended_by_the_command(
    site: Site, backup: Backup, catcher: Catcher, opened: ExitStack
) -> None:
    """Signed out, refreshed, changed and opened since the backup: every token and code of it is refused."""
    server = site.start(LATCHKEY_SMTP_URL=catcher.url)
    tab, left, program, late = (opened.enter_context(Client(server.base_url)) for _ in range(4))
    for browser in (tab, left):
        browser.login()
    unbound = program.ask(LOGIN_BODY)["data"]["auth"]["login"]
    left.ask(people.REQUEST, {"input": {"email": EMAIL, "purpose": "LOGIN"}})
    catcher.arrive(1)
    backup.make()

    stale, copied = opened.enter_context(tab.copy()), opened.enter_context(left.copy())
    proof = {"email": EMAIL, "code": catcher.letters[-1].code, "purpose": "LOGIN"}
    assert "errors" not in tab.ask(REFRESH)
    assert left.ask(LOGOUT)["data"]["auth"]["logout"]["success"] is True
    assert people.payload(late.ask(people.VERIFY, {"input": proof}))["success"] is True
    change = {"input": {"currentPassword": "password", "newPassword": CHANGED}}
    assert people.payload(late.ask(people.CHANGE, change))["success"] is True
    assert server.terminate() == 0
    backup.restore()

    with pytest.raises(RuntimeError, match=REFUSED):
        site.start(port=server.port)
    ended = json.loads(site.run_cli("after-restore", "--json"))
    assert (ended["sessions"], ended["codes"]) == (3, 1)

    site.start(port=server.port, LATCHKEY_SMTP_URL=catcher.url)
    for browser in (stale, tab, copied, late):
        assert refusal(browser.ask(ME)) == BLACKLISTED
    assert refusal(program.ask(ME, bearer=unbound["accessToken"])) == BLACKLISTED
    for browser in (stale, copied):
        assert refusal(browser.ask(REFRESH)) == BLACKLISTED
    assert refusal(program.ask(REFRESH_BODY, {"refreshToken": unbound["refreshToken"]})) == BLACKLISTED
    # What was issued since the backup is a token that this database has never heard of.
    for browser in (tab, late):
        assert refusal(browser.ask(REFRESH)) == UNKNOWN
    assert people.problems(late.ask(people.VERIFY, {"input": proof})) == [("OTP_INVALID", "code")]
    left.login()
    assert left.ask(ME)["data"]["me"]["isSignIn"] is True
    reason = "reason = 'REVOKED_BY_ADMIN'"
    assert site.number(f"SELECT count(*) FROM blacklisted_tokens WHERE {reason}") == 3
    assert site.number(f"SELECT count(*) FROM audit_events WHERE kind = 'SESSION_REVOKED' AND {reason}") == 3


def test_a_database_that_was_only_moved_keeps_its_sessions(site: Site, backup: Backup) -> None:
    """Who says that nothing was lost is believed: what had ended by then stays ended."""
    server = site.start()
    with Client(server.base_url) as staying, Client(server.base_url) as left:
        for browser in (staying, left):
            browser.login()
        copied = left.copy()
        left.ask(LOGOUT)
        assert server.terminate() == 0
        backup.make()
        backup.restore()
        assert site.run_cli("after-restore", "--nothing-lost") == "sessions  0\ncodes     0\nletters   0\n"
        site.start(port=server.port)
        assert staying.ask(ME)["data"]["me"]["isSignIn"] is True
        with copied:
            assert refusal(copied.ask(ME)) == BLACKLISTED


@pytest.mark.parametrize("backend", ["postgres"], indirect=True)
def test_tables_that_are_replaced_under_a_running_server_are_noticed(site: Site, backup: Backup) -> None:
    """Whoever asks for its health takes it out of service, until the command was run."""
    server = site.start()
    backup.make()
    backup.restore_tables()
    answer = requests.get(f"{server.base_url}/readyz", timeout=PATIENCE)
    told = {"status": "unavailable", "database": "was brought back from a backup"}
    assert (answer.status_code, answer.json()) == (503, told)
    site.run_cli("after-restore")
    assert requests.get(f"{server.base_url}/readyz", timeout=PATIENCE).status_code == 200


@pytest.mark.parametrize("backend", ["sqlite"], indirect=True)
def test_a_restored_database_is_migrated_and_stays_one(site: Site, backup: Backup) -> None:
    """The command that a newer version needs first does not take the mark away."""
    backup.make()
    backup.restore()
    assert site.run_cli("migrate") == "latchkey: the database is up to date\n"
    with pytest.raises(RuntimeError, match=REFUSED):
        site.start()


@pytest.mark.parametrize("backend", ["sqlite"], indirect=True)
def test_a_backup_is_private_and_never_written_over(site: Site, backup: Backup) -> None:
    """A second one to the same file is refused, and leaves the first as it was, and nothing beside it."""
    backup.make()
    assert stat.S_IMODE(backup.path.stat().st_mode) == 0o600
    content, beside = backup.path.read_bytes(), set(backup.path.parent.iterdir())
    with pytest.raises(AssertionError, match="File exists"):
        backup.make()
    assert (backup.path.read_bytes(), set(backup.path.parent.iterdir())) == (content, beside)


@pytest.mark.parametrize("backend", ["postgres"], indirect=True)
def test_postgresql_is_left_to_its_own_tools(site: Site, backup: Backup) -> None:
    """The command says so, and makes no file."""
    with pytest.raises(AssertionError, match="PostgreSQL has its own tools for this, as pg_dump"):
        site.run_cli("backup", str(backup.path))
    assert not backup.path.exists()

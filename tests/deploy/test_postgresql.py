"""The roles of deploy/postgresql.sql: all that a node does is possible for its role, and nothing else is."""

import os
import subprocess
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path

import asyncpg
import pytest

from tests.acceptance.backups import tool
from tests.acceptance.client import BLACKLISTED, LOGOUT, ME, REFRESH, Client, refusal
from tests.acceptance.site import SETTINGS, Site
from tests.support import ROOT, people
from tests.support.postgres import Postgres, program
from tests.support.processes import ServerProcess
from tests.support.smtp import Catcher

pytestmark = pytest.mark.acceptance

OWNER, APP = "latchkey_owner", "latchkey_app"
PASSWORDS = {OWNER: "the password of the owner", APP: "the password of the nodes"}
FORBIDDEN = (
    "CREATE TABLE ours (id INT)",
    "CREATE TEMPORARY TABLE ours (id INT)",
    "ALTER TABLE users ADD COLUMN ours INT",
    "DROP TABLE sessions",
    "TRUNCATE blacklisted_tokens",
    "CREATE ROLE somebody",
    "COPY users TO PROGRAM 'cat'",
    "SELECT rolpassword FROM pg_authid",
)


@pytest.fixture
def roles(postgres: Postgres) -> Iterator[dict[str, Postgres]]:
    """Run the file as its first lines say, and give the server as each role sees it."""
    passwords = {"OWNER_PASSWORD": PASSWORDS[OWNER], "APP_PASSWORD": PASSWORDS[APP]}
    try:
        script = str(ROOT / "deploy" / "postgresql.sql")
        subprocess.run(
            [program("psql"), "--no-psqlrc", "--quiet", f"--file={script}", "postgres"],
            env={**os.environ, **postgres.environment, **passwords},
            check=True,
            capture_output=True,
            text=True,
        )
        yield {role: replace(postgres, user=role, password=PASSWORDS[role]) for role in PASSWORDS}
    finally:
        postgres.execute("DROP DATABASE IF EXISTS latchkey WITH (FORCE)")
        postgres.execute(*(f"DROP ROLE {role}" for role in PASSWORDS))


@pytest.fixture
def site(roles: dict[str, Postgres], tmp_path: Path, start_server: Callable[..., ServerProcess]) -> Site:
    """Give a site that the owner has migrated, and that runs as the other role."""
    urls = {role: server.url("latchkey").replace(" ", "%20") for role, server in roles.items()}
    settings = {**SETTINGS, "LATCHKEY_DATABASE_URL": urls[OWNER]}
    Site(settings, tmp_path, start_server, roles[OWNER]).run_cli("migrate")
    own = Site({**settings, "LATCHKEY_DATABASE_URL": urls[APP]}, tmp_path, start_server, roles[APP])
    own.run_cli("user", "create-development")
    return own


def test_a_node_does_its_work_by_a_role_that_changes_no_table(
    site: Site, roles: dict[str, Postgres], catcher: Catcher
) -> None:
    """Sign-in, refresh, code and letter, sign-out, purge, an operator's commands; what is forbidden."""
    server = site.start(LATCHKEY_SMTP_URL=catcher.url)
    with Client(server.base_url) as browser:
        browser.login()
        assert "errors" not in browser.ask(REFRESH)
        assert browser.ask(ME)["data"]["me"]["isSignIn"] is True
        wanted = {"input": {"email": "test@example.com", "purpose": "LOGIN"}}
        assert people.payload(browser.ask(people.REQUEST, wanted))["success"] is True
        catcher.arrive(1)
        copied = browser.copy()
        assert browser.ask(LOGOUT)["data"]["auth"]["logout"]["success"] is True
        with copied:
            assert refusal(copied.ask(ME)) == BLACKLISTED
    assert "tokens" in site.run_cli("purge")
    site.run_cli("user", "disable", "test@example.com")
    for statement in FORBIDDEN:
        with pytest.raises(asyncpg.InsufficientPrivilegeError):
            roles[APP].execute(statement, database="latchkey")


def test_a_restored_database_has_the_same_roles(site: Site, postgres: Postgres, tmp_path: Path) -> None:
    """A dump takes along who owns what and who may do what, so that the nodes go on by the same role."""
    dump = str(tmp_path / "latchkey.dump")
    tool(postgres, "pg_dump", "--format=custom", f"--file={dump}", "latchkey")
    replacing = ("--clean", "--if-exists", "--create", "--exit-on-error", "--dbname=postgres")
    tool(postgres, "pg_restore", *replacing, dump)
    site.run_cli("after-restore")
    with Client(site.start().base_url) as browser:
        browser.login()
        assert browser.ask(LOGOUT)["data"]["auth"]["logout"]["success"] is True
    with pytest.raises(asyncpg.InsufficientPrivilegeError):
        site.rows("DROP TABLE sessions")
    (row,) = site.rows("SHOW synchronous_commit")
    assert row == {"synchronous_commit": "on"}

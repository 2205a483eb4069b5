"""The command line in processes of its own: what `make serve` says, and that a failure ends, in one line."""

import socket
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.support.commands import latchkey
from tests.support.databases import environment
from tests.support.migrations import ROWS
from tests.support.ports import free_port, two_ports
from tests.support.processes import ServerProcess
from tests.support.production import PRODUCTION

Start = Callable[..., ServerProcess]


def said(server: ServerProcess, line: str) -> str:
    """Wait until a server has printed a line, and give all that it has printed."""
    deadline = time.monotonic() + 30
    while f"{line}\n" not in (text := server.log_text()):
        assert time.monotonic() < deadline, text
    return text


def test_migrate_says_what_it_applied(tmp_path: Path) -> None:
    """A fresh clone has neither a database nor the folder for it."""
    applied = "".join(f"latchkey: applied {name}\n" for name in ROWS)
    assert latchkey("migrate", workdir=tmp_path) == (0, applied, "")
    assert latchkey("migrate", workdir=tmp_path) == (0, "latchkey: the database is up to date\n", "")
    assert (tmp_path / "var" / "latchkey.db").exists()


def test_a_reader_that_has_seen_enough_is_no_failure(tmp_path: Path) -> None:
    """`latchkey … | head` ends when `head` does, quietly; what was asked is done."""
    command = [sys.executable, "-m", "cli", "migrate"]
    ours = {"LATCHKEY_DATABASE_URL": f"sqlite://{tmp_path / 'latchkey.db'}"}
    pipe = subprocess.PIPE
    with subprocess.Popen(command, cwd=tmp_path, env=environment(ours), stdout=pipe, stderr=pipe) as process:
        assert process.stdout is not None
        assert process.stderr is not None
        process.stdout.close()
        assert process.stderr.read() == b""
    assert process.returncode == 1
    up_to_date = (0, "latchkey: the database is up to date\n", "")
    assert latchkey("migrate", workdir=tmp_path, DATABASE_URL=ours["LATCHKEY_DATABASE_URL"]) == up_to_date


UNUSABLE = {
    "sqlite://file/latchkey.db": "",
    "sqlite://file": "file is not a database",
    "sqlite://.": "unable to open database file",
    "postgres://me:s3cret@127.0.0.1:{port}/name": "[Errno 111] ",
}
COMMANDS = ("migrate", "serve", "user create-development")


@pytest.mark.parametrize(
    ("url", "command"),
    # A server outlives an outage of PostgreSQL, and may as well begin in one.
    [
        (url, command)
        for url in UNUSABLE
        for command in COMMANDS
        if (url[:8], command) != ("postgres", "serve")
    ],
)
def test_a_database_that_cannot_be_used(tmp_path: Path, url: str, command: str) -> None:
    """No command hangs or shows a traceback: it ends with one line that names the setting, and status 2."""
    (tmp_path / "file").write_text("This is no database, but a text as long as a small one is. " * 99)
    settings = {"DATABASE_URL": url.format(port=free_port()), "BIND": f"127.0.0.1:{free_port()}"}
    status, out, err = latchkey(*command.split(), workdir=tmp_path, **settings)
    assert (status, out) == (2, "")
    assert "Traceback" not in err
    assert "s3cret" not in err
    *before, last = err.splitlines()
    assert last.startswith(f"latchkey: LATCHKEY_DATABASE_URL: the database cannot be used: {UNUSABLE[url]}")
    assert len(before) == (command == "serve")  # The server has its log, where the error is a line as well.


def test_an_address_that_is_taken_ends_the_server(tmp_path: Path) -> None:
    """It does not hang on the thread of a database that is open already."""
    assert latchkey("migrate", workdir=tmp_path)[0] == 0
    with socket.create_server(("127.0.0.1", 0)) as taken:
        bind = f"127.0.0.1:{taken.getsockname()[1]}"
        status, out, err = latchkey("serve", workdir=tmp_path, BIND=bind)
    line = f"latchkey: LATCHKEY_BIND: cannot listen on {bind}: Address already in use\n"
    assert (status, out, err) == (2, "", line)


STORE = "valkey://127.0.0.1:1"
"""A store that is asked for nothing before the first sign-in."""


def test_several_workers_need_a_store_to_count_in_together(tmp_path: Path) -> None:
    """Each would allow as many guesses as the operator meant for all."""
    status, out, err = latchkey("serve", "--workers", "2", workdir=tmp_path)
    line = "latchkey: LATCHKEY_VALKEY_URL has to be set for several workers to count limits together\n"
    assert (status, out, err) == (2, "", line)
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("count", ["0", "-1", "65", "two", "1.5", "²", ""])
def test_a_number_of_workers_that_cannot_be(tmp_path: Path, count: str) -> None:
    """It is a wrong use of the command line."""
    status, out, err = latchkey("serve", f"--workers={count}", workdir=tmp_path, VALKEY_URL=STORE)
    assert (status, out) == (2, "")
    assert err.endswith("error: argument --workers: has to be a number from 1 to 64\n")


def test_an_address_that_is_taken_starts_no_workers(tmp_path: Path) -> None:
    """The supervisor finds out by itself, and says it once."""
    with socket.create_server(("127.0.0.1", 0)) as taken:
        bind = f"127.0.0.1:{taken.getsockname()[1]}"
        status, out, err = latchkey("serve", "--workers=2", workdir=tmp_path, BIND=bind, VALKEY_URL=STORE)
    line = f"latchkey: LATCHKEY_BIND: cannot listen on {bind}: Address already in use\n"
    assert (status, out, err) == (2, "", line)


@pytest.mark.parametrize("workers", ["1", "2"])
def test_an_address_for_monitors_that_is_taken(tmp_path: Path, workers: str) -> None:
    """Nobody is to find out in an outage that nothing was measured; nor of the second worker only."""
    base = two_ports()
    port = base + int(workers) - 1
    with socket.create_server(("127.0.0.1", port)):
        settings = {
            "METRICS_BIND": f"127.0.0.1:{base}",
            "BIND": f"127.0.0.1:{free_port()}",
            "VALKEY_URL": STORE,
        }
        status, out, err = latchkey("serve", f"--workers={workers}", workdir=tmp_path, **settings)
    line = f"latchkey: LATCHKEY_METRICS_BIND: cannot listen on 127.0.0.1:{port}: Address already in use\n"
    assert (status, out, err) == (2, "", line)


def test_an_address_for_monitors_that_leaves_no_port_for_a_worker(tmp_path: Path) -> None:
    """Each needs one of its own."""
    settings = {"METRICS_BIND": "127.0.0.1:65535", "BIND": f"127.0.0.1:{free_port()}", "VALKEY_URL": STORE}
    status, out, err = latchkey("serve", "--workers=2", workdir=tmp_path, **settings)
    line = "latchkey: LATCHKEY_METRICS_BIND has to leave a port for each of 2 workers\n"
    assert (status, out, err) == (2, "", line)


def test_an_address_that_is_taken_also_ends_what_monitors_see(tmp_path: Path) -> None:
    """The metrics are listened for first, and do not keep a server that cannot begin."""
    assert latchkey("migrate", workdir=tmp_path)[0] == 0
    with socket.create_server(("127.0.0.1", 0)) as taken:
        bind, metrics_bind = f"127.0.0.1:{taken.getsockname()[1]}", f"127.0.0.1:{free_port()}"
        status, _, err = latchkey("serve", workdir=tmp_path, BIND=bind, METRICS_BIND=metrics_bind)
    assert status == 2
    assert err.splitlines()[-1] == f"latchkey: LATCHKEY_BIND: cannot listen on {bind}: Address already in use"
    assert "Traceback" not in err


def test_workers_that_cannot_open_the_database_say_it_once(tmp_path: Path) -> None:
    """The first one tries; what it cannot do, the others would not do either."""
    settings = {"DATABASE_URL": "sqlite://.", "VALKEY_URL": STORE, "BIND": f"127.0.0.1:{free_port()}"}
    status, out, err = latchkey("serve", "--workers=3", workdir=tmp_path, **settings)
    assert (status, out) == (2, "")
    assert err.count(" started\n") == 1
    *_, last = err.splitlines()
    assert last.startswith("latchkey: LATCHKEY_DATABASE_URL: the database cannot be used: ")
    assert err.count("LATCHKEY_DATABASE_URL") == 1


def test_development_says_last_where_to_begin(tmp_path: Path, start_server: Start) -> None:
    """The newcomer reads the address of the playground and whom to sign in as, below everything else."""
    assert latchkey("migrate", workdir=tmp_path)[0] == 0
    assert latchkey("user", "create-development", workdir=tmp_path)[0] == 0
    server = start_server({})
    text = said(server, "Development user: test@example.com, password: password")
    assert f"App: {server.base_url}/\nPlayground: {server.base_url}/graphql\nDevelopment user: " in text
    assert text.index("Running on") < text.index("Playground")
    assert server.terminate() == 0


def test_development_names_no_user_that_is_not_there(tmp_path: Path, start_server: Start) -> None:
    """Somebody who has made accounts of their own is not told of one that would not work."""
    assert latchkey("migrate", workdir=tmp_path)[0] == 0
    server = start_server({})
    said(server, f"Playground: {server.base_url}/graphql")
    assert server.terminate() == 0
    assert "Development user" not in server.log_text()


def test_development_says_that_migrations_are_missing(tmp_path: Path, blank_database_url: str) -> None:
    """The server begins without its tables, is not ready, and says what to do."""
    with ServerProcess({"LATCHKEY_DATABASE_URL": blank_database_url}, workdir=tmp_path) as server:
        text = said(server, "The database lacks migrations: run `latchkey migrate`.")
        assert f"Playground: {server.base_url}/graphql\nThe database lacks" in text
        assert server.terminate() == 0


def test_production_shows_no_playground_and_no_user(
    tmp_path: Path, start_server: Start, database_url: str
) -> None:
    """What helps a newcomer would help an attacker."""
    settings = {**PRODUCTION, "LATCHKEY_DATABASE_URL": database_url}
    settings["LATCHKEY_SIGNING_KEYS_FILE"] = str(tmp_path / "keys.json")
    named = {name.removeprefix("LATCHKEY_"): value for name, value in settings.items()}
    assert latchkey("keys", "generate", workdir=tmp_path, **named)[0] == 0
    server = start_server(settings)
    assert server.terminate() == 0
    assert "Playground" not in server.log_text()
    assert "Development" not in server.log_text()
    assert not (tmp_path / "var").exists()

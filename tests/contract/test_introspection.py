"""The schema of a running server: real servers, one that tells it and one that does not."""

from collections.abc import Callable
from pathlib import Path

import pytest

from contract import introspection
from contract.changes import unsafe
from contract.findings import CannotCheck
from contract.sdl import read
from security.keys import Algorithm
from services import keystore
from tests.support import ROOT, databases
from tests.support.ports import free_port
from tests.support.processes import ServerProcess
from tests.support.production import PRODUCTION

pytestmark = [pytest.mark.acceptance]


@pytest.fixture
def database(sqlite_template: Path, tmp_path: Path) -> dict[str, str]:
    """Give the setting of a migrated database."""
    return {"LATCHKEY_DATABASE_URL": databases.copy_sqlite(sqlite_template, tmp_path)}


def test_a_development_server_tells_the_schema_of_its_files(
    start_server: Callable[..., ServerProcess], database: dict[str, str]
) -> None:
    """What is checked against the one holds for the other; what is no schema is told in one line."""
    url = start_server(database).base_url
    served = read(ROOT / "schema", root=ROOT).require()
    for path in ("", "/", "/graphql"):
        told = introspection.fetch(f"{url}{path}")
        assert list(unsafe(told, served)) == list(unsafe(served, told)) == []
        assert "AuthMutations" in told.type_map
    with pytest.raises(CannotCheck, match=rf"^{url}/healthz does not tell its schema: "):
        introspection.fetch(f"{url}/healthz")


def test_a_production_server_tells_nothing(
    start_server: Callable[..., ServerProcess], database: dict[str, str], tmp_path: Path
) -> None:
    """The line says what to do instead."""
    keys = tmp_path / "keys.json"
    keystore.add_key(keys, algorithm=Algorithm.EDDSA)
    server = start_server({**PRODUCTION, **database, "LATCHKEY_SIGNING_KEYS_FILE": str(keys)})
    advice = "where introspection is off, check against its SDL by --schema FILE"
    with pytest.raises(CannotCheck) as refused:
        introspection.fetch(server.base_url)
    assert str(refused.value) == f"{server.base_url} does not tell its schema: {advice}"


def test_what_is_no_server_is_one_line() -> None:
    """Nobody there, and no address of anybody."""
    nobody = f"http://127.0.0.1:{free_port()}/graphql"
    with pytest.raises(CannotCheck, match=rf"^{nobody} cannot be asked: .*Connection refused"):
        introspection.fetch(nobody)
    for url in ("localhost:8000", "ftp://localhost/graphql", "schema.graphql"):
        with pytest.raises(CannotCheck, match=rf"^{url} is not the URL of a server: "):
            introspection.fetch(url)
    with pytest.raises(CannotCheck, match=r"^http://localhost:port cannot be asked: "):
        introspection.fetch("http://localhost:port")

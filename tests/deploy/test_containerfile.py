"""The Containerfile: what it may not say, and a server run from nothing but what it copies."""

import json
import subprocess
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from settings import PREFIX, Settings
from tests.acceptance.client import BLACKLISTED, ME, Client, refusal
from tests.deploy.containerfile import VOLUME, Image, instructions, last, variables
from tests.deploy.site import EMAIL, PASSWORD, production
from tests.support import ROOT
from tests.support.ports import free_port

LOGIN = f"""
mutation {{
  auth {{ login(input: {{email: "{EMAIL}", password: "{PASSWORD}", tokenDelivery: BODY}}) {{ accessToken }} }}
}}
"""
LOGOUT = "mutation { auth { logout { success } } }"
PATIENCE = 60


@pytest.fixture
def image() -> Iterator[Image]:
    """Make what the image would hold, in a folder that also somebody else can enter."""
    image = Image(Path(tempfile.mkdtemp(prefix="latchkey-image-")))
    try:
        image.build()
        yield image
    finally:
        image.remove()


def test_nothing_is_run_by_a_shell_or_as_root() -> None:
    """A signal reaches the server itself, and who breaks out of it is nobody."""
    for name in ("RUN", "CMD", "ENTRYPOINT", "VOLUME"):
        for command in (arguments for found, arguments in instructions() if found == name):
            assert all(isinstance(word, str) for word in json.loads(command)), command
    assert json.loads(last("HEALTHCHECK").partition(" CMD ")[2])[0] == "python"
    user, group = map(int, last("USER").split(":"))
    assert min(user, group) > 1000
    assert last("STOPSIGNAL") == "SIGTERM"


def test_it_holds_no_secret_and_names_no_registry() -> None:
    """Base images are asked for by name alone, and everything of Python comes by its hash."""
    bases = {image.split()[0] for name, image in instructions() if name == "FROM"}
    assert bases == {"python:3.11-slim-bookworm"}
    own = {name.removeprefix(PREFIX).lower() for name in variables() if name.startswith(PREFIX)}
    assert own == {"bind", "log_format"} <= set(Settings.model_fields)
    assert "ARG" not in dict(instructions())
    (install,) = (text for name, text in instructions() if name == "RUN" and '"pip", "install"' in text)
    assert {"--require-hashes", "--only-binary", ":all:"} <= set(json.loads(install))


def test_its_context_leaves_out_what_was_built_beside_it() -> None:
    """No environment, database or key of the checkout gets into an image."""
    ignored = (ROOT / ".dockerignore").read_text().splitlines()
    assert {".git", ".venv", "var", "**/__pycache__", "**/node_modules"} <= set(ignored)


def test_a_server_runs_from_what_is_copied(image: Image) -> None:
    """Migration, keys, account, health, sign-in, use and sign-out, without writing beside the volume."""
    port = free_port()
    url = f"sqlite://{image.volume}/latchkey.db"
    bind = variables()["LATCHKEY_BIND"].replace("8000", str(port))
    settings = production(url, "https://auth.example.com", image.volume, LATCHKEY_BIND=bind)
    entry = json.loads(last("ENTRYPOINT"))
    assert json.loads(last("VOLUME")) == [VOLUME] == [last("WORKDIR")]
    for command in ("migrate", "keys generate", f"user create {EMAIL}"):
        done = image.start([*entry, *command.split()], settings)
        printed, _ = done.communicate(f"{PASSWORD}\n", timeout=PATIENCE)
        assert done.returncode == 0, printed
    server = image.start([*entry, *json.loads(last("CMD"))], settings)
    try:
        _wait_until_healthy(image, server, port)
        with Client(f"http://127.0.0.1:{port}") as client:
            token = client.ask(LOGIN)["data"]["auth"]["login"]["accessToken"]
            assert client.ask(ME, bearer=token)["data"]["me"]["email"] == EMAIL
            assert client.ask(LOGOUT, bearer=token)["data"]["auth"]["logout"]["success"] is True
            assert refusal(client.ask(ME, bearer=token)) == BLACKLISTED
            for path in ("/", "/client/latchkey.js", "/client/app/main.js"):
                assert client.http.get(f"{client.url}{path}", timeout=PATIENCE).status_code == 200
    finally:
        server.terminate()
        log, _ = server.communicate(timeout=PATIENCE)
    assert server.returncode == 0, log
    assert {json.loads(line)["level"] for line in log.splitlines()} == {"INFO"}
    left = {path.name for path in image.volume.iterdir()}
    assert left == {"latchkey.db", "signing-keys.json"}


def _wait_until_healthy(image: Image, server: subprocess.Popen[str], port: int) -> None:
    check = json.loads(last("HEALTHCHECK").partition(" CMD ")[2].replace("8000", str(port)))
    deadline = time.monotonic() + PATIENCE
    while server.poll() is None and time.monotonic() < deadline:
        probe = image.start(check, {})
        probe.communicate(timeout=PATIENCE)
        if probe.returncode == 0:
            return
    raise AssertionError("the server does not become healthy")

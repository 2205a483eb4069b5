"""The command line: what it makes, what it says, and that a refusal is one line and exit status 2."""

import json
from pathlib import Path

import pytest

from security import keys
from tests.support.command_line import Run, in_production, runner
from tests.support.production import PRODUCTION, SECRET


@pytest.fixture
def run(monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str], tmp_path: Path) -> Run:
    """Give a function that runs a command in an empty folder."""
    return runner(monkeypatch, capfd, tmp_path)


@pytest.mark.parametrize("name", sorted(PRODUCTION.keys() - {"LATCHKEY_ENV"}))
def test_serve_refuses_to_start_in_production_without(run: Run, name: str) -> None:
    """The server does not begin, and says in one line what it lacks."""
    variables = in_production()
    del variables[name.removeprefix("LATCHKEY_")]
    assert run("serve", **variables) == (2, "", f"latchkey: {name} has to be set in production\n")


@pytest.mark.parametrize("parameter", ["starttls=perhaps", "cafile=/nowhere", "s3cret=1"])
def test_a_mail_server_that_cannot_be_used(run: Run, parameter: str) -> None:
    """It is found out before anything is served or promised, in one line that does not quote the password."""
    status, out, err = run("serve", SMTP_URL=f"smtp://me:{SECRET}@mail.example.com?{parameter}")
    assert (status, out) == (2, "")
    assert err.startswith("latchkey: LATCHKEY_SMTP_URL: ")
    assert (err.count("\n"), SECRET in err) == (1, False)


def test_production_makes_no_keys_of_its_own(run: Run, tmp_path: Path) -> None:
    """Keys that a server made by itself would be lost with its disk, and differ from node to node."""
    path = tmp_path / "keys.json"
    status, out, err = run("serve", **in_production(SIGNING_KEYS_FILE=str(path)))
    assert (status, out) == (2, "")
    line = f"latchkey: LATCHKEY_SIGNING_KEYS_FILE: {path} cannot be used: No such file or directory\n"
    assert err == line
    assert list(tmp_path.iterdir()) == []


def test_a_bad_value_and_an_unknown_variable_are_one_line(run: Run) -> None:
    """Whatever the command, the settings come first."""
    assert run("keys", "list", ENV=SECRET) == (
        2,
        "",
        "latchkey: LATCHKEY_ENV: Input should be 'development' or 'production'\n",
    )
    line = "latchkey: LATCHKEY_BNID is not a setting; is it LATCHKEY_BIND?\n"
    assert run("keys", "list", BNID=SECRET) == (2, "", line)


def test_serve_refuses_a_manifest_that_it_cannot_use(run: Run, tmp_path: Path) -> None:
    """The flag is named, with the file and what is wrong with it."""
    path = tmp_path / "documents.json"
    path.write_text('{"0": "{ me { id } }"}')
    line = f"latchkey: --trusted-documents: {path}: '0' is not the SHA-256 of its document\n"
    assert run("serve", "--trusted-documents", str(path)) == (2, "", line)


def test_what_is_no_command_is_a_usage_error(run: Run, capfd: pytest.CaptureFixture[str]) -> None:
    """It exits as every wrong use of a command line does."""
    with pytest.raises(SystemExit, match="2"):
        run("keys", "destroy")
    assert "invalid choice: 'destroy'" in capfd.readouterr().err


def test_keys_are_generated_in_front_of_the_older_ones(run: Run, tmp_path: Path) -> None:
    """The newest signs, the others go on verifying, and only the owner may read them."""
    path = tmp_path / "keys" / "ring.json"
    variables = {"SIGNING_KEYS_FILE": str(path)}
    status, first, err = run("keys", "generate", **variables)
    assert (status, err) == (0, "")
    assert path.stat().st_mode & 0o777 == 0o600
    status, second, _ = run("keys", "generate", **variables)
    assert status == 0
    assert path.stat().st_mode & 0o777 == 0o600
    assert [entry.name for entry in path.parent.iterdir()] == ["ring.json"]

    older, newer = first.split()[0], second.split()[0]
    assert [key.kid for key in keys.parse(path.read_text())] == [newer, older]
    status, listed, err = run("keys", "list", **variables)
    assert (status, err) == (0, "")
    assert listed == f"{newer} EdDSA signs and verifies\n{older} EdDSA verifies\n"


def test_a_key_stands_by_until_it_is_promoted(run: Run, tmp_path: Path) -> None:
    """Meanwhile it verifies. Promoting one that there is not changes nothing, and says so."""
    variables = {"SIGNING_KEYS_FILE": str(tmp_path / "ring.json")}
    first = run("keys", "generate", **variables)[1].split()[0]
    second = run("keys", "generate", "--standby", **variables)[1].split()[0]
    listed = f"{first} EdDSA signs and verifies\n{second} EdDSA verifies\n"
    assert run("keys", "list", **variables) == (0, listed, "")
    line = f"latchkey: LATCHKEY_SIGNING_KEYS_FILE: {tmp_path / 'ring.json'}: there is no key nothing\n"
    assert run("keys", "promote", "nothing", **variables) == (2, "", line)
    assert run("keys", "list", **variables) == (0, listed, "")
    assert run("keys", "promote", second, **variables) == (0, f"{second} EdDSA\n", "")
    listed = f"{second} EdDSA signs and verifies\n{first} EdDSA verifies\n"
    assert run("keys", "list", **variables) == (0, listed, "")
    assert (tmp_path / "ring.json").stat().st_mode & 0o777 == 0o600


@pytest.mark.parametrize("algorithm", ["EdDSA", "HS256"])
def test_no_command_shows_the_material_of_a_key(run: Run, tmp_path: Path, algorithm: str) -> None:
    """What a terminal or a log keeps opens nothing."""
    variables = {"SIGNING_KEYS_FILE": str(tmp_path / "ring.json"), "JWT_ALGORITHM": algorithm}
    shown = "".join("".join(run("keys", command, **variables)[1:]) for command in ("generate", "list"))
    (entry,) = json.loads((tmp_path / "ring.json").read_text())["keys"]
    assert entry["alg"] == algorithm
    for line in entry["key"].strip().splitlines():
        assert line not in shown
    assert len(shown.split()[0]) == 16


def test_a_key_of_another_algorithm_is_kept_behind(run: Run, tmp_path: Path) -> None:
    """A change of algorithm is a key generated for it: until then the server says what it lacks."""
    path = tmp_path / "ring.json"
    old = run("keys", "generate", SIGNING_KEYS_FILE=str(path), JWT_ALGORITHM="HS256")[1].split()[0]
    status, out, err = run("keys", "list", SIGNING_KEYS_FILE=str(path))
    assert (status, out) == (2, "")
    line = f"latchkey: LATCHKEY_SIGNING_KEYS_FILE: the first key of {path} is for HS256, not for EdDSA\n"
    assert err == line
    new = run("keys", "generate", SIGNING_KEYS_FILE=str(path))[1].split()[0]
    listed = run("keys", "list", SIGNING_KEYS_FILE=str(path))[1]
    assert listed == f"{new} EdDSA signs and verifies\n{old} HS256 verifies\n"


@pytest.mark.parametrize("content", [b"{}", b"s3cret", b"\xff\xfes3cret", b'{"keys": []}'])
def test_a_file_of_keys_that_cannot_be_read_is_left_alone(run: Run, tmp_path: Path, content: bytes) -> None:
    """It may hold keys that still verify: nothing is written over it, and nothing of it is shown."""
    path = tmp_path / "ring.json"
    path.write_bytes(content)
    for command in ("generate", "list"):
        status, out, err = run("keys", command, SIGNING_KEYS_FILE=str(path))
        assert (status, out) == (2, "")
        assert err.startswith("latchkey: LATCHKEY_SIGNING_KEYS_FILE: ")
        assert err.count("\n") == 1
        assert SECRET not in err
    assert path.read_bytes() == content
    assert list(tmp_path.iterdir()) == [path]

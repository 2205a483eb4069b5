"""`latchkey schema …`: what it says, to people and to programs, and the exit status that CI goes by."""

import json
from collections.abc import Callable
from pathlib import Path

import pytest

import cli
import contract
from contract import codegen
from tests.contract.checkout import Checkout
from tests.support.commands import latchkey
from tests.support.ports import free_port
from tests.support.production import PRODUCTION

Run = Callable[..., tuple[int, str, str]]
QUERY = "query Me {\n  me {\n    emial\n  }\n}\n"
FOUND = "src/me.graphql:3: Me.me.emial: Cannot query field 'emial' on type 'User'. Did you mean 'email'?"


@pytest.fixture
def run(monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str], tmp_path: Path) -> Run:
    """Give a function that runs a command in an empty folder, and gives its status and its two outputs."""
    monkeypatch.chdir(tmp_path)

    def call(*arguments: str) -> tuple[int, str, str]:
        status = cli.main(["schema", *arguments])
        printed = capfd.readouterr()
        return status, printed.out, printed.err

    return call


@pytest.fixture
def checkout(tmp_path: Path) -> Checkout:
    """Give a copy of the repository."""
    return Checkout.copied(tmp_path / "checkout")


def test_the_sdl_is_printed(run: Run) -> None:
    """It goes to standard output and nothing else does, so that it can be a file."""
    assert run("print") == (0, contract.printed(), "")


def test_the_repository_passes(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    """It needs no settings of a server: CI has none."""
    for name, value in PRODUCTION.items():
        monkeypatch.setenv(name, value if name == "LATCHKEY_ENV" else "")
    status, out, err = run("check", "--without-codegen")
    assert (status, err) == (0, "")
    *allowed, last = out.splitlines()
    assert all(line.startswith("allowed: ") for line in allowed)
    assert last == f"latchkey: findings: 0, documents that fit the schema: {len(contract.check().fitting)}"


def test_what_is_broken_turns_it_red(checkout: Checkout) -> None:
    """A copy with a fault of each kind names them all, with file, line and field, in one run."""
    email = checkout.replace("README.md", "{ me { id email isSignIn", "{ me { id emial isSignIn")
    logout = checkout.line("schema/auth.graphql", "  logout(")
    checkout.replace("resolvers/auth.py", '@auth.field("logout")\n', "")
    locale = checkout.replace("schema/users.graphql", '  "Preferred language, BCP 47."\n', "")
    checkout.replace(
        "docs/schema.graphql", "  hasNextPage: Boolean!\n", "  hasNextPage: Boolean!\n  gone: ID\n"
    )
    status, out, err = latchkey("schema", "check", "--without-codegen", workdir=checkout.root)
    assert (status, err) == (1, "")
    where = "on type 'User'. Did you mean 'email'?"
    assert f"README.md:{email}: me.emial: Cannot query field 'emial' {where} [operation]\n" in out
    assert f"schema/auth.graphql:{logout}: AuthMutations.logout: has no resolver [resolver]\n" in out
    assert f"schema/users.graphql:{locale}: Profile.locale: has no description [description]\n" in out
    assert ": PageInfo.gone: Field PageInfo.gone was removed. This breaks clients. [FIELD_REMOVED]\n" in out


def test_a_program_reads_the_findings(checkout: Checkout) -> None:
    """The same as one JSON object, with what is allowed and why."""
    line = (
        checkout.replace("schema/users.graphql", "  ADMIN\n", '  ADMIN\n  "Reads the books."\n  AUDITOR\n')
        + 2
    )
    checkout.replace("models/users.py", 'ADMIN = "ADMIN"', 'ADMIN = "ADMIN"\n    AUDITOR = "AUDITOR"')
    command = ("schema", "check", "--without-codegen", "--json")
    finding = {
        "file": "schema/users.graphql",
        "line": line,
        "subject": "Role.AUDITOR",
        "message": "Enum value Role.AUDITOR was added. This is dangerous for clients.",
        "rule": "VALUE_ADDED_TO_ENUM",
    }
    status, out, err = latchkey(*command, workdir=checkout.root)
    assert (status, err) == (1, "")
    report = json.loads(out)
    assert report["findings"] == [finding]
    assert report["documents"] == len(contract.check().fitting)
    allow = ("--allow", "VALUE_ADDED_TO_ENUM Role.AUDITOR=no client knows a role by name")
    status, out, err = latchkey(
        "schema", "check", "--without-codegen", "--json", *allow, workdir=checkout.root
    )
    assert (status, err) == (0, "")
    assert json.loads(out)["allowed"][-1] == {**finding, "reason": "no client knows a role by name"}
    assert json.loads(out)["findings"] == []


def test_a_client_of_somebody_else_is_checked_against_a_file(run: Run, tmp_path: Path) -> None:
    """Its own files and nothing of ours are looked at."""
    (tmp_path / "schema.graphql").write_text(contract.printed())
    (tmp_path / "src").mkdir()
    (tmp_path / "src" / "me.graphql").write_text(QUERY)
    arguments = ("check", "--operations", "src/**/*.graphql", "--schema", "schema.graphql")
    summary = "latchkey: findings: 1, documents that fit the schema: 0\n"
    assert run(*arguments) == (1, f"{FOUND} [operation]\n{summary}", "")
    (tmp_path / "src" / "me.graphql").write_text(QUERY.replace("emial", "email"))
    assert run(*arguments) == (0, "latchkey: findings: 0, documents that fit the schema: 1\n", "")
    (tmp_path / "src" / "me.graphql").write_text("query Client { me { email } }")
    status, out, _ = run(*arguments)
    assert status == 1
    assert out.startswith("src/me.graphql:1: Client: no typed client can be generated of it: ")
    assert run(*arguments, "--without-codegen")[0] == 0
    assert run("check", "--without-codegen", "--operations", "src/*.graphql")[0] == 0


@pytest.mark.parametrize(
    ("arguments", "line"),
    [
        (("--server", "http://localhost:8000"), "--server and --schema go with --operations"),
        (("--schema", "schema.graphql"), "--server and --schema go with --operations"),
        (
            ("--operations", "*.graphql", "--allow", "FIELD_REMOVED User.email=why"),
            "--allow is for changes of the schema, and does not go with --operations",
        ),
        (
            ("--allow", "FIELD_REMOVED User.email"),
            "--allow:1: an allowance is CHANGE COORDINATE=reason, and not 'FIELD_REMOVED User.email'",
        ),
        (("--operations", "src/*.graphql"), "src/*.graphql finds no document"),
        (
            ("--operations", "*.graphql", "--schema", "none.graphql"),
            "none.graphql cannot be read: No such file or directory",
        ),
    ],
)
def test_what_cannot_be_checked_is_one_line_and_status_2(
    run: Run, arguments: tuple[str, ...], line: str
) -> None:
    """A check that was not made is neither green nor red: the exit status is 2."""
    assert run("check", *arguments) == (2, "", f"latchkey: {line}\n")


def test_a_server_that_is_not_there_is_status_2(run: Run) -> None:
    """CI began before the server did, or it does not run."""
    url = f"http://127.0.0.1:{free_port()}"
    status, out, err = run("check", "--operations", "*.graphql", "--server", url)
    assert (status, out) == (2, "")
    assert err == f"latchkey: {url} cannot be asked: [Errno 111] Connection refused\n"


def test_without_the_generator_the_line_says_how_to_get_it(
    run: Run, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    """It is not in the environment of the server."""
    monkeypatch.setattr(codegen, "PYTHON", tmp_path / "codegen" / "bin" / "python")
    advice = "run `make install-codegen`, or leave the typed client out by --without-codegen"
    line = f"latchkey: there is no ariadne-codegen in {tmp_path / 'codegen'}: {advice}\n"
    assert run("check") == (2, "", line)
    assert run("check", "--without-codegen")[0] == 0

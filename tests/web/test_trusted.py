"""Trusted documents: a server that runs the operations of a manifest, and no others."""

import asyncio
import json
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from hashlib import sha256
from pathlib import Path
from typing import Any

import httpx
import pytest

from security.passwords import CHEAPEST
from server import StartFailed, create_app
from settings import Settings
from tests.support.browser import LOGOUT, ME, ORIGIN
from tests.support.clock import FakeClock
from tests.web.serving import GRAPHQL, GRAPHQL_JSON, ONE_BACKEND, codes, production, transport
from web import graphql_validation

pytestmark = ONE_BACKEND

TWO = "query A { me { id } } query B { me { email } }"
TRUSTED = (ME, LOGOUT, TWO)

UNFIT = "{\n  nothing\n}"
LONG = ME.ljust(9000)


def named(text: str) -> str:
    """Give the hash of a document."""
    return sha256(text.encode()).hexdigest()


def manifest(folder: Path, documents: Mapping[str, Any] | None = None) -> Path:
    """Write a manifest, of the trusted documents unless others are given."""
    path = folder / "documents.json"
    path.write_text(json.dumps({named(text): text for text in TRUSTED} if documents is None else documents))
    return path


@asynccontextmanager
async def trusting(settings: Settings, path: Path) -> AsyncIterator[httpx.AsyncClient]:
    """Run a server with trusted documents, and give a client of it."""
    app = await asyncio.to_thread(
        create_app, settings, clock=FakeClock(), profile=CHEAPEST, trusted_documents=path
    )
    async with app.test_app(), httpx.AsyncClient(transport=transport(app), base_url=ORIGIN) as http:
        yield http


@pytest.fixture
async def http(settings: Settings, tmp_path: Path) -> AsyncIterator[httpx.AsyncClient]:
    """Give a client of a server with the trusted documents."""
    path = await asyncio.to_thread(manifest, tmp_path)
    async with trusting(settings, path) as client:
        yield client


def persisted(name: object) -> dict[str, Any]:
    """Name a document as Apollo's clients do."""
    return {"persistedQuery": {"version": 1, "sha256Hash": name}}


@pytest.mark.parametrize(
    "asked",
    [
        {"documentId": named(ME)},
        {"documentId": f"sha256:{named(ME)}"},
        {"documentId": named(ME), "query": None},
        {"extensions": persisted(named(ME))},
        {"query": ME},
        {"query": ME, "documentId": named(ME)},
        {"query": ME, "documentId": f"sha256:{named(ME)}"},
        {"query": ME, "extensions": persisted(named(ME))},
        {"documentId": named(ME), "extensions": persisted("of another protocol, and not looked at")},
        {"documentId": named(TWO), "operationName": "A"},
    ],
    ids=range(10),
)
async def test_a_trusted_document_is_run_however_it_is_named(
    http: httpx.AsyncClient, asked: dict[str, Any]
) -> None:
    """By the specification's `documentId`, by Apollo's extension, or by its text."""
    answer = await http.post(GRAPHQL, json=asked)
    assert (answer.status_code, answer.json()) == (200, {"data": {"me": None}})


@pytest.mark.parametrize(
    "asked",
    [
        {"query": "{ me { id } }"},
        {"query": ME + " "},
        {"query": "{"},
        {"query": "{" * 50_000},
        {"query": "{ __schema { types { name } } }"},
        {"query": "{ me { id } }", "documentId": named("{ me { id } }")},
        {"documentId": named("{ me { id } }")},
        {"documentId": named(ME).upper()},
        {"documentId": f"md5:{named(ME)}"},
        {"documentId": ""},
        {"extensions": persisted(named("{ me { id } }"))},
        {"extensions": persisted("")},
    ],
    ids=range(12),
)
async def test_no_other_document_is_run_or_even_parsed(
    http: httpx.AsyncClient, asked: dict[str, Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    """What is not in the manifest is refused by its hash, in both media types."""
    monkeypatch.delattr(graphql_validation, "parse")
    plain = await http.post(GRAPHQL, json=asked)
    assert (plain.status_code, codes(plain)) == (200, ["PERSISTED_QUERY_NOT_FOUND"])
    newer = await http.post(GRAPHQL, json=asked, headers={"Accept": GRAPHQL_JSON})
    assert (newer.status_code, codes(newer)) == (400, ["PERSISTED_QUERY_NOT_FOUND"])
    assert "data" not in plain.json()


@pytest.mark.parametrize(
    "asked",
    [
        {},
        {"query": ""},
        {"query": "", "documentId": named(ME)},
        {"query": 1, "documentId": named(ME)},
        {"documentId": 1},
        {"documentId": None},
        {"documentId": {"a": named(ME)}},
        {"query": ME, "documentId": 1},
        {"extensions": persisted(1)},
        {"extensions": persisted(None)},
        {"extensions": {"persistedQuery": named(ME)}},
        {"extensions": {"persistedQuery": None}},
        {"extensions": {"persistedQuery": {"version": 1}}},
    ],
    ids=range(13),
)
async def test_what_names_no_document_is_no_request(http: httpx.AsyncClient, asked: dict[str, Any]) -> None:
    """It is 400, as whatever else is malformed."""
    answer = await http.post(GRAPHQL, json=asked)
    assert (answer.status_code, codes(answer)) == (400, ["BAD_USER_INPUT"])


@pytest.mark.parametrize("other", [{"documentId": named(LOGOUT)}, {"extensions": persisted(named(LOGOUT))}])
async def test_a_text_and_a_name_have_to_be_of_one_document(
    http: httpx.AsyncClient, other: dict[str, Any]
) -> None:
    """Both are trusted, but who wrote the request cannot have meant both."""
    answer = await http.post(GRAPHQL, json={"query": ME, **other})
    assert (answer.status_code, codes(answer)) == (200, ["BAD_USER_INPUT"])


async def test_a_server_without_a_manifest_knows_no_names(browser_http: httpx.AsyncClient) -> None:
    """A client of Apollo's then sends the text, which is run; a name beside a text is not looked at."""
    answer = await browser_http.post(GRAPHQL, json={"extensions": persisted(named(ME))})
    assert codes(answer) == ["PERSISTED_QUERY_NOT_FOUND"]
    both = await browser_http.post(GRAPHQL, json={"query": ME, "extensions": persisted(named(LOGOUT))})
    assert both.json() == {"data": {"me": None}}


@pytest.fixture
async def browser_http(app: Any) -> AsyncIterator[httpx.AsyncClient]:
    """Give a client of a server without trusted documents."""
    async with httpx.AsyncClient(transport=transport(app), base_url=ORIGIN) as client:
        yield client


async def test_one_operation_runs_one_mutation_also_when_it_is_trusted(
    settings: Settings, tmp_path: Path
) -> None:
    """What is in the manifest is run as any other document is."""
    text = "mutation { auth { a: logout { success } b: logout { success } } }"
    path = await asyncio.to_thread(manifest, tmp_path, {named(text): text})
    async with trusting(settings, path) as http:
        assert codes(await http.post(GRAPHQL, json={"documentId": named(text)})) == ["TOO_MANY_OPERATIONS"]


INVALID: dict[str, tuple[Any, str]] = {
    "no object": ([ME], "{path} has to be one JSON object with a document for each hash"),
    "nothing": ({}, "{path} has to be one JSON object with a document for each hash"),
    "no text": ({named(ME): {"body": ME}}, f"{{path}}: '{named(ME)}' has no document"),
    "another hash": ({named(ME): LOGOUT}, f"{{path}}: '{named(ME)}' is not the SHA-256 of its document"),
    "no hash": ({"me\n": ME}, r"{path}: 'me\n' is not the SHA-256 of its document"),
    "a field that is not there": (
        {named(text): text for text in (ME, UNFIT)},
        f"{{path}}: {named(UNFIT)}: Cannot query field 'nothing' on type 'Query'. (line 2, column 3)",
    ),
    "no GraphQL": (
        {named("{"): "{"},
        f"{{path}}: {named('{')}: The document cannot be parsed: Expected Name (line 1, column 2)",
    ),
    "too long": (
        {named(LONG): LONG},
        f"{{path}}: {named(LONG)}: The document is longer than 8192 characters",
    ),
}


@pytest.mark.parametrize("kind", INVALID)
def test_a_manifest_that_cannot_be_used_is_one_line(settings: Settings, tmp_path: Path, kind: str) -> None:
    """The server does not begin, rather than to refuse what its clients will send."""
    documents, line = INVALID[kind]
    path = manifest(tmp_path, documents)
    with pytest.raises(StartFailed) as caught:
        create_app(settings, trusted_documents=path)
    assert str(caught.value) == "--trusted-documents: " + line.replace("{path}", str(path))


def test_a_file_that_cannot_be_read_is_one_line(settings: Settings, tmp_path: Path) -> None:
    """It is not there, it is a folder, or it is not JSON."""
    said = {}
    (tmp_path / "text").write_text("{ me")
    for name in ("missing", ".", "text"):
        with pytest.raises(StartFailed) as caught:
            create_app(settings, trusted_documents=tmp_path / name)
        said[name] = str(caught.value).removeprefix(f"--trusted-documents: {tmp_path / name} ")
    assert said["missing"] == "cannot be read: No such file or directory"
    assert said["."] == "cannot be read: Is a directory"
    assert said["text"].startswith("is not JSON: ")
    assert all("\n" not in line for line in said.values())


def test_production_does_not_trust_introspection_either(settings: Settings, tmp_path: Path) -> None:
    """Where introspection is off, no manifest brings it back."""
    text = "{ __schema { types { name } } }"
    path = manifest(tmp_path, {named(text): text})
    with pytest.raises(StartFailed, match="introspection has been disabled"):
        create_app(production(settings), trusted_documents=path)

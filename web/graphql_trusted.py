"""Trusted documents: a manifest of the only operations that a server runs, as a client's build writes it."""

from collections.abc import Mapping
from pathlib import Path

import orjson

from services.errors import ServiceError
from web.graphql_documents import Document, Documents, hash_of
from web.graphql_validation import DocumentErrors

_SHA256 = "sha256:"


class ManifestInvalid(Exception):
    """The trusted documents cannot be used; the message is one line that says why."""


def load(path: Path, documents: Documents) -> Mapping[str, Document]:
    """Read a manifest, `{hash: document}`, and prepare every document of it.

    Raises:
        ManifestInvalid: it cannot be read, or a document of it does not fit its hash, the schema or the caps.
    """
    return {name: _prepared(text, f"{path}: {name}", documents) for name, text in _read(path).items()}


def _read(path: Path) -> Mapping[str, str]:
    try:
        manifest = orjson.loads(path.read_bytes())
    except OSError as error:
        raise ManifestInvalid(f"{path} cannot be read: {error.strerror}") from None
    except orjson.JSONDecodeError as error:
        raise ManifestInvalid(f"{path} is not JSON: {error}") from None
    if not isinstance(manifest, dict) or not manifest:
        raise ManifestInvalid(f"{path} has to be one JSON object with a document for each hash")
    found: dict[str, str] = {}
    for name, text in manifest.items():
        if not isinstance(text, str):
            raise ManifestInvalid(f"{path}: {name!r} has no document")
        if name.removeprefix(_SHA256) != hash_of(text):
            raise ManifestInvalid(f"{path}: {name!r} is not the SHA-256 of its document")
        found[hash_of(text)] = text
    return found


def _prepared(text: str, place: str, documents: Documents) -> Document:
    try:
        return documents.prepare(text)
    except DocumentErrors as refused:
        error = refused.errors[0]
        where = "".join(f" (line {at.line}, column {at.column})" for at in (error.locations or ())[:1])
        raise ManifestInvalid(f"{place}: {error.message}{where}") from None
    except ServiceError as error:
        raise ManifestInvalid(f"{place}: {error}") from None

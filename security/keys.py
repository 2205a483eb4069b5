"""The signing keys: one algorithm to a key, found by `kid` in our own ring and nowhere else.

RFC 8725 sections 3.1 and 3.10 say why.
"""

import hashlib
import json
import secrets
from collections.abc import Iterator
from dataclasses import dataclass, field
from enum import StrEnum

from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey


class Algorithm(StrEnum):
    """The JWS algorithms that a key may have (RFC 8037, RFC 7518)."""

    EDDSA = "EdDSA"
    HS256 = "HS256"


class KeysUnreadable(ValueError):
    """The key file is not what `latchkey keys generate` writes."""


@dataclass(frozen=True, slots=True)
class Key:
    """One signing key. Its material stays out of every representation."""

    kid: str
    algorithm: Algorithm
    signing: Ed25519PrivateKey | bytes = field(repr=False)
    verifying: Ed25519PublicKey | bytes = field(repr=False)


@dataclass(frozen=True, slots=True)
class KeyRing:
    """All keys of the server: the first signs, every one of them verifies."""

    keys: tuple[Key, ...]

    def __post_init__(self) -> None:
        if not self.keys:
            raise KeysUnreadable("there is no key in the ring")
        if len({key.kid for key in self.keys}) != len(self.keys):
            raise KeysUnreadable("two keys have the same kid")

    @property
    def active(self) -> Key:
        """The key that signs new tokens."""
        return self.keys[0]

    def find(self, kid: object) -> Key | None:
        """Give the key of this exact `kid`; a kid is compared, never opened, fetched or interpolated."""
        return next((key for key in self.keys if key.kid == kid), None)

    def __iter__(self) -> Iterator[Key]:
        return iter(self.keys)


def generate(algorithm: Algorithm) -> Key:
    """Make a key of this algorithm; its `kid` says nothing but which key it is."""
    if algorithm is Algorithm.EDDSA:
        return _ed25519(Ed25519PrivateKey.generate())
    return _hs256(secrets.token_bytes(32))


def parse(text: str) -> KeyRing:
    """Read a ring from the text of a key file.

    Raises:
        KeysUnreadable: the text is not a key file. The message never quotes it.
    """
    try:
        return KeyRing(tuple(_load(entry["alg"], entry["key"]) for entry in json.loads(text)["keys"]))
    except KeysUnreadable:
        raise
    except (ValueError, TypeError, KeyError, AttributeError, UnsupportedAlgorithm):
        raise KeysUnreadable("the text is not a file of signing keys") from None


def dump(ring: KeyRing) -> str:
    """Write a ring as the text of a key file. What it returns is secret."""
    entries = [{"alg": key.algorithm, "key": _export(key)} for key in ring]
    return json.dumps({"keys": entries}, indent=2) + "\n"


def _load(algorithm: str, material: str) -> Key:
    if Algorithm(algorithm) is Algorithm.HS256:
        return _hs256(bytes.fromhex(material))
    private = serialization.load_pem_private_key(material.encode(), password=None)
    if not isinstance(private, Ed25519PrivateKey):
        raise KeysUnreadable("an EdDSA key has to be an Ed25519 key")
    return _ed25519(private)


def _export(key: Key) -> str:
    if isinstance(key.signing, bytes):
        return key.signing.hex()
    pem = key.signing.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    return pem.decode()


def _ed25519(private: Ed25519PrivateKey) -> Key:
    public = private.public_key()
    return Key(_kid(public.public_bytes_raw()), Algorithm.EDDSA, signing=private, verifying=public)


def _hs256(material: bytes) -> Key:
    if len(material) < 32:
        raise KeysUnreadable("an HS256 key needs at least 32 bytes")  # RFC 7518 section 3.2.
    return Key(_kid(b"latchkey-kid" + material), Algorithm.HS256, signing=material, verifying=material)


def _kid(identity: bytes) -> str:
    return hashlib.sha256(identity).hexdigest()[:16]

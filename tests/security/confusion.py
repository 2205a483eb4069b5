"""Algorithm confusion: tokens signed by one kind of key and said to be of another (RFC 8725 section 2.1)."""

import base64
import json
from collections.abc import Callable, Iterator

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from security.keys import Algorithm
from tests.security.forging import FORGERS_KEY, Forgery, Genuine, by_hmac, encoded

_SPELLINGS: dict[str, Callable[[Ed25519PublicKey], bytes]] = {
    "raw": lambda key: key.public_bytes_raw(),
    "PEM": lambda key: key.public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo),
    "PEM without its last newline": lambda key: key.public_bytes(
        Encoding.PEM, PublicFormat.SubjectPublicKeyInfo
    ).rstrip(),
    "DER": lambda key: key.public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo),
    "OpenSSH": lambda key: key.public_bytes(Encoding.OpenSSH, PublicFormat.OpenSSH),
    "hexadecimal": lambda key: key.public_bytes_raw().hex().encode(),
    "base64": lambda key: base64.b64encode(key.public_bytes_raw()),
    "base64url": lambda key: encoded(key.public_bytes_raw()).encode(),
    "JWK": lambda key: json.dumps(
        {"kty": "OKP", "crv": "Ed25519", "x": encoded(key.public_bytes_raw())}
    ).encode(),
}

_HASHES = {"HS256": "sha256", "HS384": "sha384", "HS512": "sha512"}


def _of_the_public_key() -> Iterator[tuple[str, Forgery]]:
    """Use the public key, which anybody may know, as the secret of an HMAC."""
    for spelling in _SPELLINGS:
        for algorithm in (*_HASHES, "EdDSA"):
            yield f"{algorithm} with the public key as secret, {spelling}", _hmac(spelling, algorithm)


def _hmac(spelling: str, algorithm: str) -> Forgery:
    def forge(genuine: Genuine) -> str:
        assert isinstance(genuine.key.verifying, Ed25519PublicKey)
        secret = _SPELLINGS[spelling](genuine.key.verifying)
        return genuine.forge(header={"alg": algorithm}, by=by_hmac(secret, _HASHES.get(algorithm, "sha256")))

    return forge


def _of_the_secret() -> Iterator[tuple[str, Forgery]]:
    """Name an asymmetric algorithm, or another hash, to a server whose key is a secret."""
    yield "EdDSA by the forger's key", lambda it: it.forge(header={"alg": "EdDSA"}, by=FORGERS_KEY.sign)
    yield "EdDSA over the right HMAC", lambda it: it.forge(header={"alg": "EdDSA"})
    for algorithm in ("HS384", "HS512"):
        yield f"{algorithm} with the right secret", _other_hash(algorithm)
    for name, secret in {"no": b"", "the kid as": None, "a guessed": b"secret"}.items():
        yield f"HS256 with {name} secret", _known_secret(secret)


def _other_hash(algorithm: str) -> Forgery:
    def forge(genuine: Genuine) -> str:
        assert isinstance(genuine.key.signing, bytes)
        by = by_hmac(genuine.key.signing, _HASHES[algorithm])
        return genuine.forge(header={"alg": algorithm}, by=by)

    return forge


def _known_secret(secret: bytes | None) -> Forgery:
    return lambda it: it.forge(by=by_hmac(it.key.kid.encode() if secret is None else secret))


CONFUSIONS: dict[Algorithm, tuple[tuple[str, Forgery], ...]] = {
    Algorithm.EDDSA: tuple(_of_the_public_key()),
    Algorithm.HS256: tuple(_of_the_secret()),
}
"""By the algorithm of the server's key."""

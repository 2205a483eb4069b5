"""The tools of a forger: take a token apart, change it, and sign it with whatever key there is."""

import base64
import hashlib
import hmac
import json
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from security.keys import Key

ABSENT = object()
"""The value of a header or claim that is left out."""

Sign = Callable[[bytes], bytes]


@dataclass(frozen=True, slots=True, kw_only=True)
class Genuine:
    """A token that the server made, its companion of the other kind, and the key that signed both.

    No forger has the key. It is here so that a token can be wrong in one thing only: what refuses a changed
    header or claim is then its own check, and not the signature.
    """

    token: str
    other: str
    key: Key

    @property
    def header(self) -> dict[str, Any]:
        """The header, decoded."""
        return decoded(self.token.split(".")[0])

    @property
    def payload(self) -> dict[str, Any]:
        """The claims, decoded."""
        return decoded(self.token.split(".")[1])

    def sign(self, message: bytes) -> bytes:
        """Sign as the server does."""
        if isinstance(self.key.signing, bytes):
            return hmac.digest(self.key.signing, message, hashlib.sha256)
        return self.key.signing.sign(message)

    def forge(
        self,
        *,
        header: dict[str, Any] | None = None,
        payload: dict[str, Any] | None = None,
        by: Sign | None = None,
    ) -> str:
        """Give the token with these headers and claims changed, signed by the server's key or another."""
        return assembled(changed(self.header, header), changed(self.payload, payload), by or self.sign)


Forgery = Callable[[Genuine], str]
"""Makes a token that has to be refused from a genuine one."""


def changed(content: dict[str, Any], changes: dict[str, Any] | None) -> dict[str, Any]:
    """Give a copy with some members changed, added, or left out."""
    merged = {**content, **(changes or {})}
    return {name: value for name, value in merged.items() if value is not ABSENT}


def assembled(header: Any, payload: Any, sign: Sign) -> str:
    """Write and sign a token by hand, as no JWT library would agree to."""
    message = f"{encoded(json.dumps(header).encode())}.{encoded(json.dumps(payload).encode())}"
    return f"{message}.{encoded(sign(message.encode()))}"


def encoded(octets: bytes) -> str:
    """Write base64url without padding (RFC 7515 section 2)."""
    return base64.urlsafe_b64encode(octets).rstrip(b"=").decode()


def decoded(segment: str) -> dict[str, Any]:
    """Read a segment that holds a JSON object."""
    content: dict[str, Any] = json.loads(base64.urlsafe_b64decode(segment + "=" * (-len(segment) % 4)))
    return content


def by_hmac(secret: bytes, algorithm: str = "sha256") -> Sign:
    """Sign with HMAC and a secret that the forger knows."""
    return lambda message: hmac.digest(secret, message, algorithm)


FORGERS_KEY = Ed25519PrivateKey.from_private_bytes(bytes(range(32)))
"""A key of the forger's own."""

FORGERS_JWK = {"kty": "OKP", "crv": "Ed25519", "x": encoded(FORGERS_KEY.public_key().public_bytes_raw())}
"""The same, as a token may bring it along."""


def by_nobody(_: bytes) -> bytes:
    """Leave the signature empty, as the algorithm `none` does."""
    return b""

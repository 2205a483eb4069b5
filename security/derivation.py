"""Keyed derivation: values that only the holder of the server's secret can compute, alike on every node."""

import hashlib
import hmac
from uuid import UUID


class Secret:
    """Key material that never shows itself in a log line, a traceback or a message."""

    __slots__ = ("_keys", "_material")

    def __init__(self, material: bytes) -> None:
        """Keep `material`; at least 32 bytes, RFC 2104 section 3."""
        if len(material) < 32:
            raise ValueError("a secret needs at least 32 bytes")
        self._material = material
        # Purposes are words of our own code: there are a handful.
        self._keys: dict[str, bytes] = {}

    def derive(self, purpose: str, value: bytes) -> bytes:
        """Give the 32-byte HMAC-SHA-256 of `value`, under a key of its own for each `purpose`."""
        key = self._keys.get(purpose)
        if key is None:
            key = self._keys[purpose] = hmac.digest(self._material, purpose.encode(), hashlib.sha256)
        return hmac.digest(key, value, hashlib.sha256)

    def derive_uuid(self, purpose: str, value: UUID) -> UUID:
        """Give an unguessable UUID derived from another: 128 bits of the HMAC."""
        return UUID(bytes=self.derive(purpose, value.bytes)[:16])

    def __repr__(self) -> str:
        return "Secret(…)"

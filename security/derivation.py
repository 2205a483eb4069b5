"""Keyed derivation: values that only the holder of the server's secret can compute, alike on every node."""

import hashlib
import hmac
from uuid import UUID


class Secret:
    """Key material that never shows itself in a log line, a traceback or a message."""

    __slots__ = ("_keyed", "_material")

    def __init__(self, material: bytes) -> None:
        """Keep `material`; at least 32 bytes, RFC 2104 section 3."""
        if len(material) < 32:
            raise ValueError("a secret needs at least 32 bytes")
        self._material = material
        # Purposes are words of our own code: there are a handful.
        self._keyed: dict[str, hmac.HMAC] = {}

    def derive(self, purpose: str, value: bytes) -> bytes:
        """Give the 32-byte HMAC-SHA-256 of `value`, under a key of its own for each `purpose`."""
        keyed = self._keyed.get(purpose)
        if keyed is None:
            key = hmac.digest(self._material, purpose.encode(), hashlib.sha256)
            keyed = self._keyed[purpose] = hmac.new(key, digestmod=hashlib.sha256)
        derived = keyed.copy()
        derived.update(value)
        return derived.digest()

    def derive_uuid(self, purpose: str, value: UUID) -> UUID:
        """Give an unguessable UUID derived from another: 128 bits of the HMAC."""
        return UUID(bytes=self.derive(purpose, value.bytes)[:16])

    def __repr__(self) -> str:
        return "Secret(…)"

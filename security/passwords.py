"""Password hashing: argon2id with named cost profiles.

Every function here is slow on purpose: never call it on the event loop.
"""

import secrets
from base64 import b64encode
from dataclasses import dataclass, field

from argon2 import PasswordHasher, Type
from argon2.exceptions import InvalidHashError, VerificationError


@dataclass(frozen=True, slots=True)
class Profile:
    """A cost: memory in KiB, passes over it, lanes."""

    memory_kib: int
    passes: int
    lanes: int


OWASP = Profile(memory_kib=19 * 1024, passes=2, lanes=1)
"""The minimum of the OWASP Password Storage Cheat Sheet for argon2id: 19 MiB, t=2, p=1."""

CHEAPEST = Profile(memory_kib=8, passes=1, lanes=1)
"""The smallest cost argon2 accepts (RFC 9106 section 3.1): for tests, where nobody attacks."""


@dataclass(frozen=True, slots=True)
class Hasher:
    """Hashes and verifies passwords at one cost."""

    profile: Profile = OWASP
    _argon2: PasswordHasher = field(init=False, repr=False, compare=False)
    _decoy: str = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        argon2 = PasswordHasher(
            time_cost=self.profile.passes,
            memory_cost=self.profile.memory_kib,
            parallelism=self.profile.lanes,
            type=Type.ID,
        )
        object.__setattr__(self, "_argon2", argon2)
        object.__setattr__(self, "_decoy", _of_nobody(self.profile))

    def hash(self, password: str) -> str:
        """Hash a password with a fresh salt, in PHC string format."""
        return self._argon2.hash(password)

    def verify(self, password: str, *, against: str | None) -> bool:
        """Tell whether the password is the one that was hashed.

        Without a hash to compare with, the same work is done on a decoy and the answer is no:
        the time taken never tells whether an account exists.
        """
        try:
            self._argon2.verify(against or self._decoy, password)
        except (VerificationError, InvalidHashError):
            return False
        return bool(against)

    def is_outdated(self, stored: str) -> bool:
        """Tell whether a hash was made at another cost than today's and should be made anew."""
        return self._argon2.check_needs_rehash(stored)


def _of_nobody(profile: Profile) -> str:
    """Give a hash of this cost that no password is known to have: it was not hashed but drawn."""
    salt, digest = (b64encode(secrets.token_bytes(octets)).decode().rstrip("=") for octets in (16, 32))
    cost = f"m={profile.memory_kib},t={profile.passes},p={profile.lanes}"
    return f"$argon2id$v=19${cost}${salt}${digest}"

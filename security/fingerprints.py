"""The browser binding of a token: a random secret in a cookie, and its SHA-256 in the token.

It is the answer of the OWASP JSON Web Token Cheat Sheet to token sidejacking.
"""

import base64
import hashlib
import hmac
import secrets

UNBOUND = ""
"""The `fph` claim of a token that was delivered in a response body, to a client that keeps no cookies."""


def generate() -> str:
    """Make a new `client_fp`: 256 random bits, base64url."""
    return secrets.token_urlsafe(32)


def digest(client_fp: str) -> str:
    """Give the value of the `fph` claim and of the `fp_hash` cookie: SHA-256, base64url without padding."""
    return base64.urlsafe_b64encode(hashlib.sha256(client_fp.encode()).digest()).rstrip(b"=").decode()


def matches(fph: str, *, client_fp: str | None) -> bool:
    """Tell whether a token with this `fph` may be used by a browser that sent this `client_fp`."""
    if fph == UNBOUND:
        return True
    return client_fp is not None and hmac.compare_digest(fph, digest(client_fp))

"""What a client presents to show who it is, and how it is believed."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field

from security import fingerprints, tokens
from services.errors import FingerprintMismatch, TokenExpired, TokenInvalid


@dataclass(frozen=True, slots=True, kw_only=True)
class Credentials:
    """The tokens of a request and the browser's secret, as they came. The representation shows none."""

    access_token: str | None = field(default=None, repr=False)
    refresh_token: str | None = field(default=None, repr=False)
    client_fp: str | None = field(default=None, repr=False)

    def require_binding(self, claims: tokens.Claims) -> None:
        """Hold a bound token to its browser.

        Raises:
            FingerprintMismatch: the request does not carry the secret that the token was bound to.
        """
        if not fingerprints.matches(claims.fph, client_fp=self.client_fp):
            raise FingerprintMismatch


@contextmanager
def believing() -> Iterator[None]:
    """Say in the words of the services why a token was not believed."""
    try:
        yield
    except tokens.TokenExpired:
        raise TokenExpired from None
    except tokens.TokenRejected:
        raise TokenInvalid from None

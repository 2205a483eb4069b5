"""JSON Web Tokens: what ours look like, and the only place where one is signed or believed.

The rules are those of RFC 7519, 8725 and 9068.
"""

import hmac
from base64 import urlsafe_b64decode
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any, ClassVar, Self, TypeVar
from uuid import UUID

import jwt
import orjson
from jwt.types import Options

from security.keys import KeyRing
from security.token_memory import TokenMemory

CLOCK_SKEW = timedelta(seconds=90)
"""How far in the future `iat` may lie: nodes and stepped clocks differ. `exp` is never stretched."""

_JWS = jwt.PyJWS()
_UNREADABLE = (KeyError, TypeError, ValueError, OverflowError, OSError)

_OPTIONS: Options = {
    "require": ["iss", "aud"],
    # One audience, as we write it: a list that merely holds ours is not what we sign.
    "strict_aud": True,
    # The times are judged here, by the clock that is passed in.
    "verify_exp": False,
    "verify_iat": False,
    "verify_nbf": False,
}


class TokenRejected(Exception):
    """The token was not made by us, or not for this use. The message never quotes it."""


class TokenExpired(TokenRejected):
    """The token is genuine, but its time is over."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Claims:
    """What every token of ours says.

    Whose it is (`sub`), of which session (`sid`), which token (`jti`), when, and for which browser (`fph`).
    """

    typ: ClassVar[str]
    sub: UUID
    sid: UUID
    jti: UUID
    iat: datetime
    exp: datetime
    fph: str

    @classmethod
    def parse(cls, payload: dict[str, Any]) -> Self:
        """Build the claims from a payload whose signature holds.

        Raises:
            KeyError, TypeError, ValueError: a claim is missing or of another type.
        """
        return cls(**cls._fields(payload))

    @classmethod
    def _fields(cls, payload: dict[str, Any]) -> dict[str, Any]:
        return {
            **{name: UUID(_text(payload[name])) for name in ("sub", "sid", "jti")},
            **{name: _instant(payload[name]) for name in ("iat", "exp")},
            "fph": _text(payload["fph"]),
        }

    def payload(self) -> dict[str, Any]:
        """Give the claims in the form in which they are signed."""
        return {
            "sub": str(self.sub),
            "sid": str(self.sid),
            "jti": str(self.jti),
            "iat": int(self.iat.timestamp()),
            "exp": int(self.exp.timestamp()),
            "fph": self.fph,
        }


@dataclass(frozen=True, slots=True, kw_only=True)
class AccessClaims(Claims):
    """The claims of an access token (RFC 9068)."""

    typ: ClassVar[str] = "at+jwt"
    role: str

    @classmethod
    def _fields(cls, payload: dict[str, Any]) -> dict[str, Any]:
        # A dataclass with slots is a new class: super() without arguments would look for the old one.
        return {**super(AccessClaims, cls)._fields(payload), "role": _text(payload["role"])}

    def payload(self) -> dict[str, Any]:
        """Give the claims in the form in which they are signed."""
        return {**super(AccessClaims, self).payload(), "role": self.role}


@dataclass(frozen=True, slots=True, kw_only=True)
class RefreshClaims(Claims):
    """The claims of a refresh token."""

    typ: ClassVar[str] = "rt+jwt"


C = TypeVar("C", bound=Claims)


@dataclass(frozen=True, slots=True)
class TokenFormat:
    """Signs and verifies tokens for one issuer and one audience, with the keys of one ring."""

    issuer: str
    audience: str
    ring: KeyRing = field(repr=False)
    _memory: TokenMemory[AccessClaims] = field(
        default_factory=TokenMemory, init=False, repr=False, compare=False
    )

    def sign(self, claims: Claims, *, kid: str) -> str:
        """Sign with the key of this `kid`, or with the active one when that key is gone.

        Equal claims give equal bytes.
        """
        key = self.ring.find(kid) or self.ring.active
        return _JWS.encode(
            orjson.dumps({"iss": self.issuer, "aud": self.audience, **claims.payload()}),
            key.signing,
            algorithm=key.algorithm,
            headers={"typ": claims.typ, "kid": key.kid},
        )

    def verify_access(self, token: str, *, now: datetime) -> AccessClaims:
        """Believe an access token. Its signature is verified once, and its times whenever it is presented.

        Raises:
            TokenExpired: it is genuine but over.
            TokenRejected: it is anything else than a token that we made for this use.
        """
        claims = self._memory.recall(token, lambda: self._genuine(token, AccessClaims))
        return _current(_begun(claims, now), now)

    def verify_refresh(self, token: str, *, now: datetime) -> RefreshClaims:
        """Believe a refresh token; raises as `verify_access` does."""
        return _current(self.verify_refresh_of_any_age(token, now=now), now)

    def verify_refresh_of_any_age(self, token: str, *, now: datetime) -> RefreshClaims:
        """Believe a refresh token that may be over: only for ending its session.

        Raises:
            TokenRejected: it is not a refresh token that we made.
        """
        return _begun(self._genuine(token, RefreshClaims), now)

    def _genuine(self, token: str, kind: type[C]) -> C:
        return self._made_again(token, kind) or self._verified(token, kind)

    def _made_again(self, token: str, kind: type[C]) -> C | None:
        """Give what a token says if it is, to the byte, what we write for that.

        Both algorithms are deterministic, and to sign by Ed25519 takes a third of the time that it takes to
        verify. What is read here is believed by nobody before the bytes have been compared.
        """
        header, payload, *_ = [*token.split(".", 2), ""]
        try:
            kid = _read(header)["kid"]
            claims = kind.parse(_read(payload))
        except _UNREADABLE:
            return None
        if self.ring.find(kid) is None or not token.isascii():
            return None
        return claims if hmac.compare_digest(self.sign(claims, kid=kid), token) else None

    def _verified(self, token: str, kind: type[C]) -> C:
        try:
            header = jwt.get_unverified_header(token)
            key = self.ring.find(header.get("kid"))
            # The header decides nothing: it has to say what we would have written for the key it names.
            if key is None or header != {"alg": key.algorithm, "kid": key.kid, "typ": kind.typ}:
                raise TokenRejected("the token is not one of ours")
            payload = jwt.decode(
                token,
                key.verifying,
                algorithms=[key.algorithm],
                issuer=self.issuer,
                audience=self.audience,
                options=_OPTIONS,
            )
            claims = kind.parse(payload)
        except (jwt.InvalidTokenError, *_UNREADABLE):
            raise TokenRejected("the token is not one of ours") from None
        if "nbf" in payload:
            raise TokenRejected("the token is not valid yet")
        return claims


def _read(segment: str) -> Any:
    # Padding that is too long does no harm.
    return orjson.loads(urlsafe_b64decode(f"{segment}=="))


def _begun(claims: C, now: datetime) -> C:
    if claims.iat > now + CLOCK_SKEW:
        raise TokenRejected("the token is not valid yet")
    return claims


def _current(claims: C, now: datetime) -> C:
    if now >= claims.exp:
        raise TokenExpired("the token has expired")
    return claims


def _text(value: object) -> str:
    if not isinstance(value, str):
        raise TypeError("a claim has the wrong type")
    return value


def _instant(value: object) -> datetime:
    if type(value) is not int:
        raise TypeError("a claim has the wrong type")
    return datetime.fromtimestamp(value, UTC)

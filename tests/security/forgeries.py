"""Every way to get a token believed that should not be (RFC 8725 section 2), by name.

Each is made from a genuine token, and wrong in one thing.
"""

from collections.abc import Iterator
from datetime import datetime
from typing import Any

from security.keys import Algorithm
from security.tokens import CLOCK_SKEW, AccessClaims, Claims, RefreshClaims
from tests.security.confusion import CONFUSIONS
from tests.security.counterfeits import malformed, signatures
from tests.security.forging import ABSENT, FORGERS_JWK, Forgery, Genuine, encoded

_KIDS: dict[str, Any] = {
    "unknown": "0123456789abcdef",
    "empty": "",
    "missing": ABSENT,
    "null": None,
    "a number": 0,
    "a boolean": True,
    "a list": ["kid"],
    "an object": {"kid": "kid"},
    "a path": "../../../../../../dev/null",
    "an absolute path": "/dev/null",
    "a path with a NUL": "/dev/null\0.pem",
    "SQL that is always true": "' OR '1'='1",
    "SQL that selects a secret": "x' UNION SELECT 'secret' --",
    "a command": "/etc/hostname | id",
    "an address": "https://forger.example/keys.json",
}

_HEADERS: dict[str, dict[str, Any]] = {
    "jku": {"jku": "https://forger.example/jwks.json"},
    "x5u": {"x5u": "https://forger.example/chain.pem"},
    "jwk": {"jwk": FORGERS_JWK},
    "x5c": {"x5c": [encoded(b"certificate")]},
    "x5t": {"x5t": encoded(b"thumbprint")},
    "crit of nothing": {"crit": []},
    "crit of what it has": {"crit": ["kid"]},
    "crit and exp": {"crit": ["exp"], "exp": 0},
    "b64 false": {"b64": False, "crit": ["b64"]},
    "b64 true": {"b64": True},
    "zip": {"zip": "DEF"},
    "cty": {"cty": "JWT"},
    "a header of no meaning": {"x": 1},
    "typ missing": {"typ": ABSENT},
    "typ null": {"typ": None},
    "typ JWT": {"typ": "JWT"},
    "typ in full": {"typ": "application/at+jwt"},
    "typ in upper case": {"typ": "AT+JWT"},
    "typ of an ID token": {"typ": "id+jwt"},
    "typ a list": {"typ": ["at+jwt", "rt+jwt"]},
    "alg missing": {"alg": ABSENT},
    "alg null": {"alg": None},
    "alg a list": {"alg": ["EdDSA", "HS256"]},
    "alg none, signed all the same": {"alg": "none"},
    "alg RS256": {"alg": "RS256"},
    "alg ES256": {"alg": "ES256"},
    "alg HS512": {"alg": "HS512"},
    "alg Ed25519": {"alg": "Ed25519"},
    "alg in lower case": {"alg": "eddsa"},
}

_TEXTS: dict[str, Any] = {
    "null": None,
    "a number": 1,
    "a boolean": True,
    "an object": {},
    "an empty list": [],
}
_INSTANTS: dict[str, Any] = {
    "null": None,
    "text": "1767268800",
    "a float": 1767268800.0,
    "a boolean": True,
    "a list": [1767268800],
    "infinite": float("inf"),
    "not a number": float("nan"),
    "huge": 10**20,
    "of five hundred digits": 10**500,
    "before all time": -(10**20),
}


def refused(kind: type[Claims], algorithm: Algorithm, *, now: datetime) -> dict[str, Forgery]:
    """Give every forgery of a token of this kind, for a server whose key is of this algorithm."""
    pairs = (
        *_headers(),
        *_claims(kind),
        *_times(int(now.timestamp())),
        *signatures(),
        *malformed(),
        *CONFUSIONS[algorithm],
    )
    named = dict(pairs)
    assert len(named) == len(pairs), "two forgeries have the same name"
    return named


def expired(*, now: datetime) -> dict[str, Forgery]:
    """Give tokens that are genuine in everything, but over."""
    second = int(now.timestamp())
    ends = {
        "over this very second": second,
        "over for a second": second - 1,
        "over since 1970": 0,
        "negative": -1,
    }
    return {name: _payload(exp=exp) for name, exp in ends.items()}


def _header(**changes: Any) -> Forgery:
    return lambda genuine: genuine.forge(header=changes)


def _payload(**changes: Any) -> Forgery:
    return lambda genuine: genuine.forge(payload=changes)


def _headers() -> Iterator[tuple[str, Forgery]]:
    for name, kid in _KIDS.items():
        yield f"kid {name}", _header(kid=kid)
    yield "kid in upper case", lambda genuine: genuine.forge(header={"kid": genuine.key.kid.upper() + " "})
    yield "kid in a list", lambda genuine: genuine.forge(header={"kid": [genuine.key.kid]})
    for name, changes in _HEADERS.items():
        yield name, _header(**changes)
    for typ in (AccessClaims.typ, RefreshClaims.typ):
        # One of the two is the token's own, and has to be changed to be wrong.
        yield f"typ {typ} with a space", _header(typ=f"{typ} ")


def _claims(kind: type[Claims]) -> Iterator[tuple[str, Forgery]]:
    identifiers, instants = ("sub", "sid", "jti"), ("iat", "exp")
    texts = ("iss", "aud", *identifiers, "fph", *(["role"] if kind is AccessClaims else []))
    for claim in (*texts, *instants):
        yield f"{claim} missing", _payload(**{claim: ABSENT})
    for claim in texts:
        for name, value in _TEXTS.items():
            yield f"{claim} {name}", _payload(**{claim: value})
        yield f"{claim} in a list", _in_a_list(claim)
    for claim in instants:
        for name, value in _INSTANTS.items():
            yield f"{claim} {name}", _payload(**{claim: value})
    for claim in identifiers:
        for name, value in {"empty": "", "not a UUID": "me", "SQL": "' OR '1'='1", "short": "0" * 31}.items():
            yield f"{claim} {name}", _payload(**{claim: value})
    yield "iss of another", _payload(iss="https://forger.example")
    yield "iss empty", _payload(iss="")
    yield "aud of another", _payload(aud="https://forger.example/graphql")
    yield "aud empty", _payload(aud="")
    for claim in ("iss", "aud"):
        yield f"{claim} with a slash", _suffixed(claim, "/")
    yield "iss and aud exchanged", _exchanged
    yield "aud of ours and another", _with_another_audience


def _in_a_list(claim: str) -> Forgery:
    return lambda genuine: genuine.forge(payload={claim: [genuine.payload[claim]]})


def _suffixed(claim: str, suffix: str) -> Forgery:
    return lambda genuine: genuine.forge(payload={claim: genuine.payload[claim] + suffix})


def _exchanged(genuine: Genuine) -> str:
    return genuine.forge(payload={"iss": genuine.payload["aud"], "aud": genuine.payload["iss"]})


def _with_another_audience(genuine: Genuine) -> str:
    return genuine.forge(payload={"aud": ["https://forger.example", genuine.payload["aud"]]})


def _times(now: int) -> Iterator[tuple[str, Forgery]]:
    skew = int(CLOCK_SKEW.total_seconds())
    yield "issued beyond the skew", _payload(iat=now + skew + 1)
    yield "issued tomorrow", _payload(iat=now + 86400, exp=now + 2 * 86400)
    yield "not before tomorrow", _payload(nbf=now + 86400)
    yield "not before a time that has come", _payload(nbf=now - 1)
    yield "not before, without a value", _payload(nbf=None)
    yield "over, and of another issuer", _payload(exp=now - 1, iss="https://forger.example")
    yield "over, and of an unknown key", lambda it: it.forge(header={"kid": "0"}, payload={"exp": now - 1})

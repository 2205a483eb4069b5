"""What our tokens look like, to the byte, and for how long they are good."""

import base64
import json
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

import pytest

from security import keys
from security.keys import Algorithm, KeyRing
from security.tokens import CLOCK_SKEW, AccessClaims, RefreshClaims, TokenExpired, TokenFormat, TokenRejected
from tests.security.forging import Genuine
from tests.support.clock import START

SUB, SID, JTI = UUID(int=1), UUID(int=2), UUID(int=3)
END = START + timedelta(minutes=15)
MOMENT = timedelta(microseconds=1)


def a_format(*algorithms: Algorithm) -> TokenFormat:
    """Give the format of a server with fresh keys of these algorithms."""
    ring = KeyRing(tuple(keys.generate(algorithm) for algorithm in algorithms or (Algorithm.EDDSA,)))
    return TokenFormat("https://id.example", "https://id.example/graphql", ring)


def access(**changes: Any) -> AccessClaims:
    """Give the claims of an access token."""
    claims = {"sub": SUB, "sid": SID, "jti": JTI, "iat": START, "exp": END, "role": "USER", "fph": "print"}
    return AccessClaims(**{**claims, **changes})


def refresh(**changes: Any) -> RefreshClaims:
    """Give the claims of a refresh token."""
    claims = {"sub": SUB, "sid": SID, "jti": JTI, "iat": START, "exp": END, "fph": "print"}
    return RefreshClaims(**{**claims, **changes})


def parts(token: str) -> list[Any]:
    """Decode header and payload."""
    return [json.loads(base64.urlsafe_b64decode(part + "==")) for part in token.split(".")[:2]]


@pytest.mark.parametrize("algorithm", Algorithm)
def test_an_access_token_says_exactly_this(algorithm: Algorithm) -> None:
    """Headers and claims are those of the contract, and no others."""
    tokens = a_format(algorithm)
    kid = tokens.ring.active.kid

    assert parts(tokens.sign(access(), kid=kid)) == [
        {"typ": "at+jwt", "kid": kid, "alg": algorithm.value},
        {
            "iss": "https://id.example",
            "aud": "https://id.example/graphql",
            "sub": "00000000-0000-0000-0000-000000000001",
            "sid": "00000000-0000-0000-0000-000000000002",
            "jti": "00000000-0000-0000-0000-000000000003",
            "iat": 1767268800,
            "exp": 1767269700,
            "role": "USER",
            "fph": "print",
        },
    ]


@pytest.mark.parametrize("algorithm", Algorithm)
def test_a_refresh_token_says_exactly_this(algorithm: Algorithm) -> None:
    """Headers and claims are those of the contract, and no others: a role is not among them."""
    tokens = a_format(algorithm)
    kid = tokens.ring.active.kid

    assert parts(tokens.sign(refresh(fph=""), kid=kid)) == [
        {"typ": "rt+jwt", "kid": kid, "alg": algorithm.value},
        {
            "iss": "https://id.example",
            "aud": "https://id.example/graphql",
            "sub": "00000000-0000-0000-0000-000000000001",
            "sid": "00000000-0000-0000-0000-000000000002",
            "jti": "00000000-0000-0000-0000-000000000003",
            "iat": 1767268800,
            "exp": 1767269700,
            "fph": "",
        },
    ]


@pytest.mark.parametrize("algorithm", Algorithm)
def test_what_was_signed_is_what_is_believed(algorithm: Algorithm) -> None:
    """Claims come back equal, instants aware and in UTC."""
    tokens = a_format(algorithm)
    kid = tokens.ring.active.kid

    assert tokens.verify_access(tokens.sign(access(), kid=kid), now=START) == access()
    found = tokens.verify_refresh(tokens.sign(refresh(), kid=kid), now=START)
    assert found == refresh()
    assert (found.iat.tzinfo, found.exp.tzinfo) == (UTC, UTC)


@pytest.mark.parametrize("algorithm", Algorithm)
def test_equal_claims_give_equal_bytes(algorithm: Algorithm) -> None:
    """A replay inside the leeway, or on another node with the same key file, gets the same token."""
    tokens = a_format(algorithm)
    elsewhere = TokenFormat(tokens.issuer, tokens.audience, keys.parse(keys.dump(tokens.ring)))
    kid = tokens.ring.active.kid

    assert tokens.sign(refresh(), kid=kid) == elsewhere.sign(refresh(), kid=kid)
    assert tokens.sign(access(), kid=kid) == elsewhere.sign(access(), kid=kid)
    assert tokens.sign(refresh(), kid=kid) != tokens.sign(refresh(jti=UUID(int=4)), kid=kid)


@pytest.mark.parametrize("algorithm", Algorithm)
def test_a_token_that_is_written_otherwise_is_good(algorithm: Algorithm) -> None:
    """Another release may write blanks, or claims in another order: the signature says whose it is."""
    tokens = a_format(algorithm)
    key = tokens.ring.active
    signed = {type(claims): tokens.sign(claims, kid=key.kid) for claims in (access(), refresh())}
    otherwise = {kind: Genuine(token=token, other="", key=key).forge() for kind, token in signed.items()}

    assert otherwise != signed
    assert tokens.verify_access(otherwise[AccessClaims], now=START) == access()
    assert tokens.verify_refresh(otherwise[RefreshClaims], now=START) == refresh()


def test_the_key_that_is_named_signs() -> None:
    """A token of an older key is made again with that key, not with today's."""
    tokens = a_format(Algorithm.EDDSA, Algorithm.EDDSA, Algorithm.HS256)
    _, older, oldest = tokens.ring

    assert parts(tokens.sign(refresh(), kid=older.kid))[0]["kid"] == older.kid
    signed = tokens.sign(refresh(), kid=oldest.kid)
    assert parts(signed)[0] == {"typ": "rt+jwt", "kid": oldest.kid, "alg": "HS256"}
    assert tokens.verify_refresh(signed, now=START) == refresh()


def test_the_active_key_signs_when_the_one_that_is_named_is_gone() -> None:
    """A key that was withdrawn makes nothing any more."""
    tokens = a_format(Algorithm.EDDSA, Algorithm.EDDSA)

    assert parts(tokens.sign(refresh(), kid="0123456789abcdef"))[0]["kid"] == tokens.ring.active.kid


def test_a_token_of_a_key_that_left_the_ring_is_refused() -> None:
    """Taking a key out of the file refuses everything that it signed."""
    tokens = a_format(Algorithm.EDDSA, Algorithm.EDDSA)
    signed = tokens.sign(access(), kid=tokens.ring.active.kid)
    without = TokenFormat(tokens.issuer, tokens.audience, KeyRing(tokens.ring.keys[1:]))

    with pytest.raises(TokenRejected, match=r"^the token is not one of ours$"):
        without.verify_access(signed, now=START)


@pytest.mark.parametrize("now", [END - MOMENT, END, END + MOMENT], ids=["before", "at", "after"])
def test_a_token_is_over_at_its_expiry(now: datetime) -> None:
    """`exp` is the first instant at which it is refused (RFC 7519 section 4.1.4), without any leeway."""
    tokens = a_format()
    signed = [tokens.sign(claims, kid=tokens.ring.active.kid) for claims in (access(), refresh())]
    if now < END:
        assert tokens.verify_access(signed[0], now=now) == access()
        assert tokens.verify_refresh(signed[1], now=now) == refresh()
        return

    with pytest.raises(TokenExpired, match=r"^the token has expired$"):
        tokens.verify_access(signed[0], now=now)
    with pytest.raises(TokenExpired, match=r"^the token has expired$"):
        tokens.verify_refresh(signed[1], now=now)


def test_an_expired_refresh_token_is_still_good_for_a_sign_out() -> None:
    """Whoever comes back after a year to sign out is believed; an access token of that age is not."""
    tokens = a_format()
    later = END + timedelta(days=365)
    kid = tokens.ring.active.kid

    assert tokens.verify_refresh_of_any_age(tokens.sign(refresh(), kid=kid), now=later) == refresh()
    with pytest.raises(TokenRejected, match=r"^the token is not one of ours$"):
        tokens.verify_refresh_of_any_age(tokens.sign(access(), kid=kid), now=later)


def test_clocks_may_differ_by_ninety_seconds() -> None:
    """A token that another node has issued a little in the future is good; further on it is not valid yet."""
    tokens = a_format()
    signed = tokens.sign(access(), kid=tokens.ring.active.kid)
    assert timedelta(seconds=90) == CLOCK_SKEW

    assert tokens.verify_access(signed, now=START - CLOCK_SKEW) == access()
    with pytest.raises(TokenRejected, match=r"^the token is not valid yet$"):
        tokens.verify_access(signed, now=START - CLOCK_SKEW - MOMENT)


def test_a_format_shows_no_key() -> None:
    """What a log line or traceback would print of a format holds no key material."""
    tokens = a_format(Algorithm.HS256)
    (key,) = tokens.ring
    assert isinstance(key.signing, bytes)

    assert repr(tokens) == ("TokenFormat(issuer='https://id.example', audience='https://id.example/graphql')")
    assert repr(key.signing) not in repr(tokens.ring)
    assert key.signing.hex() not in repr(tokens.ring)

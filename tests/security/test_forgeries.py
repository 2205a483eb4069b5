"""What is not a token of ours is refused, for the very thing that is wrong with it."""

from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest

from security import keys
from security.keys import Algorithm, Key, KeyRing
from security.tokens import AccessClaims, Claims, RefreshClaims, TokenFormat, TokenRejected
from tests.security import forgeries
from tests.security.forging import Genuine
from tests.support.clock import START

KEYS = {algorithm: keys.generate(algorithm) for algorithm in Algorithm}
KINDS: tuple[type[Claims], ...] = (AccessClaims, RefreshClaims)
EVERY_TOKEN = pytest.mark.parametrize(
    ("algorithm", "kind"),
    [(algorithm, kind) for algorithm in Algorithm for kind in KINDS],
    ids=lambda value: getattr(value, "typ", value),
)


def token_format(key: Key) -> TokenFormat:
    """Give the format of a server with this key, and with an older one of the other algorithm."""
    older = KEYS[Algorithm.HS256 if key.algorithm is Algorithm.EDDSA else Algorithm.EDDSA]
    return TokenFormat("https://id.example", "https://id.example/graphql", KeyRing((key, older)))


def genuine(key: Key, kind: type[Claims]) -> Genuine:
    """Sign one token of each kind, and give the one of this kind as the genuine one."""
    common: dict[str, Any] = {
        "sub": UUID(int=1),
        "sid": UUID(int=2),
        "jti": UUID(int=3),
        "iat": START,
        "exp": START + timedelta(minutes=15),
        "fph": "a fingerprint",
    }
    sign = token_format(key).sign
    access = sign(AccessClaims(**common, role="USER"), kid=key.kid)
    refresh = sign(RefreshClaims(**common), kid=key.kid)
    token, other = (access, refresh) if kind is AccessClaims else (refresh, access)
    return Genuine(token=token, other=other, key=key)


def verdict(key: Key, kind: type[Claims], token: str) -> str:
    """Say whether a token is believed, and if not, in which words it was refused."""
    try:
        verify(key, kind, token)
    except TokenRejected as refusal:
        return f"{type(refusal).__name__}: {refusal}"
    return "believed"


def verify(key: Key, kind: type[Claims], token: str) -> Claims:
    """Verify a token as one of this kind."""
    tokens = token_format(key)
    if kind is AccessClaims:
        return tokens.verify_access(token, now=START)
    return tokens.verify_refresh(token, now=START)


@EVERY_TOKEN
def test_a_token_put_together_by_hand_is_believed(algorithm: Algorithm, kind: type[Claims]) -> None:
    """The forger's tools change nothing on their own: what a forgery is refused for is its one change."""
    key = KEYS[algorithm]
    made = genuine(key, kind)

    assert verify(key, kind, made.forge()) == verify(key, kind, made.token)


@EVERY_TOKEN
def test_every_forgery_is_rejected(algorithm: Algorithm, kind: type[Claims]) -> None:
    """Nothing but what we would have written ourselves is believed, and what was refused is not quoted."""
    key = KEYS[algorithm]
    made = genuine(key, kind)
    forged = {name: forge(made) for name, forge in forgeries.refused(kind, algorithm, now=START).items()}
    assert len(forged) > 150
    assert made.token not in forged.values()

    not_ours = dict.fromkeys(forged, "TokenRejected: the token is not one of ours")
    too_early = dict.fromkeys(
        (
            "issued beyond the skew",
            "issued tomorrow",
            "not before tomorrow",
            "not before a time that has come",
            "not before, without a value",
        ),
        "TokenRejected: the token is not valid yet",
    )
    assert {name: verdict(key, kind, token) for name, token in forged.items()} == {**not_ours, **too_early}


@pytest.mark.parametrize("algorithm", Algorithm)
def test_no_forgery_ends_a_session(algorithm: Algorithm) -> None:
    """The way in for a sign-out forgives age, and nothing else."""
    key = KEYS[algorithm]
    made = genuine(key, RefreshClaims)
    for forge in forgeries.refused(RefreshClaims, algorithm, now=START).values():
        with pytest.raises(TokenRejected):
            token_format(key).verify_refresh_of_any_age(forge(made), now=START)


@EVERY_TOKEN
def test_a_token_that_is_over_is_expired(algorithm: Algorithm, kind: type[Claims]) -> None:
    """Being genuine but over has a name of its own, so that a client knows to refresh."""
    key = KEYS[algorithm]
    made = genuine(key, kind)
    over = {name: forge(made) for name, forge in forgeries.expired(now=START).items()}

    assert {name: verdict(key, kind, token) for name, token in over.items()} == dict.fromkeys(
        over, "TokenExpired: the token has expired"
    )


@pytest.mark.parametrize(
    "token", ["", " ", ".", "...", "\0", "ü.ü.ü", "\ud800.\ud800.\ud800", '{"payload": ""}']
)
def test_any_text_is_rejected(token: str) -> None:
    """Text that is no token at all is refused as calmly as a good forgery."""
    tokens = token_format(KEYS[Algorithm.EDDSA])

    with pytest.raises(TokenRejected, match=r"^the token is not one of ours$"):
        tokens.verify_access(token, now=START)
    with pytest.raises(TokenRejected, match=r"^the token is not one of ours$"):
        tokens.verify_refresh(token, now=START)


def test_a_forged_algorithm_does_not_borrow_another_key_of_the_ring() -> None:
    """With keys of both algorithms in the ring, a token is held to the algorithm of the key that it names."""
    eddsa, hs256 = KEYS[Algorithm.EDDSA], KEYS[Algorithm.HS256]
    made, borrowed = genuine(eddsa, AccessClaims), genuine(hs256, AccessClaims)
    for forged in (
        made.forge(header={"alg": "HS256"}, by=borrowed.sign),
        made.forge(by=borrowed.sign),
        borrowed.forge(header={"alg": "EdDSA"}, by=made.sign),
        borrowed.forge(by=made.sign),
    ):
        with pytest.raises(TokenRejected, match=r"^the token is not one of ours$"):
            verify(eddsa, AccessClaims, forged)

    assert verify(eddsa, AccessClaims, borrowed.token).sub == UUID(int=1)

"""The binding of a token to a browser."""

import base64
import hashlib

import pytest

from security import fingerprints
from security.fingerprints import UNBOUND


def test_a_fingerprint_has_256_random_bits() -> None:
    """It is base64url of 32 bytes, and never the same twice."""
    made = {fingerprints.generate() for _ in range(100)}

    assert len(made) == 100
    assert {len(base64.urlsafe_b64decode(client_fp + "=")) for client_fp in made} == {32}
    assert {len(client_fp) for client_fp in made} == {43}


def test_the_digest_is_sha256_of_the_cookie() -> None:
    """The claim and the cookie `fp_hash` are SHA-256 of the text of `client_fp`, base64url, unpadded."""
    digest = fingerprints.digest("client_fp")

    assert digest == "00yMUVzyQrIl10ujDfKwq_8Y1qLH7PEEUs00aUZAGsk"
    assert base64.urlsafe_b64decode(digest + "=") == hashlib.sha256(b"client_fp").digest()
    assert "=" not in digest


def test_the_digest_cannot_be_presented_as_the_secret() -> None:
    """Whoever reads the token, or the cookie `fp_hash`, cannot make the cookie that it asks for."""
    client_fp = fingerprints.generate()
    fph = fingerprints.digest(client_fp)

    assert fingerprints.matches(fph, client_fp=client_fp) is True
    assert fingerprints.matches(fph, client_fp=fph) is False


@pytest.mark.parametrize("client_fp", [None, "", " ", "another", "ünïcode", "\0"])
def test_another_browser_does_not_match(client_fp: str | None) -> None:
    """A bound token is refused without the very secret it is bound to."""
    fph = fingerprints.digest(fingerprints.generate())

    assert fingerprints.matches(fph, client_fp=client_fp) is False


@pytest.mark.parametrize("client_fp", [None, "", "whatever the browser sends"])
def test_an_unbound_token_matches_everywhere(client_fp: str | None) -> None:
    """A token that was delivered in a body asks for no cookie."""
    assert fingerprints.matches(UNBOUND, client_fp=client_fp) is True


def test_no_digest_says_unbound() -> None:
    """A bound token is never taken for an unbound one, not even that of an empty secret."""
    assert UNBOUND == ""
    assert fingerprints.digest("") == "47DEQpj8HBSa-_TImW-5JCeuQeRkm5NMpJWZG3hSuFU"

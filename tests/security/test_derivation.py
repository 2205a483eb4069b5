"""Values that only the holder of the server's secret can compute."""

import hashlib
import hmac
from uuid import UUID

import pytest

from security.derivation import Secret

MATERIAL = bytes(range(32))
PARENT = UUID("11111111-2222-4333-8444-555555555555")


def test_a_derived_value_is_the_hmac_under_a_key_of_its_purpose() -> None:
    """The construction is fixed: a server of another version, or a second node, computes the same."""
    key = hmac.digest(MATERIAL, b"refresh token successor", "sha256")
    expected = hmac.digest(key, PARENT.bytes, hashlib.sha256)

    assert Secret(MATERIAL).derive("refresh token successor", PARENT.bytes) == expected
    assert Secret(MATERIAL).derive_uuid("refresh token successor", PARENT) == UUID(bytes=expected[:16])


def test_the_same_is_derived_every_time() -> None:
    """Two secrets of the same material are one: a restart changes nothing."""
    assert Secret(MATERIAL).derive_uuid("a", PARENT) == Secret(MATERIAL).derive_uuid("a", PARENT)


def test_everything_that_goes_in_counts() -> None:
    """Another secret, purpose or value gives another result, wherever purpose and value are cut."""
    secret = Secret(MATERIAL)
    derived = {
        secret.derive("a", b"bc"),
        secret.derive("ab", b"c"),
        secret.derive("a", b"bd"),
        secret.derive("", b"abc"),
        secret.derive("abc", b""),
        Secret(MATERIAL + b"\1").derive("a", b"bc"),
        Secret(bytes(32)).derive("a", b"bc"),
    }

    assert len(derived) == 7
    assert {len(value) for value in derived} == {32}


def test_a_chain_of_successors_does_not_repeat() -> None:
    """A thousand rotations of one session have a thousand names."""
    secret, jti, seen = Secret(MATERIAL), PARENT, {PARENT}
    for _ in range(1000):
        jti = secret.derive_uuid("refresh token successor", jti)
        seen.add(jti)

    assert len(seen) == 1001


@pytest.mark.parametrize("octets", [0, 1, 31])
def test_a_short_secret_is_refused(octets: int) -> None:
    """Fewer than 32 bytes are fewer than the hash is strong."""
    with pytest.raises(ValueError, match=r"^a secret needs at least 32 bytes$"):
        Secret(b"x" * octets)


def test_a_secret_shows_nothing_of_itself() -> None:
    """Neither its representation, nor its text, nor a container of it holds the material."""
    secret = Secret(b"visible-visible-visible-visible!")

    assert repr(secret) == str(secret) == f"{secret}" == "Secret(…)"
    assert repr([secret]) == "[Secret(…)]"
    assert not hasattr(secret, "__dict__")

"""The ring of signing keys and the file that it is kept in."""

import json

import pytest
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import (
    BestAvailableEncryption,
    Encoding,
    KeySerializationEncryption,
    NoEncryption,
    PrivateFormat,
)

from security import keys
from security.keys import Algorithm, KeyRing, KeysUnreadable

SECRET = "5e" * 32


def pem(
    key: rsa.RSAPrivateKey | ec.EllipticCurvePrivateKey | Ed25519PrivateKey,
    encryption: KeySerializationEncryption | None = None,
) -> str:
    """Write a private key as text."""
    return key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, encryption or NoEncryption()).decode()


def entry(algorithm: object, material: object) -> str:
    """Write a key file of one entry."""
    return json.dumps({"keys": [{"alg": algorithm, "key": material}]})


BAD_FILES = {
    "empty": "",
    "not JSON": f"secret {SECRET}",
    "cut off": entry("HS256", SECRET)[:-10],
    "a list": json.dumps([SECRET]),
    "text": json.dumps(SECRET),
    "null": "null",
    "without keys": json.dumps({"key": SECRET}),
    "keys null": json.dumps({"keys": None}),
    "keys text": json.dumps({"keys": SECRET}),
    "an entry of text": json.dumps({"keys": [SECRET]}),
    "an entry without alg": json.dumps({"keys": [{"key": SECRET}]}),
    "an entry without key": json.dumps({"keys": [{"alg": "HS256"}]}),
    "alg none": entry("none", SECRET),
    "alg RS256": entry("RS256", SECRET),
    "alg in lower case": entry("hs256", SECRET),
    "alg null": entry(None, SECRET),
    "alg a list": entry(["HS256"], SECRET),
    "HS256 not hexadecimal": entry("HS256", "a secret that is not hexadecimal " + SECRET),
    "HS256 a number": entry("HS256", 12345),
    "HS256 null": entry("HS256", None),
    "EdDSA not PEM": entry("EdDSA", SECRET),
    "EdDSA null": entry("EdDSA", None),
    "EdDSA cut off": entry("EdDSA", pem(Ed25519PrivateKey.generate())[:60]),
    "EdDSA with a passphrase": entry(
        "EdDSA", pem(Ed25519PrivateKey.generate(), BestAvailableEncryption(SECRET.encode()))
    ),
    # An object identifier of nobody's: the library has an exception of its own for it, no ValueError.
    "EdDSA of an unknown kind": entry(
        "EdDSA",
        "-----BEGIN PRIVATE KEY-----\n"
        "MC4CAQAwBQYDK2V/BCIEIAABAgMEBQYHCAkKCwwNDg8QERITFBUWFxgZGhscHR4f\n"
        "-----END PRIVATE KEY-----\n",
    ),
}


@pytest.mark.parametrize("algorithm", Algorithm)
def test_a_key_says_which_it_is_and_nothing_else(algorithm: Algorithm) -> None:
    """A kid is sixteen hexadecimal digits, different for every key, and the material is never shown."""
    key, another = keys.generate(algorithm), keys.generate(algorithm)

    assert key.algorithm is algorithm
    assert len(key.kid) == 16
    assert set(key.kid) <= set("0123456789abcdef")
    assert key.kid != another.kid
    assert repr(key) == f"Key(kid='{key.kid}', algorithm={algorithm!r})"


def test_a_secret_key_has_256_bits_and_its_kid_gives_none_away() -> None:
    """RFC 7518 section 3.2 asks for a key as long as the hash; the kid goes out with every token."""
    key = keys.generate(Algorithm.HS256)
    assert isinstance(key.signing, bytes)

    assert len(key.signing) == 32
    assert key.verifying == key.signing
    assert key.kid not in key.signing.hex()


def test_a_ring_survives_its_file() -> None:
    """What is written is read again: the same keys, in the same order, and the same text once more."""
    ring = KeyRing(tuple(keys.generate(algorithm) for algorithm in (*Algorithm, *Algorithm)))
    text = keys.dump(ring)
    again = keys.parse(text)

    assert [(key.kid, key.algorithm) for key in again] == [(key.kid, key.algorithm) for key in ring]
    assert again.active.kid == ring.active.kid == ring.keys[0].kid
    assert keys.dump(again) == text


def test_a_file_holds_algorithm_and_material_only() -> None:
    """The kid is not written but derived: nobody can give a key the name of another."""
    material = Ed25519PrivateKey.generate()
    ring = keys.parse(
        json.dumps({"keys": [{"alg": "EdDSA", "key": pem(material)}, {"alg": "HS256", "key": SECRET}]})
    )

    assert json.loads(keys.dump(ring)) == {
        "keys": [{"alg": "EdDSA", "key": pem(material)}, {"alg": "HS256", "key": SECRET}]
    }
    assert ring.keys[1].signing == bytes.fromhex(SECRET)


@pytest.mark.parametrize("text", BAD_FILES.values(), ids=BAD_FILES)
def test_a_bad_file_is_refused_and_never_quoted(text: str) -> None:
    """The message is all that an operator sees, and logs keep it: it holds nothing of the file."""
    with pytest.raises(KeysUnreadable) as refusal:
        keys.parse(text)

    assert str(refusal.value) == "the text is not a file of signing keys"
    assert refusal.value.__suppress_context__


@pytest.mark.parametrize(
    "key",
    [rsa.generate_private_key(65537, 2048), ec.generate_private_key(ec.SECP256R1())],
    ids=["RSA", "P-256"],
)
def test_an_eddsa_key_is_ed25519(key: rsa.RSAPrivateKey | ec.EllipticCurvePrivateKey) -> None:
    """One algorithm to a key: any other private key is refused."""
    with pytest.raises(KeysUnreadable, match=r"^an EdDSA key has to be an Ed25519 key$"):
        keys.parse(entry("EdDSA", pem(key)))


@pytest.mark.parametrize("octets", [0, 1, 31])
def test_a_short_hs256_key_is_refused(octets: int) -> None:
    """A secret shorter than 32 bytes can be searched for, given one token."""
    with pytest.raises(KeysUnreadable, match=r"^an HS256 key needs at least 32 bytes$"):
        keys.parse(entry("HS256", "5e" * octets))


def test_a_ring_has_a_key() -> None:
    """Without a key nothing could be signed, and no token verified."""
    with pytest.raises(KeysUnreadable, match=r"^there is no key in the ring$"):
        keys.parse('{"keys": []}')
    with pytest.raises(KeysUnreadable, match=r"^there is no key in the ring$"):
        KeyRing(())


@pytest.mark.parametrize("algorithm", Algorithm)
def test_no_two_keys_have_the_same_kid(algorithm: Algorithm) -> None:
    """A kid names one key, or it could choose between two."""
    key = keys.generate(algorithm)

    with pytest.raises(KeysUnreadable, match=r"^two keys have the same kid$"):
        KeyRing((key, keys.generate(algorithm), key))


def test_a_kid_is_compared_as_it_is() -> None:
    """Nothing but the very text of a kid finds its key."""
    key = keys.generate(Algorithm.EDDSA)
    ring = KeyRing((keys.generate(Algorithm.EDDSA), key))

    assert ring.find(key.kid) is key
    for other in (key.kid[:-1], key.kid + " ", key.kid.encode(), [key.kid], {"kid": key.kid}, None, 0, True):
        assert ring.find(other) is None

"""Password hashing: what it costs, and that nothing is cheaper for an account that does not exist."""

from typing import Literal

import argon2
import pytest
from argon2 import PasswordHasher, Type, extract_parameters

from security.passwords import CHEAPEST, OWASP, Hasher, Profile

DEARER = Profile(memory_kib=16, passes=2, lanes=2)


def test_the_default_costs_what_owasp_asks_for() -> None:
    """A hash of the default profile is argon2id, version 1.3, of 19 MiB, two passes and one lane."""
    stored = Hasher().hash("correct horse")
    parameters = extract_parameters(stored)

    assert Hasher().profile is OWASP
    assert stored.startswith("$argon2id$v=19$m=19456,t=2,p=1$")
    assert (parameters.type, parameters.version) == (Type.ID, 19)
    assert (parameters.memory_cost, parameters.time_cost, parameters.parallelism) == (19 * 1024, 2, 1)
    assert (parameters.salt_len, parameters.hash_len) == (16, 32)


def test_the_profile_of_the_tests_is_the_least_that_argon2_does() -> None:
    """The cheap profile is argon2id as well, so that what the tests see is what production does."""
    assert Hasher(CHEAPEST).hash("x").startswith("$argon2id$v=19$m=8,t=1,p=1$")


def test_a_password_is_verified() -> None:
    """The right password, any Unicode of it, and no other."""
    hasher = Hasher(CHEAPEST)
    password = "pässwörd 🔑 \N{COMBINING ACUTE ACCENT}\0 tail"
    stored = hasher.hash(password)

    assert hasher.verify(password, against=stored) is True
    for wrong in ("", password[:-1], password + " ", password.upper(), password.partition("\0")[0]):
        assert hasher.verify(wrong, against=stored) is False


def test_no_character_of_a_long_password_is_dropped() -> None:
    """Two passwords of 128 characters that differ in the last one are two passwords."""
    hasher = Hasher(CHEAPEST)
    stored = hasher.hash("é" * 127 + "a")

    assert hasher.verify("é" * 127 + "a", against=stored) is True
    assert hasher.verify("é" * 127 + "b", against=stored) is False


def test_each_hash_has_a_salt_of_its_own() -> None:
    """Equal passwords are not seen to be equal in the database."""
    hasher = Hasher(CHEAPEST)

    assert hasher.hash("the same") != hasher.hash("the same")


class Recorder(PasswordHasher):
    """Notes against what it verifies, and then does it."""

    seen: list[str]

    def verify(self, hash: str | bytes, password: str | bytes) -> Literal[True]:
        """Note the hash, and verify."""
        self.seen.append(str(hash))
        return super().verify(hash, password)


@pytest.mark.parametrize("profile", [CHEAPEST, DEARER, OWASP], ids=["cheapest", "dearer", "owasp"])
def test_without_a_hash_the_same_work_is_done(profile: Profile, monkeypatch: pytest.MonkeyPatch) -> None:
    """The decoy has type, cost, salt and hash length of a real hash: one full run, and the answer is no."""
    monkeypatch.setattr("security.passwords.PasswordHasher", Recorder)
    monkeypatch.setattr(Recorder, "seen", [], raising=False)
    hasher = Hasher(profile)

    stored = hasher.hash("correct horse")
    assert hasher.verify("correct horse", against=None) is False
    (decoy,) = Recorder.seen
    assert extract_parameters(decoy) == extract_parameters(stored)
    assert decoy != stored


@pytest.mark.parametrize("stored", [None, ""], ids=["none", "empty"])
def test_no_password_matches_where_there_is_no_hash(stored: str | None) -> None:
    """Not even the password of the decoy, if it had one that is known, opens an account that has no hash."""
    hasher = Hasher(CHEAPEST)
    object.__setattr__(hasher, "_decoy", hasher.hash("of the decoy"))

    assert hasher.verify("of the decoy", against=hasher._decoy) is True
    assert hasher.verify("of the decoy", against=stored) is False
    assert hasher.verify("", against=stored) is False


def test_a_decoy_is_of_one_server_alone() -> None:
    """Nobody can look for a password of it beforehand."""
    assert Hasher(CHEAPEST)._decoy != Hasher(CHEAPEST)._decoy


@pytest.mark.parametrize(
    "stored", ["plain text", "$argon2id$", "$2b$12$" + "a" * 53, "$argon2id$v=19$m=8,t=1,p=1$c2E$"]
)
def test_what_is_not_an_argon2_hash_matches_nothing(stored: str) -> None:
    """A damaged row refuses its user and breaks nothing."""
    hasher = Hasher(CHEAPEST)

    assert hasher.verify(stored, against=stored) is False
    assert hasher.verify("", against=stored) is False


@pytest.mark.parametrize(
    "made_at",
    [
        Profile(memory_kib=16, passes=1, lanes=1),
        Profile(memory_kib=8, passes=2, lanes=1),
        Profile(memory_kib=16, passes=1, lanes=2),
        OWASP,
    ],
    ids=["memory", "passes", "lanes", "all"],
)
def test_a_hash_of_another_cost_is_outdated(made_at: Profile) -> None:
    """A hash made at any other cost verifies, and is to be made anew."""
    stored = Hasher(made_at).hash("correct horse")
    today = Hasher(CHEAPEST)

    assert today.verify("correct horse", against=stored) is True
    assert today.is_outdated(stored) is True
    assert today.is_outdated(today.hash("correct horse")) is False
    assert Hasher(made_at).is_outdated(stored) is False


def test_a_hash_of_another_variant_is_outdated() -> None:
    """argon2i and argon2d are not what we use, at whatever cost."""
    for variant in (Type.I, Type.D):
        other = argon2.PasswordHasher(time_cost=1, memory_cost=8, parallelism=1, type=variant)
        assert Hasher(CHEAPEST).is_outdated(other.hash("correct horse")) is True


def test_a_hasher_shows_its_cost_only() -> None:
    """The decoy is not printed: it would tell which hash is nobody's."""
    assert repr(Hasher(CHEAPEST)) == "Hasher(profile=Profile(memory_kib=8, passes=1, lanes=1))"
    assert Hasher(CHEAPEST) == Hasher(CHEAPEST)

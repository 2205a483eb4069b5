"""What is remembered of tokens: never more than that a signature held."""

from datetime import timedelta

import pytest

from security import keys, token_memory
from security.keys import Algorithm, KeyRing
from security.token_memory import TokenMemory
from security.tokens import CLOCK_SKEW, TokenExpired, TokenRejected
from tests.security.test_tokens import END, MOMENT, a_format, access, refresh
from tests.support.clock import START


class Verifier:
    """Verifies by saying what it was asked, and counts how often it was."""

    def __init__(self) -> None:
        """Begin without having been asked."""
        self.asked: list[str] = []

    def say(self, memory: TokenMemory[str], token: str) -> str:
        """Ask the memory for a token that it may have to have verified."""

        def verify() -> str:
            self.asked.append(token)
            if token.startswith("forged"):
                raise TokenRejected("the token is not one of ours")
            return token.upper()

        return memory.recall(token, verify)


def test_a_token_is_verified_once() -> None:
    """The second time it is known, and says the same."""
    memory, verifier = TokenMemory[str](), Verifier()
    assert [verifier.say(memory, token) for token in ("a", "b", "a", "b")] == ["A", "B", "A", "B"]
    assert verifier.asked == ["a", "b"]


def test_a_refused_token_is_verified_again_and_pushes_nobody_out(monkeypatch: pytest.MonkeyPatch) -> None:
    """Forgeries cost their sender what they cost before, and cost nobody else anything."""
    monkeypatch.setattr(token_memory, "MAX_REMEMBERED", 1)
    memory, verifier = TokenMemory[str](), Verifier()
    verifier.say(memory, "a")
    for _ in range(2):
        with pytest.raises(TokenRejected):
            verifier.say(memory, "forged")
    assert verifier.say(memory, "a") == "A"
    assert verifier.asked == ["a", "forged", "forged"]


def test_what_was_used_the_longest_ago_is_forgotten_first(monkeypatch: pytest.MonkeyPatch) -> None:
    """It never holds more than it may."""
    monkeypatch.setattr(token_memory, "MAX_REMEMBERED", 2)
    memory, verifier = TokenMemory[str](), Verifier()
    for token in ("a", "b", "a", "c", "a", "b"):
        verifier.say(memory, token)
    assert verifier.asked == ["a", "b", "c", "b"]


def test_a_remembered_token_is_over_when_it_is_over() -> None:
    """Its times are judged whenever it is presented, by the clock of that moment."""
    tokens = a_format()
    token = tokens.sign(access(), kid=tokens.ring.active.kid)
    assert tokens.verify_access(token, now=END - MOMENT) == access()
    with pytest.raises(TokenExpired):
        tokens.verify_access(token, now=END)
    with pytest.raises(TokenRejected):
        tokens.verify_access(token, now=START - CLOCK_SKEW - timedelta(seconds=1))
    assert tokens.verify_access(token, now=START) == access()


@pytest.mark.parametrize("algorithm", Algorithm)
def test_a_remembered_token_lends_its_name_to_no_other(algorithm: Algorithm) -> None:
    """Every single character counts, and so does whose keys they are."""
    tokens = a_format(algorithm)
    token = tokens.sign(access(), kid=tokens.ring.active.kid)
    tokens.verify_access(token, now=START)
    for at in range(len(token)):
        other = token[:at] + ("A" if token[at] != "A" else "B") + token[at + 1 :]
        # The last character of a base64 text may have bits that mean nothing: such a token is genuine.
        if at != len(token) - 1:
            with pytest.raises(TokenRejected):
                tokens.verify_access(other, now=START)
    with pytest.raises(TokenRejected):
        tokens.verify_access(token + "\ud800", now=START)
    with pytest.raises(TokenRejected):
        type(tokens)(tokens.issuer, tokens.audience, KeyRing((keys.generate(algorithm),))).verify_access(
            token, now=START
        )


def test_a_remembered_token_is_good_for_its_own_use_alone() -> None:
    """Access and refresh tokens are not taken for each other, however often they were presented."""
    tokens = a_format()
    token, other = (tokens.sign(claims, kid=tokens.ring.active.kid) for claims in (access(), refresh()))
    for _ in range(2):
        tokens.verify_access(token, now=START)
        tokens.verify_refresh(other, now=START)
        with pytest.raises(TokenRejected):
            tokens.verify_refresh(token, now=START)
        with pytest.raises(TokenRejected):
            tokens.verify_access(other, now=START)

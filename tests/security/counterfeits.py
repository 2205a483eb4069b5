"""Tokens that were not signed by the server's key as they are, or are no tokens at all."""

import json
from collections.abc import Iterator
from typing import Any

from tests.security.forging import FORGERS_JWK, FORGERS_KEY, Forgery, Genuine, by_hmac, by_nobody, encoded


def signatures() -> Iterator[tuple[str, Forgery]]:
    """Give tokens whose signature is missing, or by another key, or of other content."""
    for none in ("none", "None", "NONE", "nOnE", ""):
        yield f"alg {none or 'empty'} without a signature", _unsigned(none)
    yield "alg as it was, without a signature", lambda it: it.forge(by=by_nobody)
    yield "signed by another Ed25519 key", lambda it: it.forge(by=FORGERS_KEY.sign)
    yield (
        "signed by another Ed25519 key, which it holds",
        lambda it: it.forge(header={"jwk": FORGERS_JWK, "alg": "EdDSA"}, by=FORGERS_KEY.sign),
    )
    yield "signed with another secret", lambda it: it.forge(by=by_hmac(bytes(32)))
    yield (
        "signed with what /dev/null holds",
        lambda it: it.forge(header={"kid": "../../../../dev/null", "alg": "HS256"}, by=by_hmac(b"")),
    )
    yield (
        "signed with what the SQL selects",
        lambda it: it.forge(
            header={"kid": "x' UNION SELECT 'secret' --", "alg": "HS256"}, by=by_hmac(b"secret")
        ),
    )
    yield "signature of its companion", lambda it: f"{_message(it.token)}.{it.other.split('.')[2]}"
    yield "claims of its companion", lambda it: ".".join(_mixed(it.token, it.other))
    yield "signature all zero", lambda it: it.forge(by=lambda message: bytes(len(it.sign(message))))
    yield (
        "one bit of the signature changed",
        lambda it: it.forge(by=lambda message: _flipped(it.sign(message))),
    )
    yield "signature twice", lambda it: it.forge(by=lambda message: it.sign(message) * 2)
    yield "expiry raised", lambda it: _unsigned_claims(it, exp=it.payload["exp"] + 1)
    yield "subject changed", lambda it: _unsigned_claims(it, sub="00000000-0000-4000-8000-000000000000")


def _unsigned(algorithm: str) -> Forgery:
    return lambda genuine: genuine.forge(header={"alg": algorithm}, by=by_nobody)


def _message(token: str) -> str:
    return token.rpartition(".")[0]


def _mixed(token: str, other: str) -> tuple[str, str, str]:
    head, _, signature = token.split(".")
    return head, other.split(".")[1], signature


def _flipped(signature: bytes) -> bytes:
    return bytes([signature[0] ^ 1]) + signature[1:]


def _unsigned_claims(genuine: Genuine, **changes: Any) -> str:
    """Change claims under a signature that stays as it was."""
    return f"{_message(genuine.forge(payload=changes))}.{genuine.token.split('.')[2]}"


def malformed() -> Iterator[tuple[str, Forgery]]:
    """Give what is not of the form of a token, or not of the one that is asked for."""
    yield "of the other kind", lambda it: it.other
    yield "signature stripped", lambda it: _message(it.token) + "."
    yield "signature and its dot stripped", lambda it: _message(it.token)
    yield "header only", lambda it: it.token.split(".")[0]
    yield "truncated by two characters", lambda it: it.token[:-2]
    yield "truncated in the middle", lambda it: it.token[: len(it.token) // 2]
    yield "without its first character", lambda it: it.token[1:]
    yield "twice", lambda it: f"{it.token}.{it.token}"
    yield "of five parts, as an encrypted one", lambda it: f"{it.token}..{it.token.split('.')[0]}"
    yield "dots", lambda _: ".."
    yield "not a token", lambda _: "not-a-token"
    yield "header a list", lambda it: _raw(it, header=b"[]")
    yield "header empty", lambda it: _raw(it, header=b"")
    yield "header not JSON", lambda it: _raw(it, header=b"{")
    yield "header not UTF-8", lambda it: _raw(it, header=b'{"alg":"\xff"}')
    yield "header nested without end", lambda it: _raw(it, header=b'{"a":' + b"[" * 6000)
    yield "claims a list", lambda it: _raw(it, payload=b"[]")
    yield "claims text", lambda it: _raw(it, payload=json.dumps(it.token).encode())
    yield "claims empty", lambda it: _raw(it, payload=b"")
    yield "claims not UTF-8", lambda it: _raw(it, payload=b'{"iss":"\xff"}')
    yield "claims nested without end", lambda it: _raw(it, payload=b'{"a":' + b"[" * 6000)


def _raw(genuine: Genuine, *, header: bytes | None = None, payload: bytes | None = None) -> str:
    head, claims, _ = genuine.token.split(".")
    head = head if header is None else encoded(header)
    claims = claims if payload is None else encoded(payload)
    message = f"{head}.{claims}"
    return f"{message}.{encoded(genuine.sign(message.encode()))}"

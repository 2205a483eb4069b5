"""A new signing key: what the old one signed goes on being good, and no retry notices the change."""

import asyncio
import base64
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from quart import Quart

from security.keys import Algorithm, Key
from services import keystore
from services.keystore import KeysMissing
from settings import Settings
from tests.services.servers import running
from tests.support.browser import code
from tests.support.clock import FakeClock

MakeApp = Callable[[Settings], Quart]


def header(token: str) -> dict[str, Any]:
    """Read the header of a token."""
    content: dict[str, Any] = json.loads(base64.urlsafe_b64decode(token.split(".")[0] + "=="))
    return content


async def add_key(settings: Settings, algorithm: Algorithm = Algorithm.EDDSA) -> Key:
    """Add a key to the file, as `latchkey keys generate` does."""
    return await asyncio.to_thread(keystore.add_key, settings.signing_keys_file, algorithm=algorithm)


@pytest.mark.parametrize("algorithm", Algorithm)
async def test_old_tokens_live_on_and_new_ones_carry_the_new_kid(
    settings: Settings, make_app: MakeApp, algorithm: Algorithm
) -> None:
    """After a new key and a restart, also to a key of another algorithm, the session goes on where it was."""
    async with running(make_app, settings) as server:
        await server.add_user()
        browser = server.new_browser()
        await browser.login()
        before = browser.cookies
    old_kid = header(before["auth-token"])["kid"]
    key = await add_key(settings, algorithm)

    async with running(make_app, settings, jwt_algorithm=algorithm) as server:
        browser = server.new_browser().take_cookies(before)
        assert (await browser.me())["data"]["me"]["isSignIn"] is True
        assert (await browser.refresh())["data"]["auth"]["refreshToken"]["success"] is True
        after = browser.cookies
        assert (await browser.me(bearer=before["auth-token"]))["data"]["me"]["isSignIn"] is True
        assert (await browser.me())["data"]["me"]["isSignIn"] is True
        assert (await browser.logout())["data"]["auth"]["logout"]["revokedSessions"] == 1

    assert key.kid != old_kid
    assert header(after["auth-token"]) == {"typ": "at+jwt", "kid": key.kid, "alg": algorithm}
    assert header(after["refresh_token"]) == {"typ": "rt+jwt", "kid": key.kid, "alg": algorithm}


async def test_a_replay_across_a_key_rotation_gives_the_same_bytes(
    settings: Settings, make_app: MakeApp, clock: FakeClock
) -> None:
    """Whoever lost the answer while the server restarted with a new key gets the very answer they lost."""
    async with running(make_app, settings) as server:
        await server.add_user()
        browser = server.new_browser()
        await browser.login()
        before = browser.cookies
        await browser.refresh()
        lost = browser.cookies
    key = await add_key(settings)
    clock.advance(settings.refresh_leeway)

    async with running(make_app, settings) as server:
        browser = server.new_browser().take_cookies(before)
        answer = (await browser.refresh())["data"]["auth"]["refreshToken"]
        assert answer["success"] is True
        assert answer["accessToken"] == lost["auth-token"]
        assert browser.cookies == lost
        assert header(lost["refresh_token"])["kid"] == header(before["refresh_token"])["kid"] != key.kid

        # The leeway is over a second later, whatever key it was that signed.
        clock.advance(1)
        thief = server.new_browser().take_cookies(before)
        assert code(await thief.refresh()) == "TOKEN_REUSED"
        assert code(await browser.refresh()) == "TOKEN_BLACKLISTED"


async def test_a_key_that_is_taken_out_takes_its_tokens_with_it(
    settings: Settings, make_app: MakeApp
) -> None:
    """After a key was stolen, a file without it refuses all that it signed, and the person signs in anew."""
    async with running(make_app, settings) as server:
        await server.add_user()
        browser = server.new_browser()
        await browser.login()
        before = browser.cookies
    await asyncio.to_thread(settings.signing_keys_file.unlink)
    await add_key(settings)

    async with running(make_app, settings) as server:
        browser = server.new_browser().take_cookies(before)
        assert code(await browser.me()) == "TOKEN_INVALID"
        assert code(await browser.refresh()) == "TOKEN_INVALID"
        assert browser.cookies == before
        assert (await browser.login())["success"] is True


def test_a_new_key_signs_and_the_older_ones_stay(tmp_path: Path) -> None:
    """Each new key is the first of the file, which nobody else may read; the others keep their order."""
    path = tmp_path / "signing-keys.json"
    made = [keystore.add_key(path, algorithm=Algorithm.EDDSA) for _ in range(3)]
    ring = keystore.load_ring(path, algorithm=Algorithm.EDDSA)

    assert [key.kid for key in ring] == [key.kid for key in reversed(made)]
    assert path.stat().st_mode & 0o777 == 0o600
    assert [file.name for file in path.parent.iterdir() if file.name.startswith(".secret-")] == []


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        (b"secret-5e5e5e", ": the text is not a file of signing keys"),
        (b"", ": the text is not a file of signing keys"),
        (b"\xff\xfesecret", " is not a text"),
        (b'{"keys": []}', ": there is no key in the ring"),
    ],
)
def test_a_file_that_cannot_be_read_is_left_as_it_is(tmp_path: Path, content: bytes, reason: str) -> None:
    """A new key never replaces a file that is not understood; the message names it, and quotes nothing."""
    path = tmp_path / "signing-keys.json"
    path.write_bytes(content)
    refusals = []
    for attempt in (keystore.add_key, keystore.load_ring, keystore.development_ring):
        with pytest.raises(KeysMissing) as refusal:
            attempt(path, algorithm=Algorithm.EDDSA)
        refusals.append(str(refusal.value))

    assert refusals == [f"{path}{reason}"] * 3
    assert path.read_bytes() == content


def test_the_first_key_is_of_the_algorithm_that_is_set(tmp_path: Path) -> None:
    """A setting that the file contradicts stops the start, rather than sign with what was not asked for."""
    path = tmp_path / "signing-keys.json"
    keystore.add_key(path, algorithm=Algorithm.HS256)

    with pytest.raises(KeysMissing) as refusal:
        keystore.load_ring(path, algorithm=Algorithm.EDDSA)
    assert str(refusal.value) == f"the first key of {path} is for HS256, not for EdDSA"


def test_a_missing_file_is_said_to_be_missing(tmp_path: Path) -> None:
    """Production names the file that it lacks; development makes one, once."""
    path = tmp_path / "signing-keys.json"

    with pytest.raises(KeysMissing) as refusal:
        keystore.load_ring(path, algorithm=Algorithm.EDDSA)
    assert str(refusal.value) == f"{path} cannot be used: No such file or directory"
    assert not path.exists()

    made = keystore.development_ring(path, algorithm=Algorithm.EDDSA)
    again = keystore.development_ring(path, algorithm=Algorithm.EDDSA)
    assert again.active.kid == made.active.kid
    assert path.stat().st_mode & 0o777 == 0o600

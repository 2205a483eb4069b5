"""The files with the server's own secrets: read and written before the loop runs, or by the command line."""

import os
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from security import keys
from security.derivation import Secret
from security.keys import Algorithm, Key, KeyRing


class KeysMissing(Exception):
    """There is no usable key; the message says which file and why, and nothing of what it holds."""


def load_ring(path: Path, *, algorithm: Algorithm) -> KeyRing:
    """Read the ring of signing keys.

    Raises:
        KeysMissing: the file is unusable, or its first key is not of the algorithm of new tokens.
    """
    with _explaining(path):
        ring = keys.parse(path.read_text())
    if ring.active.algorithm is not algorithm:
        raise KeysMissing(f"the first key of {path} is for {ring.active.algorithm}, not for {algorithm}")
    return ring


def add_key(path: Path, *, algorithm: Algorithm) -> Key:
    """Make a key that signs from now on; the ones before it go on verifying what they have signed.

    Raises:
        KeysMissing: the file that is there is unusable, which leaves it as it is, or none can be written.
    """
    key = keys.generate(algorithm)
    _rewrite(path, lambda older: (key, *older))
    return key


def add_standby_key(path: Path, *, algorithm: Algorithm) -> Key:
    """Make a key that verifies, and signs nothing before it is promoted: until then all nodes can get it.

    Raises:
        KeysMissing: the file that is there is unusable, which leaves it as it is, or none can be written.
    """
    key = keys.generate(algorithm)
    _rewrite(path, lambda older: (*older, key))
    return key


def promote_key(path: Path, kid: str) -> Key:
    """Let a key sign from now on that has been verifying; the others verify.

    Raises:
        KeysMissing: there is no such key in the file, or it is unusable.
    """

    def promoted(older: tuple[Key, ...]) -> tuple[Key, ...]:
        chosen = [key for key in older if key.kid == kid]
        if not chosen:
            raise ValueError(f"there is no key {kid}")
        return (*chosen, *(key for key in older if key.kid != kid))

    return _rewrite(path, promoted).active


def development_ring(path: Path, *, algorithm: Algorithm) -> KeyRing:
    """Read the ring, after making one at the first start.

    Raises:
        KeysMissing: the file is unusable, or cannot be made.
    """
    _create_once(path, lambda: keys.dump(KeyRing((keys.generate(algorithm),))))
    return load_ring(path, algorithm=algorithm)


def development_secret(path: Path) -> Secret:
    """Read the secret of development, after making one at the first start.

    Raises:
        KeysMissing: the file is unusable, or cannot be made.
    """
    _create_once(path, lambda: os.urandom(32).hex())
    with _explaining(path):
        return Secret(path.read_text().encode())


def _rewrite(path: Path, change: Callable[[tuple[Key, ...]], tuple[Key, ...]]) -> KeyRing:
    with _explaining(path):
        ring = KeyRing(change(tuple(keys.parse(path.read_text())) if path.exists() else ()))
        os.replace(_private_file(path.parent, keys.dump(ring)), path)
    return ring


@contextmanager
def _explaining(path: Path) -> Iterator[None]:
    try:
        yield
    except OSError as error:
        raise KeysMissing(f"{path} cannot be used: {error.strerror}") from None
    except UnicodeDecodeError:
        # Its message would quote a byte of the file.
        raise KeysMissing(f"{path} is not a text") from None
    except ValueError as error:
        raise KeysMissing(f"{path}: {error}") from None


def _create_once(path: Path, make: Callable[[], str]) -> None:
    with _explaining(path):
        if path.exists():
            return
        made = _private_file(path.parent, make())
        # Two first starts at the same time agree on one file: linking fails where a name is taken.
        with suppress(FileExistsError):
            os.link(made, path)
        os.unlink(made)


def _private_file(folder: Path, text: str) -> str:
    folder.mkdir(parents=True, exist_ok=True)
    descriptor, name = tempfile.mkstemp(dir=folder, prefix=".secret-")  # Made with mode 0600.
    with os.fdopen(descriptor, "w") as file:
        file.write(text)
        file.flush()
        os.fsync(descriptor)
    return name

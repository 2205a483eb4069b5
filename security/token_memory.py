"""A memory of tokens that were believed, as to verify a signature is the dearest part of believing one."""

from collections import OrderedDict
from collections.abc import Callable
from hashlib import sha256
from typing import Generic, TypeVar

MAX_REMEMBERED = 4096
"""How many tokens: at about 1 KiB each, 4 MiB. The one that was used the longest ago is forgotten first."""

C = TypeVar("C")


class TokenMemory(Generic[C]):
    """Knows what tokens say whose signatures were verified before, by the SHA-256 of all their bytes.

    A token that differs in any byte, its signature's included, is another one. One that is refused is never
    remembered, so that whoever sends forgeries pushes nobody out. Times are no business of a memory: whoever
    asks judges them each time.
    """

    def __init__(self) -> None:
        """Begin without any."""
        self._remembered: OrderedDict[bytes, C] = OrderedDict()

    def recall(self, token: str, verify: Callable[[], C]) -> C:
        """Give what a token says; what `verify` raises about a token that is not known passes through."""
        # Whoever could read this memory would find no token in it. A lone surrogate is no token of anybody's.
        name = sha256(token.encode(errors="surrogatepass")).digest()
        claims = self._remembered.pop(name, None) or verify()
        self._remembered[name] = claims
        if len(self._remembered) > MAX_REMEMBERED:
            self._remembered.popitem(last=False)
        return claims

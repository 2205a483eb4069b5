"""Kinds of values that settings have, each with its rule. A rule never quotes the value that breaks it."""

import re
from typing import Annotated
from urllib.parse import urlsplit

from limits import parse_many
from pydantic import AfterValidator, Field

_ADDRESS = r"[A-Za-z0-9.!#$%&'*+/=?^_`{|}~-]+@(?:[A-Za-z0-9.-]+|\[[A-Za-z0-9:.]+\])"
_MAILBOX = re.compile(rf'{_ADDRESS}|(?:[^"<>@,;:()\[\]\\]+|"[^"\\]+") <{_ADDRESS}>')


def origin(text: str) -> str:
    """Give an origin in the spelling that browsers compare.

    Raises:
        ValueError: it is none.
    """
    try:
        parts = urlsplit(text)
        # Reading the port is what tells whether it is one; the error would quote it.
        whole = parts.port != 0 and text == f"{parts.scheme}://{parts.netloc}"
        (parts.hostname or "").encode("idna")  # What no name server can hold is no host.
    except ValueError:
        whole = False
    if not whole or parts.scheme not in ("http", "https") or not parts.hostname or "@" in parts.netloc:
        raise ValueError("has to be an origin: scheme, host and port, and nothing else")
    return text.lower()


def _rate(text: str) -> str:
    try:
        count = len(parse_many(text))
    except ValueError:
        count = 0
    if count != 1:
        raise ValueError("has to be one rate, as in 10/minute")
    return text


def _mailbox(text: str) -> str:
    if not text.isprintable() or not _MAILBOX.fullmatch(text):
        raise ValueError("has to be one address, as in Latchkey <no-reply@example.com>")
    return text


Rate = Annotated[str, AfterValidator(_rate)]
Mailbox = Annotated[str, AfterValidator(_mailbox)]
Seconds = Annotated[int, Field(gt=0, le=10 * 365 * 24 * 3600)]

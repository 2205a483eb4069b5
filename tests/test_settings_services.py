"""The settings that name other services: a store of limits, and the sender of mail."""

from email.headerregistry import HeaderRegistry
from typing import Any

import pytest

from tests.test_settings import loaded


@pytest.mark.parametrize(
    "url",
    [
        "valkey://cache.example.com",
        "valkeys://:p%2Fw@cache.example.com:6380/3",
        "redis://me:password@[2001:db8::1]:6379/",
        "rediss://cache_1/0",
    ],
)
def test_urls_of_a_store(monkeypatch: pytest.MonkeyPatch, url: str) -> None:
    """By either name of the protocol, with or without TLS, user, password, port and number."""
    found = loaded(monkeypatch, {"LATCHKEY_VALKEY_URL": url}).valkey_url
    assert found is not None
    assert found.get_secret_value() == url
    assert url not in repr(found)


@pytest.mark.parametrize(
    "sender",
    ["no-reply@example.com", "Größe & Co. <no-reply@[127.0.0.1]>", '"Latchkey, Inc." <no-reply@example.com>'],
)
def test_a_sender_is_one_mailbox(monkeypatch: pytest.MonkeyPatch, sender: str) -> None:
    """With a name before it or not; a header reads the same in it as the setting does."""
    found = loaded(monkeypatch, {"LATCHKEY_MAIL_FROM": sender}).mail_from
    header: Any = HeaderRegistry()("From", found)
    (mailbox,) = header.addresses
    assert found == sender
    assert found.rstrip(">").endswith(mailbox.addr_spec)
    assert mailbox.display_name in found

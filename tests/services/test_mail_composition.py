"""Letters: every kind in every language, complete; their headers; and whom they may go to."""

import json
import re
from dataclasses import replace
from datetime import timedelta
from email.policy import SMTP, SMTPUTF8
from pathlib import Path
from typing import Any

import pytest
from jinja2 import DictLoader, UndefinedError

import services
from models import MailKind
from security.derivation import Secret
from services.mail import LANGUAGES
from services.mail_composition import Composer, RecipientUnusable, domain_of
from tests.services.mailing import ADDRESS, CODE, COMPOSER, ORIGIN, POSTED_AT, claimed
from tests.support.letters import Caught

WITH_CODE = {MailKind.VERIFY_EMAIL, MailKind.ALREADY_REGISTERED, MailKind.LOGIN, MailKind.RESET_PASSWORD}
EVERY = [(kind, language) for kind in MailKind for language in LANGUAGES]


def composed(composer: Composer = COMPOSER, **changes: Any) -> Caught:
    """Compose a letter and read it as its reader does."""
    one = claimed(**changes)
    policy = SMTP if one["recipient"].isascii() else SMTPUTF8
    return Caught.of(composer.compose(one).as_bytes(policy=policy), recipients=[])


def notice(kind: MailKind, language: str) -> dict[str, Any]:
    """Give what is different in a letter of this kind; one that brings no code never expires."""
    if kind in WITH_CODE:
        return {"kind": kind, "locale": language}
    details = json.dumps({"ip_address": ADDRESS})
    return {"kind": kind, "locale": language, "details": details, "expires_at": None}


def test_there_is_a_template_for_every_part_of_every_letter_and_no_other() -> None:
    """A kind or a language that is added is added whole."""
    shared = {f"{language}/{layout}" for language in LANGUAGES for layout in ("letter", "code")}
    wanted = {f"{name}.{part}" for name in shared for part in ("txt", "html")} | {"layout.html", "code.html"}
    for kind, language in EVERY:
        wanted |= {f"{language}/{kind.lower()}.{part}" for part in ("subject", "txt", "html")}
    assert set(COMPOSER.templates.list_templates()) == wanted
    folder = Path(services.__file__).with_name("mail_templates")
    assert {str(path.relative_to(folder)) for path in folder.rglob("*.*")} == wanted


@pytest.mark.parametrize(("kind", "language"), EVERY)
def test_every_letter_is_complete(kind: MailKind, language: str) -> None:
    """Both parts say where, when and from what address; those that bring a code have it, and until when."""
    letter = composed(**notice(kind, language))
    for part in letter.parts:
        for fact in ("auth.example.com:8443", ORIGIN, "2026-01-31 23:55 UTC", ADDRESS):
            assert fact in part
        assert (CODE in part) is (kind in WITH_CODE)
        assert ("00:05 UTC" in part) is (kind in WITH_CODE)
        assert (re.search(r"\b10 Minuten\b|\b10 minutes\b", part) is not None) is (kind in WITH_CODE)
        assert not re.search(r"\{\{|\}\}|\{%|None|Undefined", part)
    assert "auth.example.com:8443" in letter.subject
    assert not set(re.findall(r"\d+", letter.subject)) - {"8443"}


@pytest.mark.parametrize("kind", MailKind)
def test_no_letter_says_the_same_in_two_languages_or_the_same_as_another(kind: MailKind) -> None:
    """A template that was copied and not translated is found."""
    letters = {composed(**notice(*every)).parts[0] for every in EVERY}
    assert len(letters) == len(EVERY)
    english, german = (composed(**notice(kind, language)) for language in ("en", "de"))
    assert english.subject != german.subject
    assert "Guten Tag" in german.parts[0]
    assert '<html lang="de">' in german.parts[1]


@pytest.mark.parametrize(("kind", "language"), EVERY)
def test_a_letter_without_an_address_says_nothing_of_one(kind: MailKind, language: str) -> None:
    """Where a request came from is not always known."""
    changes = notice(kind, language)
    details = json.dumps({"code": CODE} if kind in WITH_CODE else {})
    for part in composed(**{**changes, "details": details}).parts:
        assert "None" not in part
        assert "IP" not in part


@pytest.mark.parametrize("kind", sorted(WITH_CODE))
def test_a_letter_that_lacks_its_code_is_not_sent(kind: MailKind) -> None:
    """An empty place where the code should be would help nobody."""
    with pytest.raises(UndefinedError, match="'code' is undefined"):
        composed(kind=kind, details="{}")


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_subject_cannot_have_a_code(language: str) -> None:
    """The subject is filled before the details are known: a template that asks for one fails."""
    templates = COMPOSER.templates.overlay(loader=DictLoader({f"{language}/login.subject": "{{ code }}"}))
    with pytest.raises(UndefinedError, match="'code' is undefined"):
        composed(replace(COMPOSER, templates=templates), locale=language)


def test_html_is_escaped_and_loads_nothing() -> None:
    """Whatever gets into a detail stays text, and opening a letter tells nobody that it was opened."""
    details = json.dumps({"code": "<b>1</b>", "ip_address": '"><img src=//x>'})
    text, html = composed(details=details).parts
    assert "<b>1</b>" in text
    assert "&lt;b&gt;1&lt;/b&gt;" in html
    assert not re.search(r"<img|<script|<link|<iframe|url\(|@import|src=(?!//x&gt;)", html)
    assert set(re.findall(r'href="([^"]*)"', html)) == {ORIGIN}


def test_no_detail_takes_the_place_of_a_fact() -> None:
    """Where a link leads is not for a flow to say, and so for nobody whom a flow believes."""
    details = json.dumps(
        {"code": CODE, "origin": "https://evil.example", "site": "evil.example", "at": "never"}
    )
    assert composed(details=details).parts == composed(details=json.dumps({"code": CODE})).parts


def test_the_headers() -> None:
    """Who it is from and for, when it was written, and that no machine is to answer it."""
    message = composed().message
    assert message["From"] == "Latchkey <no-reply@example.com>"
    assert message["To"] == "Ada@Example.com"
    assert message["Date"].datetime == POSTED_AT.replace(microsecond=0)
    assert message["Auto-Submitted"] == "auto-generated"
    assert message.get_content_type() == "multipart/alternative"
    assert re.fullmatch(r"<[0-9a-f]{32}@auth\.example\.com>", message["Message-ID"])
    assert set(message) == {
        *("From", "To", "Subject", "Date", "Message-ID", "Auto-Submitted", "MIME-Version", "Content-Type")
    }


def test_a_second_delivery_of_a_letter_is_recognised() -> None:
    """The id is of the row and of the installation, and no number that could be counted by."""
    first = composed().message["Message-ID"]
    assert composed(attempts=3).message["Message-ID"] == first
    others = [
        composed(id=8),
        composed(created_at=POSTED_AT + timedelta(microseconds=1)),
        composed(replace(COMPOSER, secret=Secret(b"y" * 32))),
        composed(replace(COMPOSER, origin="https://b.example")),
    ]
    assert len({first, *(other.message["Message-ID"] for other in others)}) == 1 + len(others)


def test_only_ascii_travels() -> None:
    """Umlauts are encoded, so that every relay passes the letter on as it is; no line is too long for any."""
    composer = replace(COMPOSER, sender="Größe <no-reply@example.com>")
    letter = composed(composer, locale="de", kind=MailKind.VERIFY_EMAIL)
    assert letter.raw.isascii()
    assert max(len(line) for line in letter.raw.splitlines()) <= 78
    assert letter.subject.startswith("Bestätigen Sie")
    assert letter.message["From"].addresses[0].display_name == "Größe"


@pytest.mark.parametrize(
    "recipient",
    [
        "",
        "nobody",
        "@example.com",
        "ada@",
        "ada@a@example.com",
        "x<victim@example.com>",
        "x\uff1cvictim@example.com\uff1e",
        "victim@example.com(x)",
        "victim(x)@example.com",
        '"victim"@example.com',
        "a,victim@example.com",
        "team:victim@example.com;",
        "ada@example.com\r\nBcc: victim@example.com",
        "ada@example.com\nSubject: x",
        "ada\u2028@example.com",
        "ada @example.com",
        "ada\0@example.com",
    ],
)
def test_what_is_not_exactly_one_mailbox_gets_no_letter(recipient: str) -> None:
    """No second recipient, no header of a stranger's, and no other spelling of somebody's mailbox."""
    with pytest.raises(RecipientUnusable):
        COMPOSER.compose(claimed(recipient=recipient))


@pytest.mark.parametrize(
    ("recipient", "mailbox"),
    [
        ("Ada+x@Example.com", "Ada+x@Example.com"),
        ("jörg@bücher.example", "jörg@bücher.example"),
        ("\uff41d\uff41@ex\uff41mple.com", "ada@example.com"),
        ("jo\u0308rg@example.com", "jörg@example.com"),
        ("a" * 64 + "@" + ".".join(["b" * 60] * 3) + ".example", None),
    ],
)
def test_a_letter_goes_to_the_address_that_accounts_are_compared_by(
    recipient: str, mailbox: str | None
) -> None:
    """But for its case: letters of another width do not lead to another mailbox."""
    message = COMPOSER.compose(claimed(recipient=recipient))
    assert [address.addr_spec for address in message["To"].addresses] == [mailbox or recipient]
    policy = SMTP if (mailbox or recipient).isascii() else SMTPUTF8
    assert f"To: {mailbox or recipient}" in message.as_bytes(policy=policy).decode().replace("\r\n ", " ")


@pytest.mark.parametrize(
    ("origin", "domain"),
    [
        ("https://auth.example.com:8443", "auth.example.com"),
        ("http://localhost:8000", "localhost"),
        ("http://127.0.0.1:8000", "[127.0.0.1]"),
        ("http://[::1]:8000", "[IPv6:::1]"),
        ("https://bücher.example", "xn--bcher-kva.example"),
    ],
)
def test_the_domain_of_an_origin(origin: str, domain: str) -> None:
    """A mail server greets with it, and the ids of letters end in it."""
    assert domain_of(origin) == domain
    message = composed(replace(COMPOSER, origin=origin)).message
    assert message["Message-ID"].endswith(f"@{domain}>")

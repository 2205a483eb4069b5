"""The settings: every guard of production and every bad value is one line that names its variable."""

from collections.abc import Mapping

import pytest
from pydantic import ValidationError

from security.keys import Algorithm
from settings import Environment, LogFormat, SameSite, Settings, SettingsError, load
from tests.support.production import PRODUCTION, SECRET

CONTRACT = (
    "ENV BIND METRICS_BIND PUBLIC_URL DATABASE_URL VALKEY_URL SMTP_URL MAIL_FROM SIGNING_KEYS_FILE"
    " JWT_ALGORITHM SECRET_KEY ACCESS_TTL REFRESH_TTL REMEMBER_TTL SESSION_LIFETIME REFRESH_LEEWAY"
    " ALLOWED_ORIGINS TRUSTED_PROXIES COOKIE_PREFIX COOKIE_SAMESITE LIMIT_LOGIN LIMIT_REFRESH LIMIT_OTP"
    " LIMIT_REGISTER AUDIT_RETENTION LOG_FORMAT"
)
"""The settings that an operator was promised, without their prefix."""


def loaded(monkeypatch: pytest.MonkeyPatch, variables: Mapping[str, str]) -> Settings:
    """Read the settings from exactly these variables."""
    for name, value in variables.items():
        monkeypatch.setenv(name, value)
    return load()


def refused(monkeypatch: pytest.MonkeyPatch, variables: Mapping[str, str]) -> str:
    """Give the one line with which these variables are refused, once it is known to tell no secret."""
    with pytest.raises(SettingsError) as error:
        loaded(monkeypatch, variables)
    line = str(error.value)
    assert "\n" not in line
    assert SECRET not in line
    return line


def test_development_needs_no_variable() -> None:
    """A fresh clone serves at once, with the defaults that the contract promises."""
    found = load()
    assert found.env is Environment.DEVELOPMENT
    assert found.bind == "127.0.0.1:8000"
    assert found.public_url == "http://localhost:8000"
    assert found.database_url.get_secret_value() == "sqlite://var/latchkey.db"
    assert found.jwt_algorithm is Algorithm.EDDSA
    assert (found.access_ttl, found.refresh_ttl, found.remember_ttl) == (900, 86_400, 2_592_000)
    assert found.refresh_leeway == 10
    assert found.effective_cookie_prefix == ""
    assert found.cookie_samesite is SameSite.LAX
    assert found.log_format is LogFormat.TEXT
    assert found.secret_key.get_secret_value() == ""


def test_the_settings_are_those_of_the_contract() -> None:
    """Each of them is one, and there is no other."""
    assert {name.upper() for name in Settings.model_fields} == set(CONTRACT.split())


def test_production_with_everything_set(monkeypatch: pytest.MonkeyPatch) -> None:
    """What production requires is also enough, and makes its cookies strict."""
    found = loaded(monkeypatch, PRODUCTION)
    assert found.is_production
    assert found.has_tls
    assert found.effective_cookie_prefix == "__Host-"
    assert SECRET not in repr(found)


@pytest.mark.parametrize("name", sorted(PRODUCTION.keys() - {"LATCHKEY_ENV"}))
@pytest.mark.parametrize("how", ["missing", "empty"])
def test_production_refuses_to_start_without(monkeypatch: pytest.MonkeyPatch, name: str, how: str) -> None:
    """There is no default of secret, key, address, database or mail that production would fall back to."""
    variables = (
        {**PRODUCTION, name: ""} if how == "empty" else {k: v for k, v in PRODUCTION.items() if k != name}
    )
    line = refused(monkeypatch, variables)
    assert line.startswith(name)
    if how == "missing":
        assert line == f"{name} has to be set in production"


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        (
            {"LATCHKEY_PUBLIC_URL": "http://accounts.example.com"},
            "LATCHKEY_PUBLIC_URL has to start with https:// in production",
        ),
        ({"LATCHKEY_SECRET_KEY": SECRET}, "LATCHKEY_SECRET_KEY: needs at least 32 bytes"),
        (
            {
                "LATCHKEY_ENV": "development",
                "LATCHKEY_PUBLIC_URL": "http://a.example",
                "LATCHKEY_COOKIE_PREFIX": "__Host-",
            },
            "LATCHKEY_COOKIE_PREFIX asks for Secure cookies: LATCHKEY_PUBLIC_URL needs https://",
        ),
        (
            {
                "LATCHKEY_ENV": "development",
                "LATCHKEY_PUBLIC_URL": "http://a.example",
                "LATCHKEY_COOKIE_SAMESITE": "None",
            },
            "LATCHKEY_COOKIE_SAMESITE asks for Secure cookies: LATCHKEY_PUBLIC_URL needs https://",
        ),
    ],
)
def test_a_combination_that_could_not_work(
    monkeypatch: pytest.MonkeyPatch, changes: dict[str, str], message: str
) -> None:
    """A browser would drop the cookies, or somebody on the way would read them."""
    assert refused(monkeypatch, {**PRODUCTION, **changes}) == message


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("ENV", SECRET),
        ("BIND", SECRET),
        ("BIND", f"{SECRET}:65536"),
        ("BIND", ":8000"),
        ("METRICS_BIND", SECRET),
        ("METRICS_BIND", f"{SECRET}:65536"),
        ("METRICS_BIND", ""),
        ("PUBLIC_URL", SECRET),
        ("PUBLIC_URL", f"https://a.example/{SECRET}"),
        ("PUBLIC_URL", f"https://me:{SECRET}@a.example"),
        ("PUBLIC_URL", f"https://a.example:{SECRET}"),
        ("PUBLIC_URL", f"https://[{SECRET}"),
        ("DATABASE_URL", f"mysql://me:{SECRET}@host/name"),
        ("VALKEY_URL", ""),
        ("VALKEY_URL", f"http://me:{SECRET}@host"),
        ("VALKEY_URL", f"valkey://{SECRET}@"),
        ("VALKEY_URL", f"valkey://:{SECRET}@host:0"),
        ("VALKEY_URL", f"valkey://:{SECRET}@host:65536"),
        ("VALKEY_URL", f"valkey://:{SECRET}@host:{SECRET}"),
        ("VALKEY_URL", f"valkey://:{SECRET}@[host"),
        ("VALKEY_URL", f"valkey://:{SECRET}@host/{SECRET}"),
        ("VALKEY_URL", f"rediss://:{SECRET}@host?ssl_cert_reqs=none"),
        ("VALKEY_URL", f"unix://{SECRET}@/run/valkey.sock"),
        ("PUBLIC_URL", f"https://{SECRET * 11}.example"),
        ("PUBLIC_URL", f"https://{SECRET}..example"),
        ("SMTP_URL", f"http://me:{SECRET}@host"),
        ("SMTP_URL", f"smtp://me:{SECRET}@"),
        ("SMTP_URL", f"smtps://me:{SECRET}@:465"),
        ("SMTP_URL", f"smtp:///{SECRET}"),
        ("MAIL_FROM", SECRET),
        ("MAIL_FROM", ""),
        ("MAIL_FROM", f"{SECRET}@"),
        ("MAIL_FROM", f"Latchkey {SECRET}@example.com"),
        ("MAIL_FROM", f"a@example.com, {SECRET}@example.com"),
        ("MAIL_FROM", f"Latchkey <{SECRET}@example.com"),
        ("MAIL_FROM", f"{SECRET}\r\nBcc: <a@example.com>"),
        ("MAIL_FROM", f"{SECRET} <jörg@example.com>"),
        ("JWT_ALGORITHM", "none"),
        ("JWT_ALGORITHM", SECRET),
        ("SECRET_KEY", SECRET),
        ("ACCESS_TTL", SECRET),
        ("ACCESS_TTL", "0"),
        ("ACCESS_TTL", "1.5"),
        ("REFRESH_TTL", "-1"),
        ("REMEMBER_TTL", "99999999999"),
        ("REFRESH_LEEWAY", "-1"),
        ("REFRESH_LEEWAY", "86400"),
        ("ALLOWED_ORIGINS", f"https://a.example, {SECRET}"),
        ("ALLOWED_ORIGINS", "*"),
        ("ALLOWED_ORIGINS", "https://a.example/"),
        ("TRUSTED_PROXIES", SECRET),
        ("TRUSTED_PROXIES", "-1"),
        ("COOKIE_PREFIX", f"{SECRET}; Domain=a.example"),
        ("COOKIE_SAMESITE", SECRET),
        ("LIMIT_LOGIN", SECRET),
        ("LIMIT_LOGIN", "10/minute;100/hour"),
        ("LIMIT_REFRESH", "10 per fortnight"),
        ("LIMIT_OTP", SECRET),
        ("LIMIT_REGISTER", SECRET),
        ("LOG_FORMAT", SECRET),
    ],
)
def test_a_bad_value_is_named_and_never_quoted(
    monkeypatch: pytest.MonkeyPatch, name: str, value: str
) -> None:
    """The line says what it has to be; the value may be a secret that got into the wrong variable."""
    line = refused(monkeypatch, {f"LATCHKEY_{name}": value})
    assert line.startswith(f"LATCHKEY_{name}: ")
    assert len(value) < 6 or value not in line


@pytest.mark.parametrize(
    ("name", "line"),
    [
        (
            "LATCHKEY_REFRESH_LEEWEY",
            "LATCHKEY_REFRESH_LEEWEY is not a setting; is it LATCHKEY_REFRESH_LEEWAY?",
        ),
        ("LATCHKEY_QUITE_ANOTHER_THING", "LATCHKEY_QUITE_ANOTHER_THING is not a setting"),
        ("LATCHKEY_", "LATCHKEY_ is not a setting"),
        (
            "latchkey_trusted_proxy",
            "LATCHKEY_TRUSTED_PROXY is not a setting; is it LATCHKEY_TRUSTED_PROXIES?",
        ),
    ],
)
def test_an_unknown_variable_is_refused(monkeypatch: pytest.MonkeyPatch, name: str, line: str) -> None:
    """A guard that is misspelled would be no guard."""
    assert refused(monkeypatch, {name: SECRET}) == line


def test_values_are_read_as_they_are_meant(monkeypatch: pytest.MonkeyPatch) -> None:
    """Origins come as a list, URLs may end with a slash, and an empty prefix is a choice."""
    found = loaded(
        monkeypatch,
        {
            **PRODUCTION,
            "LATCHKEY_PUBLIC_URL": "https://Accounts.Example.com/",
            "LATCHKEY_ALLOWED_ORIGINS": "https://a.example, https://b.example:8443",
            "LATCHKEY_COOKIE_PREFIX": "",
            "LATCHKEY_BIND": "[::1]:8443",
            "LATCHKEY_VALKEY_URL": "redis://cache.example.com",
        },
    )
    assert found.public_url == "https://accounts.example.com"
    assert found.allowed_origins == {"https://a.example", "https://b.example:8443"}
    assert found.effective_cookie_prefix == ""
    assert found.bind == "[::1]:8443"


def test_settings_do_not_change() -> None:
    """What was read at the start holds until the end."""
    with pytest.raises(ValidationError, match="frozen"):
        load().env = Environment.PRODUCTION  # type: ignore[misc]

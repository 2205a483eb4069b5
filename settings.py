"""The settings: read once from the environment, frozen. A bad or missing one is one line with its name."""

import os
import re
from collections.abc import Iterable
from difflib import get_close_matches
from enum import StrEnum
from pathlib import Path
from typing import Annotated, Any, Self
from urllib.parse import urlsplit

from pydantic import Field, SecretStr, ValidationError, field_validator, model_validator
from pydantic_settings import BaseSettings, NoDecode, SettingsConfigDict

from security.keys import Algorithm
from settings_values import Mailbox, Rate, Seconds, origin

PREFIX = "LATCHKEY_"

VAR = Path("var")
"""Where development keeps its database, keys and mail: below the working directory."""


_MAIL_SERVER = r"smtps?://(?:[^/?#]*@)?[^/?#@:][^/?#@]*(?:[/?#]|$)"


class SettingsError(Exception):
    """A setting is bad or missing; the message is one line that names the variable and never its value."""


class Environment(StrEnum):
    """Where the server runs: development makes what it lacks, production refuses to start without it."""

    DEVELOPMENT = "development"
    PRODUCTION = "production"


class LogFormat(StrEnum):
    """How a log line looks."""

    TEXT = "text"
    JSON = "json"


class SameSite(StrEnum):
    """Where cookies travel (RFC 6265bis). Lax: the access cookie so, the rest Strict. Else: all alike."""

    LAX = "Lax"
    STRICT = "Strict"
    NONE = "None"


class Settings(BaseSettings):
    """Everything an operator can choose. Times are in whole seconds, rates in the notation of `limits`."""

    model_config = SettingsConfigDict(
        env_prefix=PREFIX, frozen=True, extra="ignore", hide_input_in_errors=True
    )

    env: Environment = Environment.DEVELOPMENT
    bind: str = "127.0.0.1:8000"
    metrics_bind: str | None = None
    public_url: str = "http://localhost:8000"
    database_url: SecretStr = SecretStr(f"sqlite://{VAR}/latchkey.db")
    valkey_url: SecretStr | None = None
    smtp_url: SecretStr | None = None
    mail_from: Mailbox = "Latchkey <no-reply@localhost>"
    signing_keys_file: Path = VAR / "signing-keys.json"
    jwt_algorithm: Algorithm = Algorithm.EDDSA
    secret_key: SecretStr = SecretStr("")
    access_ttl: Seconds = 15 * 60
    refresh_ttl: Seconds = 24 * 3600
    remember_ttl: Seconds = 30 * 24 * 3600
    session_lifetime: Seconds = 90 * 24 * 3600
    refresh_leeway: Annotated[int, Field(ge=0, le=300)] = 10
    audit_retention: Annotated[int, Field(ge=0, le=100 * 365 * 24 * 3600)] = 365 * 24 * 3600
    allowed_origins: Annotated[frozenset[str], NoDecode] = frozenset()
    trusted_proxies: Annotated[int, Field(ge=0, le=16)] = 0
    cookie_prefix: str | None = None
    cookie_samesite: SameSite = SameSite.LAX
    limit_login: Rate = "10/minute"
    limit_refresh: Rate = "120/minute"
    limit_otp: Rate = "20/hour"
    limit_register: Rate = "20/hour"
    log_format: LogFormat = LogFormat.TEXT

    @property
    def is_production(self) -> bool:
        """Whether the guards and the strict cookies of production apply."""
        return self.env is Environment.PRODUCTION

    @property
    def has_tls(self) -> bool:
        """Whether browsers reach the server by https, so that cookies are Secure."""
        return self.public_url.startswith("https://")

    @property
    def effective_cookie_prefix(self) -> str:
        """The prefix that was chosen, else `__Host-` in production and none in development."""
        return self.cookie_prefix if self.cookie_prefix is not None else "__Host-" * self.is_production

    @field_validator("allowed_origins", mode="before")
    @classmethod
    def _split(cls, value: Any) -> Any:
        return frozenset(value.replace(",", " ").split()) if isinstance(value, str) else value

    @field_validator("allowed_origins")
    @classmethod
    def _are_origins(cls, value: frozenset[str]) -> frozenset[str]:
        return frozenset(origin(each) for each in value)

    @field_validator("public_url")
    @classmethod
    def _isorigin(cls, value: str) -> str:
        return origin(value.rstrip("/"))

    @field_validator("bind", "metrics_bind")
    @classmethod
    def _is_address(cls, value: str | None) -> str | None:
        if value is None:
            return None
        host, _, port = value.rpartition(":")
        if not host or not re.fullmatch(r"[0-9]{1,5}", port) or int(port) > 65535:
            raise ValueError("has to be host:port")
        return value

    @field_validator("cookie_prefix")
    @classmethod
    def _is_token(cls, value: str | None) -> str | None:
        if value is not None and not re.fullmatch(r"[A-Za-z0-9_.-]*", value):
            raise ValueError("has to be letters, digits and any of _ . -")
        return value

    @field_validator("signing_keys_file", mode="before")
    @classmethod
    def _is_named(cls, value: Any) -> Any:
        if value == "":
            raise ValueError("has to be the path of a file")
        return value

    @field_validator("smtp_url")
    @classmethod
    def _is_mail_server(cls, value: SecretStr | None) -> SecretStr | None:
        # The rest of it is read where the connection is made: `services.mail_smtp`.
        if value is not None and not re.match(_MAIL_SERVER, value.get_secret_value()):
            raise ValueError("has to be smtp:// or smtps:// and a host")
        return value

    @field_validator("database_url")
    @classmethod
    def _is_supported(cls, value: SecretStr) -> SecretStr:
        if not value.get_secret_value().startswith(("sqlite://", "postgres://")):
            raise ValueError("has to start with sqlite:// or postgres://")
        return value

    @field_validator("valkey_url")
    @classmethod
    def _is_store(cls, value: SecretStr | None) -> SecretStr | None:
        if value is not None and not _names_store(value.get_secret_value()):
            raise ValueError("has to be valkey://user:password@host:port/number, or valkeys:// for TLS")
        return value

    @field_validator("secret_key")
    @classmethod
    def _is_long(cls, value: SecretStr) -> SecretStr:
        if 0 < len(value.get_secret_value().encode()) < 32:
            raise ValueError("needs at least 32 bytes")
        return value

    @model_validator(mode="after")
    def _guard(self) -> Self:
        if self.is_production:
            for name in ("public_url", "database_url", "smtp_url", "signing_keys_file", "secret_key"):
                if name not in self.model_fields_set or not getattr(self, name):
                    raise SettingsError(f"{PREFIX}{name.upper()} has to be set in production")
        if self.has_tls:
            return self
        if self.is_production:
            raise SettingsError(f"{PREFIX}PUBLIC_URL has to start with https:// in production")
        # A browser drops a Secure cookie that comes over plain HTTP, and nobody could stay signed in.
        if self.effective_cookie_prefix.startswith("__"):
            raise SettingsError(
                f"{PREFIX}COOKIE_PREFIX asks for Secure cookies: {PREFIX}PUBLIC_URL needs https://"
            )
        if self.cookie_samesite is SameSite.NONE:
            raise SettingsError(
                f"{PREFIX}COOKIE_SAMESITE asks for Secure cookies: {PREFIX}PUBLIC_URL needs https://"
            )
        return self


def load() -> Settings:
    """Read the settings from the environment.

    Raises:
        SettingsError: one of them is bad or missing, or a variable with our prefix is not a setting at all.
    """
    _require_known(name.upper() for name in os.environ)
    try:
        return Settings()
    except ValidationError as error:
        first = error.errors(include_input=False, include_url=False)[0]
        name = PREFIX + str(first["loc"][0]).upper() if first["loc"] else PREFIX + "*"
        raise SettingsError(f"{name}: {first['msg'].removeprefix('Value error, ')}") from None


def _require_known(names: Iterable[str]) -> None:
    known = {name.upper() for name in Settings.model_fields}
    for name in sorted(names):
        # A misspelled guard would be no guard, and nobody would notice.
        if name.startswith(PREFIX) and (own := name.removeprefix(PREFIX)) not in known:
            hint = "".join(f"; is it {PREFIX}{close}?" for close in get_close_matches(own, known, n=1))
            raise SettingsError(f"{name} is not a setting{hint}")


def _names_store(text: str) -> bool:
    try:
        parts = urlsplit(text)
        whole = parts.port != 0 and bool(parts.hostname)
    except ValueError:
        return False
    return whole and bool(re.fullmatch(r"(valkey|redis)s?://[^/?#\s]+(/[0-9]{0,4})?", text))

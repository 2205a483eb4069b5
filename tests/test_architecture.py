"""The house rules, proved by reading every import: one direction, borders, sizes and names."""

import ast
import os
import sys
from collections.abc import Iterator
from fnmatch import fnmatch
from pathlib import Path

import pytest

from tests.support import ROOT

COMMANDS = {"cli_keys", "cli_purge", "cli_restores", "cli_schema", "cli_users"}
"""The files of the command line, beside `cli` itself."""

MAY_IMPORT = {
    "asgi": {"garbage", "server", "web"},
    "bench": {"bench", "cli_services", "server", "web", "resolvers", "services", "security", "models"},
    "cli": {*COMMANDS, "cli_output", "cli_services", "contract", "garbage", "server", "serving", "services"},
    "serving": {"garbage", "server", "services", "settings_tracing", "web", "workers"},
    "cli_users": {"cli_output", "cli_services", "server", "services", "models"},
    "cli_keys": {"server", "services"},
    "cli_purge": {"cli_output", "cli_services", "services"},
    "cli_restores": {"cli_output", "cli_services", "server", "services"},
    "cli_schema": {"cli_output", "contract"},
    "cli_services": {"server", "services"},
    "cli_output": {"resolvers"},
    "contract": {"contract", "resolvers"},
    "server": {"web", "resolvers", "services", "security", "models"},
    "garbage": set[str](),
    "workers": set[str](),
    "web": {"web", "resolvers", "services", "security", "models"},
    "resolvers": {"resolvers", "services", "security", "models"},
    "services": {"services", "security", "models", "migrations"},
    "security": {"security"},
    "models": {"models"},
    "migrations": {"models"},
    "settings": {"security", "settings_values"},
    "settings_tracing": set[str](),
    "settings_values": set[str](),
    "soak": {"soak", "bench", "cli_services", "services", "models"},
}
"""Which of our rooms a room may see: `cli → serving → server → web → resolvers → services`,
and from there `{security, models}`.

The command line is several files: `cli → {cli_keys, cli_users, cli_purge, cli_restores} → {cli_services,
cli_output}`. Beside the server, `cli → cli_schema → contract → resolvers`: what checks the schema is no part
of what serves it. Nobody knows of `bench`, which starts the server and looks into it, but `soak`, which has
the same clients."""

READ_SETTINGS = (
    "asgi.py",
    "bench/people.py",
    "cli.py",
    "cli_keys.py",
    "cli_purge.py",
    "cli_restores.py",
    "cli_services.py",
    "cli_users.py",
    "server.py",
    "serving.py",
    "services/__init__.py",
    "settings_tracing.py",
    "soak/people.py",
)

BORDERS = {
    "quart": ("server.py", "serving.py", "web/*", "bench/floors.py"),
    "werkzeug": ("server.py", "web/*"),
    "hypercorn": ("serving.py", "bench/floors.py"),
    "uvloop": ("serving.py", "cli_services.py", "bench/*", "soak/__main__.py"),
    "ariadne": ("resolvers/*", "web/graphql*.py", "contract/*", "bench/floors.py"),
    "graphql": ("resolvers/*", "web/graphql*.py", "contract/*", "bench/*"),
    "tortoise": ("models/*", "services/*", "server.py", "migrations/*"),
    "asyncpg": ("services/database*.py", "bench/bounds.py"),
    "aiosqlite": ("services/database*.py",),
    "redis": ("services/limits_shared.py",),
    "limits": ("services/*", "settings_values.py"),
    "jwt": ("security/tokens.py", "security/keys.py"),
    "argon2": ("security/passwords.py",),
    "zxcvbn": ("security/password_policy.py",),
    "langcodes": ("services/profile_rules.py",),
    "aiosmtplib": ("services/mail_smtp.py",),
    "jinja2": ("services/mail_composition.py",),
    "prometheus_client": ("web/metrics.py",),
    "opentelemetry": ("web/tracing*.py",),
    "pydantic": ("settings*.py",),
    "pydantic_settings": ("settings.py",),
}
"""The files in which a third party may be named."""

FLOWS = {"auth", "users", "rotation", "registration", "own_sessions", "otp", "password_changes", "profiles"}
MAIL = ("mail", "mail_composition", "mail_sender", "mail_smtp", "mail_transports")
BELOW_FLOWS = {
    "limits": {"sessions"},
    "limits_memory": {"sessions"},
    "limits_outages": {"sessions"},
    "limits_shared": {"sessions"},
    "audit": {"sessions"},
    **{module: {"sessions"} for module in MAIL},
    "purge": {"sessions"},
    "restores": {"sessions"},
    "sessions": set[str](),
    "tally": {"sessions"},
}
"""The services that no flow is known to, and what else they do not know."""

NOT_OURS = {
    ".git",
    ".venv",
    "node_modules",
    "var",
    "build",
    "__pycache__",
    "*_cache",
    ".hypothesis",
    "*.egg-info",
}
LONGEST = 250
"""How many lines a file may have: a longer one has two subjects."""


def files(*suffixes: str) -> Iterator[tuple[str, Path]]:
    """Give the files of the repository, of these suffixes or of any, by their paths from the root."""
    for folder, folders, names in os.walk(ROOT):
        folders[:] = [name for name in folders if not any(fnmatch(name, skipped) for skipped in NOT_OURS)]
        for path in (Path(folder, name) for name in names):
            if not suffixes or path.suffix in suffixes:
                yield str(path.relative_to(ROOT)), path


def modules() -> Iterator[tuple[str, str]]:
    """Give the path and the text of every Python module of the rooms."""
    for path, file in files(".py"):
        if path.split("/")[0].removesuffix(".py") in MAY_IMPORT:
            yield path, file.read_text()


def imports(source: str) -> Iterator[str]:
    """Give the dotted name of everything that a module imports, wherever in it that stands."""
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            yield from (f"{'.' * node.level}{node.module or ''}.{alias.name}" for alias in node.names)


def trespasses(path: str, source: str) -> list[str]:
    """List the imports that the room, the border or the rank of a module forbids."""
    return [
        f"{path} imports {name}: {reason}"
        for name in imports(source)
        for reason in _reasons(path, f"{name}.")
    ]


def _reasons(path: str, name: str) -> Iterator[str]:
    room, module = path.split("/")[0].removesuffix(".py"), Path(path).stem
    top, below = name.split(".")[:2]
    if not top:
        yield "a relative name hides the room"
    if top == "settings":
        if path not in READ_SETTINGS:
            yield "deeper code gets values"
    elif top in MAY_IMPORT and top not in MAY_IMPORT[room]:
        yield "against the direction"
    if top in BORDERS and not any(fnmatch(path, place) for place in BORDERS[top]):
        yield "behind its border"
    if room == top == "services" and module != "__init__":
        if below == "auth":
            yield "nobody calls auth"
        elif below in BELOW_FLOWS.get(module, set()) | (FLOWS if module in BELOW_FLOWS else set()):
            yield "it knows no flow"


def test_every_import_keeps_direction_and_borders() -> None:
    """A room can be read, tested and replaced without knowing what is to its left."""
    assert [found for path, source in modules() for found in trespasses(path, source)] == []
    assert {path.split("/")[0].removesuffix(".py") for path, _ in modules()} == set(MAY_IMPORT)


@pytest.mark.parametrize(
    ("path", "source", "reason"),
    [
        ("security/tokens.py", "import models", "against the direction"),
        ("models/users.py", "from services.users import Users", "against the direction"),
        ("services/users.py", "def f():\n    from resolvers import users", "against the direction"),
        ("resolvers/auth.py", "import web.cookies", "against the direction"),
        ("web/routes.py", "import server", "against the direction"),
        ("server.py", "import cli", "against the direction"),
        ("server.py", "from bench import results", "against the direction"),
        ("bench/results.py", "from cli import main", "against the direction"),
        ("bench/loads.py", "from settings import Settings", "deeper code gets values"),
        ("bench/loads.py", "from soak.truth import Session", "against the direction"),
        ("soak/nodes.py", "import server", "against the direction"),
        ("soak/lives.py", "import uvloop", "behind its border"),
        ("workers.py", "from web import logs", "against the direction"),
        ("web/routes.py", "from workers import Worker", "against the direction"),
        ("cli_users.py", "import cli", "against the direction"),
        ("cli_output.py", "import cli_services", "against the direction"),
        ("cli_output.py", "from settings import Settings", "deeper code gets values"),
        ("web/routes.py", "import contract", "against the direction"),
        ("contract/answers.py", "from web.graphql import read", "against the direction"),
        ("cli_schema.py", "from services import users", "against the direction"),
        ("cli_schema.py", "from settings import Settings", "deeper code gets values"),
        ("cli_schema.py", "from graphql import parse", "behind its border"),
        ("web/cookies.py", "from settings import Settings", "deeper code gets values"),
        ("services/audit.py", "from .errors import Problem", "a relative name hides the room"),
        ("services/errors.py", "from quart import Response", "behind its border"),
        ("web/routes.py", "from graphql.language import parse", "behind its border"),
        ("resolvers/users.py", "import tortoise.fields", "behind its border"),
        ("services/users.py", "import asyncpg", "behind its border"),
        ("security/keys2.py", "import jwt", "behind its border"),
        ("services/passwords.py", "import argon2", "behind its border"),
        ("services/limits.py", "from redis.asyncio import Redis", "behind its border"),
        ("web/request.py", "from limits import parse", "behind its border"),
        ("services/tally.py", "from prometheus_client import Counter", "behind its border"),
        ("web/routes.py", "import prometheus_client", "behind its border"),
        ("services/steps.py", "from opentelemetry import trace", "behind its border"),
        ("services/users.py", "from services import auth", "nobody calls auth"),
        ("services/limits.py", "from services.auth import Auth", "nobody calls auth"),
        ("services/limits_outages.py", "from services.sessions import Clock", "it knows no flow"),
        ("services/audit.py", "from services.users import Users", "it knows no flow"),
        ("services/mail.py", "from services import sessions", "it knows no flow"),
        ("services/mail_sender.py", "from services.otp import Otp", "it knows no flow"),
        ("services/sessions.py", "from services.rotation import Rotation", "it knows no flow"),
    ],
)
def test_a_trespass_is_found(path: str, source: str, reason: str) -> None:
    """The rules have teeth: each of them refuses what it is about."""
    (found,) = trespasses(path, source)
    assert found.endswith(f": {reason}")


def test_no_file_is_longer_than_a_subject() -> None:
    """What does not fit is two things."""
    lengths = {path: len(file.read_text().splitlines()) for path, file in files(".py", ".js")}
    assert len(lengths) > 50
    assert {path: length for path, length in lengths.items() if length > LONGEST} == {}


def test_nothing_shadows_the_standard_library() -> None:
    """The root is on sys.path: a room called `email` would be everybody's `email`."""
    ours = {path.name.removesuffix(".py") for path in ROOT.iterdir() if path.is_dir() or path.suffix == ".py"}
    assert ours & sys.stdlib_module_names == set()

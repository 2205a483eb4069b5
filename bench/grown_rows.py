"""The rows of a service that has grown: people, their sessions, all tokens that these had, and events.

The statements are for SQLite and PostgreSQL alike. Each gives whole tables in the order in which production
would have written them, so that the tokens of a session lie as far from each other as they would there. Two
functions have to be defined: `bench_id(kind, number)` gives a UUID that looks random and is always the same,
`bench_at(age)` the instant so many seconds ago.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from string import Template

GENERATIONS = 10
"""How many tokens a session has had: each used up by a refresh, but for the last."""

SESSIONS_EACH = 5
"""How many sessions a person has, on as many devices."""

_EVERY = 15 * 60
"""How far two refreshes are apart, in seconds."""

_KEPT = 30 * 24 * 3600
"""How long a token lasts, in seconds; nothing of all this is over yet."""

_HASH = "$argon2id$v=19$m=19456,t=2,p=1$HpBcUbVi7vLvb2G9Md0kfw$ZxI52WMErStK37JQyi+HPR6UQIc2ZCNszfdnAshJ40Q"
_AGENT = "Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/130.0 Safari/537.36"


@dataclass(frozen=True, slots=True)
class Size:
    """How much there is of everything, by the number of refresh tokens that are outstanding."""

    tokens: int

    @property
    def sessions(self) -> int:
        """How many sessions are live, each with one live token."""
        return max(1, self.tokens // GENERATIONS)

    @property
    def users(self) -> int:
        """How many people they belong to."""
        return max(1, self.sessions // SESSIONS_EACH)

    @property
    def used(self) -> int:
        """How many tokens are used up, and on the blacklist."""
        return self.sessions * (GENERATIONS - 1)


_TOKENS = """(
  SELECT n, g, (n - 1) % $sessions + 1 AS s,
    ($generations - g) * $every - (n - 1) % $sessions * $every / $sessions AS age
  FROM (SELECT n, (n - 1) / $sessions AS g FROM $series) AS counted
) AS tokens"""
"""Each token by its number, with its session, which of that session's tokens it is, and how old it is."""

_PERSON = "bench_id('user', (s - 1) % $users + 1)"

_INSERTS = {
    "users": """
INSERT INTO users (id, email, email_normalised, password_hash, role, created_at, verified_at, last_login_at)
SELECT bench_id('user', n), 'person-' || n || '@example.com', 'person-' || n || '@example.com',
  '$hash', 'USER', bench_at($kept), bench_at($kept), bench_at(n % $kept)
FROM $every_user
""",
    "sessions": """
INSERT INTO sessions
  (id, user_id, current_jti, remember_me, created_at, last_used_at, expires_at, ip_address, user_agent)
SELECT bench_id('session', s), $person, bench_id('token', $used + s), TRUE,
  bench_at($generations * $every), bench_at($every), bench_at($every - $kept),
  '198.51.100.' || s % 250, '$agent'
FROM (SELECT n AS s FROM $every_session) AS numbered
""",
    "outstanding_tokens": """
INSERT INTO outstanding_tokens (jti, session_id, user_id, kid, issued_at, expires_at)
SELECT bench_id('token', n), bench_id('session', s), $person, '6791d322df3912ba',
  bench_at(age), bench_at(age - $kept)
FROM $every_token
""",
    "blacklisted_tokens": """
INSERT INTO blacklisted_tokens (token_id, revoked_at, reason)
SELECT bench_id('token', n), bench_at(age - $every), 'ROTATED'
FROM $every_used_token
""",
    "audit_events": """
INSERT INTO audit_events
  (occurred_at, kind, outcome, user_id, session_id, ip_address, user_agent, request_id)
SELECT bench_at(age), CASE g WHEN 0 THEN 'LOGIN' ELSE 'REFRESH' END, 'SUCCESS', $person,
  bench_id('session', s), '198.51.100.' || s % 250, '$agent', CAST(bench_id('request', n) AS VARCHAR(36))
FROM $every_token
""",
}

TABLES = tuple(_INSERTS)
"""The tables that grow."""


def fill(size: Size, series: Callable[[int], str]) -> Mapping[str, str]:
    """Give a statement for each table, by its name; `series` gives the numbers from one on as a table."""
    numbers = {"generations": GENERATIONS, "every": _EVERY, "kept": _KEPT, "hash": _HASH, "agent": _AGENT}
    numbers |= {"users": size.users, "sessions": size.sessions, "used": size.used}

    def tokens(count: int) -> str:
        return Template(_TOKENS).substitute(numbers, series=series(count))

    parts = {
        "person": Template(_PERSON).substitute(numbers),
        "every_user": series(size.users),
        "every_session": series(size.sessions),
        "every_token": tokens(size.used + size.sessions),
        "every_used_token": tokens(size.used),
    }
    return {table: Template(insert).substitute(numbers, **parts) for table, insert in _INSERTS.items()}

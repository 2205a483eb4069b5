"""The statements that remove what is over, in the manner of `models.statements`.

Each removes one batch: at most `$3` rows that were over at `$2`, the oldest first, from `$1` on, where the
batch before has come to, so that none looks again at what the ones before have passed over. It takes rows
that nobody else holds, as in `models.mail_statements`: it waits for nobody, and nobody for more than it.
"""

TAKE_LEASE = """
INSERT INTO leases (name, holder, expires_at) VALUES ($1, $2, $3)
ON CONFLICT (name) DO UPDATE SET holder = excluded.holder, expires_at = excluded.expires_at
WHERE leases.holder = excluded.holder OR leases.expires_at <= $4
RETURNING name
"""
"""Decides who does some work, until `$3`: its holder takes it again, and anybody does when it has lapsed."""

RELEASE_LEASE = """
UPDATE leases SET expires_at = $3 WHERE name = $1 AND holder = $2
"""

PURGE_TOKENS = """
WITH past AS MATERIALIZED (
  SELECT o.jti FROM outstanding_tokens o
  WHERE o.expires_at >= $1 AND o.expires_at <= $2
    AND NOT EXISTS (SELECT 1 FROM sessions s WHERE s.current_jti = o.jti)
  ORDER BY o.expires_at LIMIT $3
  FOR UPDATE SKIP LOCKED
)
DELETE FROM outstanding_tokens WHERE jti IN (SELECT jti FROM past)
RETURNING expires_at AS reached_at
"""
"""Their rows in the blacklist go with them. The current token of a session stays as long as the session."""

PURGE_SESSIONS = """
WITH past AS MATERIALIZED (
  SELECT s.id FROM outstanding_tokens o JOIN sessions s ON s.current_jti = o.jti
  WHERE o.expires_at >= $1 AND o.expires_at <= $2 AND s.expires_at <= $2
    AND NOT EXISTS (
      SELECT 1 FROM outstanding_tokens n WHERE n.session_id = s.id AND n.jti <> s.current_jti
      LIMIT 1 OFFSET 0
    )
  ORDER BY o.expires_at LIMIT $3
  FOR UPDATE SKIP LOCKED
)
DELETE FROM sessions WHERE id IN (SELECT id FROM past)
RETURNING expires_at AS reached_at
"""
"""A session expires with its current token, by which it is found, and which is its last and goes with it.

Without an `OFFSET`, PostgreSQL would compare all sessions with all tokens before it takes a batch of them."""

PURGE_CODES = """
WITH past AS MATERIALIZED (
  SELECT id FROM one_time_codes WHERE expires_at >= $1 AND expires_at <= $2
  ORDER BY expires_at LIMIT $3
  FOR UPDATE SKIP LOCKED
)
DELETE FROM one_time_codes WHERE id IN (SELECT id FROM past)
RETURNING expires_at AS reached_at
"""

PURGE_MAIL = """
WITH past AS MATERIALIZED (
  SELECT id FROM outbox WHERE state = $4 AND due_at >= $1 AND due_at <= $2
  ORDER BY due_at LIMIT $3
  FOR UPDATE SKIP LOCKED
)
DELETE FROM outbox WHERE id IN (SELECT id FROM past)
RETURNING due_at AS reached_at
"""
"""A letter is due no earlier than it was written, and stays so when it is settled."""

PURGE_AUDIT = """
WITH past AS MATERIALIZED (
  SELECT id FROM audit_events WHERE occurred_at >= $1 AND occurred_at <= $2
  ORDER BY occurred_at LIMIT $3
  FOR UPDATE SKIP LOCKED
)
DELETE FROM audit_events WHERE id IN (SELECT id FROM past)
RETURNING occurred_at AS reached_at
"""

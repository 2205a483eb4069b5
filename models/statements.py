"""The statements of the hot paths, by name: SQL for SQLite and PostgreSQL alike, with values as `$1`.

Each state change starts with the one statement that decides it: a conditional UPDATE, whose returned rows are
the verdict. It is also the first write of its transaction, so that it takes the lock that the rest relies on:
the row of the session for a rotation, the row of the user for a sign-in or a sign-out.

Columns follow a convention that `services.database` decodes by: `*_at` is an instant, and `id`, `*_id` and
`*jti` are UUIDs.
"""

FIND_ACCOUNT = """
SELECT u.id, u.email, u.role, u.created_at, u.verified_at, u.onboarded_at, u.last_login_at,
  u.disabled_at, u.password_hash
FROM users u WHERE u.email_normalised = $1
"""

IDENTIFY = """
SELECT u.id, u.email, u.role, u.created_at, u.verified_at, u.onboarded_at, u.last_login_at,
  s.last_used_at
FROM sessions s JOIN users u ON u.id = s.user_id
WHERE s.id = $1 AND s.user_id = $2 AND s.revoked_at IS NULL AND s.expires_at > $3 AND u.disabled_at IS NULL
"""

ADMIT = """
UPDATE users SET last_login_at = $3, password_hash = $4
WHERE id = $1 AND password_hash = $2 AND disabled_at IS NULL
RETURNING id
"""
"""Decides a sign-in by password: the account is enabled, and its password is still the one verified."""

INSERT_SESSION = """
INSERT INTO sessions
  (id, user_id, current_jti, remember_me, created_at, last_used_at, expires_at, ip_address, user_agent)
VALUES ($1, $2, $3, $4, $5, $5, $6, $7, $8)
"""

INSERT_OUTSTANDING = """
INSERT INTO outstanding_tokens (jti, session_id, user_id, kid, issued_at, expires_at)
VALUES ($1, $2, $3, $4, $5, $6)
"""

BLACKLIST = """
INSERT INTO blacklisted_tokens (token_id, revoked_at, reason) VALUES ($1, $2, $3)
"""

ROTATE = """
UPDATE sessions SET
  current_jti = $3,
  last_used_at = $4,
  expires_at = CASE remember_me WHEN TRUE THEN $5 WHEN FALSE THEN $6 ELSE expires_at END
WHERE id = $1 AND current_jti = $2 AND revoked_at IS NULL AND expires_at > $4
  AND created_at > $7 AND CASE remember_me WHEN TRUE THEN last_used_at > $8 ELSE last_used_at > $9 END
  AND EXISTS (SELECT 1 FROM users u WHERE u.id = sessions.user_id AND u.disabled_at IS NULL)
RETURNING remember_me, expires_at, (SELECT u.role FROM users u WHERE u.id = sessions.user_id) AS role
"""
"""Decides a rotation: of all who present the current token of a live session, one finds it current."""

FIND_PRESENTED = """
SELECT s.current_jti, s.remember_me, s.revoked_at, s.expires_at, u.role, u.disabled_at,
  b.revoked_at AS used_at, n.kid, n.issued_at, n.expires_at AS token_expires_at
FROM outstanding_tokens o
JOIN sessions s ON s.id = o.session_id
JOIN users u ON u.id = s.user_id
JOIN outstanding_tokens n ON n.jti = s.current_jti
LEFT JOIN blacklisted_tokens b ON b.token_id = o.jti
WHERE o.jti = $1 AND o.session_id = $2
"""

BEGIN_LOGOUT = """
UPDATE users SET last_logout_at = $3
WHERE id = $1
  AND EXISTS (SELECT 1 FROM sessions s WHERE s.id = $2 AND s.user_id = $1 AND s.revoked_at IS NULL)
RETURNING id
"""
"""Decides what reaches beyond one's own session: that it has not ended yet. A user's wait here in turn."""

END_SESSION = """
UPDATE sessions SET revoked_at = $3, revoked_reason = $4
WHERE user_id = $1 AND id = $2 AND revoked_at IS NULL
RETURNING id, current_jti
"""

END_OTHER_SESSIONS = """
UPDATE sessions SET revoked_at = $3, revoked_reason = $4
WHERE user_id = $1 AND id <> $2 AND revoked_at IS NULL
  AND EXISTS (SELECT 1 FROM sessions s WHERE s.id = $2 AND s.revoked_at IS NULL AND s.expires_at > $3)
RETURNING id, current_jti
"""

END_ALL_SESSIONS = """
UPDATE sessions SET revoked_at = $3, revoked_reason = $4
WHERE user_id = $1 AND revoked_at IS NULL
  AND (id = $2 OR EXISTS (
    SELECT 1 FROM sessions s WHERE s.id = $2 AND s.revoked_at IS NULL AND s.expires_at > $3
  ))
RETURNING id, current_jti
"""
"""A session that has expired or ended may still end itself, but no longer the others."""

DISABLE_USER = """
UPDATE users SET disabled_at = $2 WHERE id = $1 AND disabled_at IS NULL RETURNING id
"""
"""Decides a disabling. The row of the user is written first, so that no sign-in gets in between."""

ENABLE_USER = """
UPDATE users SET disabled_at = NULL WHERE id = $1 AND disabled_at IS NOT NULL RETURNING id
"""

END_SESSIONS_OF_USER = """
UPDATE sessions SET revoked_at = $2, revoked_reason = $3
WHERE user_id = $1 AND revoked_at IS NULL
RETURNING id, current_jti
"""

INSERT_AUDIT_EVENT = """
INSERT INTO audit_events
  (occurred_at, kind, outcome, reason, user_id, session_id, ip_address, user_agent, request_id)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)
"""

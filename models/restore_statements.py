"""The statements of a database that was brought back, in the manner of `models.statements`."""

PLACE_OF_SQLITE = "SELECT 'file' AS place"
"""A file cannot tell where it is. Of a backup that we make, `MARK_COPY` says that it is one."""

PLACE_OF_POSTGRES = """
SELECT system_identifier::text || '/' || 'home'::regclass::oid::text AS place FROM pg_control_system()
"""
"""The cluster, and the table in it: whatever writes the rows anew gives the table another number."""

MARK_COPY = "UPDATE home SET place = 'copy'"

FIND_HOME = "SELECT place FROM home WHERE name = $1"

NOTE_HOME = """
INSERT INTO home (name, place, noted_at) VALUES ($1, $2, $3) ON CONFLICT (name) DO NOTHING
"""

MOVE_HOME = """
INSERT INTO home (name, place, noted_at) VALUES ($1, $2, $3)
ON CONFLICT (name) DO UPDATE SET place = excluded.place, noted_at = excluded.noted_at
"""

END_NEXT_SESSIONS = """
WITH next AS MATERIALIZED (
  SELECT id FROM sessions WHERE id > $1 AND revoked_at IS NULL
  ORDER BY id LIMIT $2
)
UPDATE sessions SET revoked_at = $3, revoked_reason = $4
WHERE id IN (SELECT id FROM next) AND revoked_at IS NULL
RETURNING id
"""
"""Decides which sessions a batch ends: the next ones in the order of their ids, whosever they are."""

_JUST_ENDED = """
FROM sessions s
WHERE s.id > $1 AND s.id <= $2 AND s.revoked_at IS NOT NULL
  AND NOT EXISTS (SELECT 1 FROM blacklisted_tokens b WHERE b.token_id = s.current_jti)
"""

RECORD_ENDED = f"""
INSERT INTO audit_events (occurred_at, kind, outcome, reason, user_id, session_id)
SELECT s.revoked_at, 'SESSION_REVOKED', 'SUCCESS', s.revoked_reason, s.user_id, s.id {_JUST_ENDED}
"""

BLACKLIST_ENDED = f"""
INSERT INTO blacklisted_tokens (token_id, revoked_at, reason)
SELECT s.current_jti, s.revoked_at, s.revoked_reason {_JUST_ENDED}
"""
"""The last of a batch: what is ended and not blacklisted is what it has ended, whatever the clock says."""

VOID_CODES = """
UPDATE one_time_codes SET used_at = $1 WHERE used_at IS NULL AND expires_at > $2
RETURNING id
"""

EXPIRE_CODE_MAIL = """
UPDATE outbox SET state = 'EXPIRED', details = '{}' WHERE state = 'PENDING' AND expires_at IS NOT NULL
RETURNING id
"""
"""A letter that expires brings a code. One that does not is worth delivering twice rather than never."""

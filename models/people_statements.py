"""The statements of sign-up, one-time codes, passwords and profiles, in the manner of `models.statements`.

Rows are locked in one order, and a code comes before the user whom it lets in.
"""

ISSUE_CODE = """
INSERT INTO one_time_codes (email_normalised, purpose, digest, attempts, created_at, expires_at)
VALUES ($1, $2, $3, 0, $4, $5)
ON CONFLICT (email_normalised, purpose) DO UPDATE SET
  digest = excluded.digest, attempts = 0, created_at = excluded.created_at,
  expires_at = excluded.expires_at, used_at = NULL
WHERE one_time_codes.created_at <= $6
RETURNING id
"""
"""Decides whether a code is issued, which voids the one before: none was since `$6`, the cooldown's start."""

USE_CODE = """
UPDATE one_time_codes SET
  attempts = attempts + 1,
  used_at = CASE WHEN digest = $3 THEN $4 ELSE used_at END
WHERE email_normalised = $1 AND purpose = $2 AND used_at IS NULL AND attempts < $5 AND expires_at > $4
RETURNING CASE WHEN digest = $3 THEN 1 ELSE 0 END AS matches
"""
"""Counts an attempt, compares, and uses the code up, at once: of any number who bring it, one finds it good.

What is compared are keyed digests, of which nobody outside can compute one: its timing tells nothing.
"""

CHECK_CODE = """
UPDATE one_time_codes SET attempts = attempts + 1
WHERE email_normalised = $1 AND purpose = $2 AND used_at IS NULL AND attempts < $5 AND expires_at > $4
RETURNING CASE WHEN digest = $3 THEN 1 ELSE 0 END AS matches
"""
"""Counts an attempt and compares, and leaves a good code good."""

FIND_CODE = """
SELECT attempts, expires_at, used_at FROM one_time_codes WHERE email_normalised = $1 AND purpose = $2
"""

FIND_RECIPIENT = """
SELECT u.id, u.email, u.verified_at, u.disabled_at, p.locale
FROM users u LEFT JOIN profiles p ON p.user_id = u.id WHERE u.email_normalised = $1
"""

REGISTER = """
INSERT INTO users (id, email, email_normalised, password_hash, role, created_at)
VALUES ($1, $2, $3, $4, $5, $6)
ON CONFLICT (email_normalised) DO UPDATE SET email = excluded.email, password_hash = excluded.password_hash
WHERE users.verified_at IS NULL AND users.disabled_at IS NULL
RETURNING id
"""
"""Decides a sign-up: the address has no account, or one that nobody has proved to be theirs yet."""

DESCRIBE_NEWCOMER = """
INSERT INTO profiles (user_id, first_name, last_name, display_name, phone, locale, timezone, updated_at)
SELECT u.id, $2, $3, $4, $5, $6, $7, $8 FROM users u
WHERE u.email_normalised = $1 AND u.verified_at IS NULL AND u.disabled_at IS NULL
ON CONFLICT (user_id) DO UPDATE SET
  first_name = excluded.first_name, last_name = excluded.last_name, display_name = excluded.display_name,
  phone = excluded.phone, locale = excluded.locale, timezone = excluded.timezone,
  updated_at = excluded.updated_at
"""
"""Runs for known addresses too, where it finds nobody: a sign-up takes the same statements either way."""

"""The statements of sign-up, one-time codes, passwords and profiles, in the manner of `models.statements`.

Rows are locked in one order, and a code comes before the user whom it lets in.
"""

REPLACE_CODE = """
INSERT INTO one_time_codes (email_normalised, purpose, digest, attempts, created_at, expires_at)
VALUES ($1, $2, $3, 0, $4, $5)
ON CONFLICT (email_normalised, purpose) DO UPDATE SET
  digest = excluded.digest, attempts = 0, created_at = excluded.created_at,
  expires_at = excluded.expires_at, used_at = NULL
"""
"""Puts a code in the place of the one before, which is void from then on."""

ISSUE_CODE = f"""
{REPLACE_CODE.strip()}
WHERE one_time_codes.created_at <= $6
RETURNING id
"""
"""Decides whether a code is issued: none was since `$6`, the start of the cooldown."""

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

ADMIT_BY_CODE = """
UPDATE users SET
  last_login_at = $2,
  verified_at = COALESCE(verified_at, $2),
  password_hash = CASE WHEN verified_at IS NULL AND $3 THEN NULL ELSE password_hash END
WHERE email_normalised = $1 AND disabled_at IS NULL
RETURNING id, email, role, created_at, verified_at, onboarded_at, last_login_at
"""
"""Decides a sign-in by code: the account is enabled.

`$3` drops a password that the code does not vouch for."""

RESET_BY_CODE = """
UPDATE users SET password_hash = $2, verified_at = COALESCE(verified_at, $3)
WHERE email_normalised = $1 AND disabled_at IS NULL
RETURNING id, email, (SELECT p.locale FROM profiles p WHERE p.user_id = users.id) AS locale
"""

FIND_HASH = """
SELECT password_hash FROM users WHERE id = $1
"""

REPLACE_HASH = """
UPDATE users SET password_hash = $3
WHERE id = $1 AND password_hash = $2 AND disabled_at IS NULL
  AND EXISTS (
    SELECT 1 FROM sessions s
    WHERE s.id = $4 AND s.user_id = $1 AND s.revoked_at IS NULL AND s.expires_at > $5
  )
RETURNING id, email, (SELECT p.locale FROM profiles p WHERE p.user_id = users.id) AS locale
"""
"""Decides a change: the password is still the one verified, and the session that asks has not ended."""

UPDATE_PROFILE = """
INSERT INTO profiles (user_id, first_name, last_name, display_name, phone, locale, timezone, updated_at)
SELECT s.user_id, $4, $5, $6, $7, $8, $9, $3 FROM sessions s
WHERE s.id = $2 AND s.user_id = $1 AND s.revoked_at IS NULL AND s.expires_at > $3
ON CONFLICT (user_id) DO UPDATE SET
  first_name = CASE WHEN $10 THEN excluded.first_name ELSE profiles.first_name END,
  last_name = CASE WHEN $11 THEN excluded.last_name ELSE profiles.last_name END,
  display_name = CASE WHEN $12 THEN excluded.display_name ELSE profiles.display_name END,
  phone = CASE WHEN $13 THEN excluded.phone ELSE profiles.phone END,
  locale = CASE WHEN $14 THEN excluded.locale ELSE profiles.locale END,
  timezone = CASE WHEN $15 THEN excluded.timezone ELSE profiles.timezone END,
  updated_at = excluded.updated_at
RETURNING user_id
"""
"""Decides a change of a profile: the session that asks has not ended. A `false` leaves a field as it is."""

COMPLETE_ONBOARDING = """
UPDATE users SET onboarded_at = COALESCE(onboarded_at, $3)
WHERE id = $1 AND disabled_at IS NULL
  AND EXISTS (
    SELECT 1 FROM sessions s
    WHERE s.id = $2 AND s.user_id = $1 AND s.revoked_at IS NULL AND s.expires_at > $3
  )
  AND EXISTS (
    SELECT 1 FROM profiles p
    WHERE p.user_id = $1 AND p.first_name IS NOT NULL AND p.last_name IS NOT NULL
  )
RETURNING onboarded_at
"""
"""Decides the end of the first steps: both names are there, and the session that asks has not ended."""

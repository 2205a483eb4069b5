"""Sessions and the refresh tokens issued to them. No token is ever stored, only its `jti`."""

from enum import StrEnum
from uuid import uuid4

from tortoise import fields
from tortoise.indexes import Index
from tortoise.models import Model

from models.users import User


class RevocationReason(StrEnum):
    """Why a token or a session was revoked."""

    ROTATED = "ROTATED"
    LOGOUT = "LOGOUT"
    REUSED = "REUSED"
    PASSWORD_CHANGED = "PASSWORD_CHANGED"  # noqa: S105
    PASSWORD_RESET = "PASSWORD_RESET"  # noqa: S105
    REVOKED_BY_USER = "REVOKED_BY_USER"
    REVOKED_BY_ADMIN = "REVOKED_BY_ADMIN"
    ACCOUNT_DISABLED = "ACCOUNT_DISABLED"


class Session(Model):
    """One sign-in of one client. It is live while it is not revoked and not expired, and its user is enabled.

    `current_jti` is the one refresh token that is still good. It is a column and not a row of a table of
    live tokens, so that a session cannot have two, and so that one conditional UPDATE uses it up.
    """

    id = fields.UUIDField(primary_key=True, default=uuid4)
    user: fields.ForeignKeyRelation[User] = fields.ForeignKeyField(
        "latchkey.User", related_name="sessions", on_delete=fields.CASCADE
    )
    current_jti = fields.UUIDField(unique=True)
    remember_me = fields.BooleanField()
    created_at = fields.DatetimeField()
    last_used_at = fields.DatetimeField()
    expires_at = fields.DatetimeField()
    ip_address = fields.CharField(max_length=45, null=True)
    user_agent = fields.CharField(max_length=512, null=True)
    revoked_at = fields.DatetimeField(null=True)
    revoked_reason = fields.CharEnumField(
        RevocationReason, max_length=20, null=True, description="a RevocationReason"
    )

    class Meta:
        """Found by id, and by user for listing and ending."""

        table = "sessions"
        indexes = (Index(fields=("user_id", "revoked_at"), name="sessions_by_user"),)


class OutstandingToken(Model):
    """A refresh token that was issued. It stays until it expires, revoked or not."""

    jti = fields.UUIDField(primary_key=True)
    session: fields.ForeignKeyRelation[Session] = fields.ForeignKeyField(
        "latchkey.Session", related_name="tokens", on_delete=fields.CASCADE
    )
    user: fields.ForeignKeyRelation[User] = fields.ForeignKeyField(
        "latchkey.User", related_name="tokens", on_delete=fields.CASCADE
    )
    kid = fields.CharField(
        max_length=64, description="the key that signed it, so that a replay gives the same bytes"
    )
    issued_at = fields.DatetimeField()
    expires_at = fields.DatetimeField()

    class Meta:
        """Found by `jti`; by session for revocation; by expiry for the purge."""

        table = "outstanding_tokens"
        indexes = (
            Index(fields=("session_id",), name="outstanding_by_session"),
            Index(fields=("expires_at",), name="outstanding_by_expiry"),
        )


class BlacklistedToken(Model):
    """A refresh token that is refused, with when and why. A token can be revoked once."""

    id = fields.BigIntField(primary_key=True)
    token: fields.OneToOneRelation[OutstandingToken] = fields.OneToOneField(
        "latchkey.OutstandingToken", related_name="blacklisted", on_delete=fields.CASCADE
    )
    revoked_at = fields.DatetimeField()
    reason = fields.CharEnumField(RevocationReason, max_length=20, description="a RevocationReason")

    class Meta:
        """One row to a token."""

        table = "blacklisted_tokens"

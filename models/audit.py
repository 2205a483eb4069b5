"""The audit trail: what happened, written in the transaction that made it happen."""

from enum import StrEnum

from tortoise import fields
from tortoise.indexes import Index
from tortoise.models import Model


class AuditKind(StrEnum):
    """What happened."""

    LOGIN = "LOGIN"
    REFRESH = "REFRESH"
    REUSE_DETECTED = "REUSE_DETECTED"
    LOGOUT = "LOGOUT"
    ACCOUNT_DISABLED = "ACCOUNT_DISABLED"
    ACCOUNT_ENABLED = "ACCOUNT_ENABLED"
    SESSION_REVOKED = "SESSION_REVOKED"
    REGISTERED = "REGISTERED"
    CODE_REQUESTED = "CODE_REQUESTED"
    EMAIL_VERIFIED = "EMAIL_VERIFIED"
    PASSWORD_CHANGED = "PASSWORD_CHANGED"  # noqa: S105
    PASSWORD_RESET = "PASSWORD_RESET"  # noqa: S105
    PROFILE_UPDATED = "PROFILE_UPDATED"
    ONBOARDED = "ONBOARDED"
    LIMITS_UNAVAILABLE = "LIMITS_UNAVAILABLE"


class AuditOutcome(StrEnum):
    """Whether it was allowed."""

    SUCCESS = "SUCCESS"
    FAILURE = "FAILURE"


class AuditEvent(Model):
    """One thing that happened. It outlives the user and the session it names: no foreign keys."""

    id = fields.BigIntField(primary_key=True)
    occurred_at = fields.DatetimeField()
    kind = fields.CharEnumField(AuditKind, max_length=32, description="an AuditKind")
    outcome = fields.CharEnumField(AuditOutcome, max_length=8, description="an AuditOutcome")
    reason = fields.CharField(max_length=32, null=True, description="an error code or a revocation reason")
    user_id = fields.UUIDField(null=True)
    session_id = fields.UUIDField(null=True)
    ip_address = fields.CharField(max_length=45, null=True)
    user_agent = fields.CharField(max_length=512, null=True)
    request_id = fields.CharField(max_length=36, null=True)

    class Meta:
        """Read by user, newest first; purged by age."""

        table = "audit_events"
        indexes = (
            Index(fields=("user_id", "id"), name="audit_by_user"),
            Index(fields=("occurred_at",), name="audit_by_time"),
        )

"""The outbox: mail that was promised in a transaction, and what has become of it."""

from enum import StrEnum

from tortoise import fields
from tortoise.indexes import Index
from tortoise.models import Model


class MailKind(StrEnum):
    """Which letter it is: there is a template of this name in every language."""

    VERIFY_EMAIL = "VERIFY_EMAIL"
    ALREADY_REGISTERED = "ALREADY_REGISTERED"
    LOGIN = "LOGIN"
    RESET_PASSWORD = "RESET_PASSWORD"  # noqa: S105
    PASSWORD_CHANGED = "PASSWORD_CHANGED"  # noqa: S105
    PASSWORD_RESET = "PASSWORD_RESET"  # noqa: S105


class MailState(StrEnum):
    """What has become of a letter. `SUPPRESSED` was never meant to be sent: it costs what another costs."""

    PENDING = "PENDING"
    SENT = "SENT"
    DEAD = "DEAD"
    EXPIRED = "EXPIRED"
    SUPPRESSED = "SUPPRESSED"


class OutboxMail(Model):
    """One letter. Its details, which may hold a code, are wiped as soon as it is sent, dead or expired."""

    id = fields.BigIntField(primary_key=True)
    state = fields.CharEnumField(MailState, max_length=10, description="a MailState")
    kind = fields.CharEnumField(MailKind, max_length=24, description="a MailKind")
    recipient = fields.CharField(max_length=320, description="the address as typed, empty when suppressed")
    locale = fields.CharField(max_length=8, description="the language of the template")
    details = fields.TextField(description="what the template is filled with, as JSON")
    attempts = fields.IntField(default=0)
    created_at = fields.DatetimeField()
    due_at = fields.DatetimeField(description="when to try next, and while it is claimed, when that lapses")
    expires_at = fields.DatetimeField(null=True, description="from when on it is of no use")
    sent_at = fields.DatetimeField(null=True)

    class Meta:
        """Claimed by whoever finds it due first."""

        table = "outbox"
        indexes = (Index(fields=("state", "due_at"), name="outbox_by_due"),)

"""Leases: which of several servers does what one of them is enough for."""

from tortoise import fields
from tortoise.models import Model


class Lease(Model):
    """Some work, and who does it until when. Whoever is killed at it keeps the others waiting no longer."""

    name = fields.CharField(max_length=32, primary_key=True)
    holder = fields.UUIDField(description="drawn anew by whoever takes it")
    expires_at = fields.DatetimeField()

    class Meta:
        """One row to a kind of work."""

        table = "leases"

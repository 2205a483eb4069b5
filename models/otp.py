"""One-time codes: of each address and purpose the newest one, known or unknown address alike."""

from enum import StrEnum

from tortoise import fields
from tortoise.indexes import Index
from tortoise.models import Model


class OtpPurpose(StrEnum):
    """What a code is good for; the descriptions are in the SDL."""

    VERIFY_EMAIL = "VERIFY_EMAIL"
    LOGIN = "LOGIN"
    RESET_PASSWORD = "RESET_PASSWORD"  # noqa: S105


class OneTimeCode(Model):
    """The newest code for an address and a purpose. Never the code itself, only its keyed digest.

    It names an address and no user: an address without an account gets rows as well, so that nothing that
    can be asked or timed tells whether there is one.
    """

    id = fields.BigIntField(primary_key=True)
    email_normalised = fields.CharField(max_length=320)
    purpose = fields.CharEnumField(OtpPurpose, max_length=16, description="an OtpPurpose")
    digest = fields.CharField(max_length=64, description="keyed HMAC of address, purpose and code")
    attempts = fields.IntField(default=0, description="how many comparisons it has cost so far")
    created_at = fields.DatetimeField()
    expires_at = fields.DatetimeField()
    used_at = fields.DatetimeField(null=True)

    class Meta:
        """A new code takes the place of the old one; purged by age."""

        table = "one_time_codes"
        unique_together = (("email_normalised", "purpose"),)
        indexes = (Index(fields=("expires_at",), name="codes_by_expiry"),)

"""People: who may sign in, and what they say of themselves."""

from enum import StrEnum
from uuid import uuid4

from tortoise import fields
from tortoise.models import Model


class Role(StrEnum):
    """What a user may do beyond their own things."""

    USER = "USER"
    ADMIN = "ADMIN"


class User(Model):
    """An account. Whether it is signed in is not stored: it is whether it has a live session."""

    id = fields.UUIDField(primary_key=True, default=uuid4)
    email = fields.CharField(max_length=320, description="as typed, for showing")
    email_normalised = fields.CharField(
        max_length=320, unique=True, description="trimmed, NFKC, lower case: for comparing"
    )
    password_hash = fields.CharField(
        max_length=255, null=True, description="PHC string, null without a password"
    )
    role = fields.CharEnumField(Role, max_length=8, default=Role.USER, description="a Role")
    created_at = fields.DatetimeField()
    verified_at = fields.DatetimeField(
        null=True, description="when the person proved that the e-mail is theirs"
    )
    onboarded_at = fields.DatetimeField(null=True)
    disabled_at = fields.DatetimeField(null=True, description="since when nothing of the account works")
    last_login_at = fields.DatetimeField(null=True)
    last_logout_at = fields.DatetimeField(null=True, description="when sessions were last ended on purpose")

    class Meta:
        """One account to an e-mail."""

        table = "users"


class Profile(Model):
    """What a person says of themselves. A user without a row has an empty profile."""

    id = fields.BigIntField(primary_key=True)
    user: fields.OneToOneRelation[User] = fields.OneToOneField(
        "latchkey.User", related_name="profile", on_delete=fields.CASCADE
    )
    first_name = fields.CharField(max_length=100, null=True)
    last_name = fields.CharField(max_length=100, null=True)
    display_name = fields.CharField(max_length=100, null=True)
    phone = fields.CharField(max_length=16, null=True, description="E.164")
    locale = fields.CharField(max_length=35, null=True, description="BCP 47")
    timezone = fields.CharField(max_length=64, null=True, description="IANA name")
    updated_at = fields.DatetimeField()

    class Meta:
        """One profile to a user."""

        table = "profiles"

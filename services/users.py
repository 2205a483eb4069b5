"""Accounts, as an operator makes them."""

from dataclasses import dataclass
from uuid import UUID, uuid4

from tortoise.exceptions import IntegrityError

from models import Profile, Role, User
from services.accounts import normalise_email
from services.database import Database
from services.errors import BadUserInput
from services.passwords import Passwords
from services.sessions import Clock

MAX_EMAIL = 320
PASSWORD_LENGTH = range(8, 129)
"""How many characters a password may have: any characters, never truncated (OWASP ASVS 6.2)."""


class EmailTaken(Exception):
    """There is an account with this e-mail already. Only an operator is told."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Users:
    """The use cases of an account's existence."""

    database: Database
    passwords: Passwords
    clock: Clock

    async def create(self, *, email: str, password: str, role: Role, first_name: str, last_name: str) -> UUID:
        """Make an account whose e-mail counts as verified, and give its id.

        Raises:
            BadUserInput: the e-mail is not one, or the password has a length that is not allowed.
            EmailTaken: the e-mail has an account.
        """
        normalised = normalise_email(email)
        local, _, domain = normalised.rpartition("@")
        if not (local and domain and len(normalised) <= MAX_EMAIL and not any(c.isspace() for c in normalised)):
            raise BadUserInput("The e-mail address is not valid")
        if len(password) not in PASSWORD_LENGTH:
            raise BadUserInput("The password has to have 8 to 128 characters")
        user_id, now = uuid4(), self.clock()
        password_hash = await self.passwords.hash(password)
        try:
            async with self.database.transaction():
                await User.create(
                    id=user_id,
                    email=email.strip(),
                    email_normalised=normalised,
                    password_hash=password_hash,
                    role=role,
                    created_at=now,
                    verified_at=now,
                )
                await Profile.create(user_id=user_id, first_name=first_name, last_name=last_name, updated_at=now)
        except IntegrityError:
            raise EmailTaken from None
        return user_id

"""What an account looks like from inside the services: a typed value, never a row."""

from dataclasses import dataclass
from datetime import datetime
from typing import Self
from uuid import UUID

from models.users import Role
from services.database_statements import Row


@dataclass(frozen=True, slots=True, kw_only=True)
class Account:
    """A user as of one moment, seen through the live session `session_id`."""

    id: UUID
    email: str
    role: Role
    created_at: datetime
    verified_at: datetime | None
    onboarded_at: datetime | None
    last_login_at: datetime | None
    is_sign_in: bool
    session_id: UUID

    @classmethod
    def of(cls, row: Row, *, session_id: UUID) -> Self:
        """Build it from the row of a statement that selects the account's columns, with its live session."""
        return cls(
            id=row["id"],
            email=row["email"],
            role=Role(row["role"]),
            created_at=row["created_at"],
            verified_at=row["verified_at"],
            onboarded_at=row["onboarded_at"],
            last_login_at=row["last_login_at"],
            is_sign_in=True,
            session_id=session_id,
        )


@dataclass(frozen=True, slots=True)
class Anonymous:
    """Somebody who presented no access token."""


@dataclass(frozen=True, slots=True)
class Viewer:
    """Somebody whose access token was verified and whose session was live when this request asked."""

    account: Account

    @property
    def session_id(self) -> UUID:
        """The session whose access token was presented."""
        return self.account.session_id

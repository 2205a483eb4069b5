"""What mutations answer: `success`, `message` and `problems`, and what each adds to them."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Self

from services.accounts import Account
from services.errors import ErrorCode, Problem
from services.grants import Grant


@dataclass(frozen=True, slots=True)
class ProblemData:
    """A problem as the schema shows it."""

    code: ErrorCode
    message: str
    field: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Payload:
    """What every mutation answers."""

    success: bool = True
    message: str
    problems: Sequence[ProblemData] = ()

    @classmethod
    def refusing(cls, *problems: Problem) -> "Payload":
        """Say what the person has to do differently; the message is that of the first problem."""
        data = [ProblemData(problem.code, str(problem), problem.field) for problem in problems]
        return Payload(success=False, message=data[0].message, problems=data)


@dataclass(frozen=True, slots=True, kw_only=True)
class TokensPayload(Payload):
    """Tokens, delivered as their grant says: the refresh token is in the body only for a BODY client."""

    access_token: str
    access_token_expires_at: datetime
    refresh_token: str | None
    user: Account | None = None

    @classmethod
    def of(cls, grant: Grant, *, message: str, user: Account | None = None) -> Self:
        """Show a grant."""
        return cls(
            message=message,
            access_token=grant.access_token,
            access_token_expires_at=grant.access_token_expires_at,
            refresh_token=None if grant.is_bound else grant.refresh_token,
            user=user,
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class LogoutPayload(Payload):
    """How much a sign-out ended."""

    revoked_sessions: int


@dataclass(frozen=True, slots=True, kw_only=True)
class UserPayload(Payload):
    """A person as they are after a change."""

    user: Account

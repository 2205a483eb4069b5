"""Everything that can be answered instead of a result, one class to a code.

ServiceError
├── Problem                     what the person typed: data in the payload, in `services.problems`
│   ├── InvalidCredentials
│   ├── EmailNotVerified
│   ├── AccountDisabled
│   ├── InvalidInput
│   ├── WeakPassword
│   ├── CodeInvalid
│   ├── CodeExpired
│   └── CodeAttemptsExceeded
└── Refusal                     whether the request is allowed at all: a GraphQL error, the field is null
    ├── BadUserInput            has the code of InvalidInput: a program got it wrong, and no person
    ├── Unauthenticated
    ├── Forbidden
    ├── TokenInvalid
    ├── TokenExpired
    ├── TokenBlacklisted
    ├── TokenReused
    ├── FingerprintMismatch
    ├── RateLimited             says when to come back
    ├── ServiceUnavailable      says when to come back
    ├── CsrfRejected
    ├── TooManyOperations
    ├── QueryTooComplex
    ├── DocumentUnknown
    ├── ParseFailed
    ├── ValidationFailed
    └── InternalServerError     stands for every unexpected exception
"""

from enum import StrEnum
from typing import ClassVar


class ErrorCode(StrEnum):
    """Every code that is ever sent; the enum of the same name in the schema is held equal to it by a test."""

    UNAUTHENTICATED = "UNAUTHENTICATED"
    FORBIDDEN = "FORBIDDEN"
    BAD_USER_INPUT = "BAD_USER_INPUT"
    INVALID_CREDENTIALS = "INVALID_CREDENTIALS"
    EMAIL_NOT_VERIFIED = "EMAIL_NOT_VERIFIED"
    ACCOUNT_DISABLED = "ACCOUNT_DISABLED"
    WEAK_PASSWORD = "WEAK_PASSWORD"  # noqa: S105
    OTP_INVALID = "OTP_INVALID"
    OTP_EXPIRED = "OTP_EXPIRED"
    OTP_ATTEMPTS_EXCEEDED = "OTP_ATTEMPTS_EXCEEDED"
    TOKEN_INVALID = "TOKEN_INVALID"  # noqa: S105
    TOKEN_EXPIRED = "TOKEN_EXPIRED"  # noqa: S105
    TOKEN_BLACKLISTED = "TOKEN_BLACKLISTED"  # noqa: S105
    TOKEN_REUSED = "TOKEN_REUSED"  # noqa: S105
    FINGERPRINT_MISMATCH = "FINGERPRINT_MISMATCH"
    RATE_LIMITED = "RATE_LIMITED"
    CSRF_REJECTED = "CSRF_REJECTED"
    TOO_MANY_OPERATIONS = "TOO_MANY_OPERATIONS"
    QUERY_TOO_COMPLEX = "QUERY_TOO_COMPLEX"
    PERSISTED_QUERY_NOT_FOUND = "PERSISTED_QUERY_NOT_FOUND"
    GRAPHQL_PARSE_FAILED = "GRAPHQL_PARSE_FAILED"
    GRAPHQL_VALIDATION_FAILED = "GRAPHQL_VALIDATION_FAILED"
    SERVICE_UNAVAILABLE = "SERVICE_UNAVAILABLE"
    INTERNAL_SERVER_ERROR = "INTERNAL_SERVER_ERROR"


class ServiceError(Exception):
    """The root of the tree: a code for programs and a message for people, neither of which holds a secret."""

    code: ClassVar[ErrorCode]
    message: ClassVar[str]

    def __init__(self, message: str | None = None) -> None:
        """Take the message of the class, or a more exact one."""
        super().__init__(message or self.message)


class Problem(ServiceError):
    """What the person typed cannot be accepted; `field` names the input field, if it is one."""

    field: str | None = None

    def __init__(self, message: str | None = None, *, field: str | None = None) -> None:
        """Take the message and the field of the class, or more exact ones."""
        super().__init__(message)
        self.field = field or self.field


class Refusal(ServiceError):
    """The request is not allowed; `retry_after` says in how many seconds it may be, where that is known."""

    retry_after: int | None = None


class BadUserInput(Refusal):
    """A value does not fit the schema or the rule of its field."""

    code = ErrorCode.BAD_USER_INPUT
    message = "The request has an invalid value."


class Unauthenticated(Refusal):
    """There is no token."""

    code = ErrorCode.UNAUTHENTICATED
    message = "Please sign in."


class Forbidden(Refusal):
    """The token is good, but the right is missing."""

    code = ErrorCode.FORBIDDEN
    message = "You may not do this."


class TokenInvalid(Refusal):
    """The token was not made by us, or not for this use."""

    code = ErrorCode.TOKEN_INVALID
    message = "Token is invalid"


class TokenExpired(Refusal):
    """The token is genuine, but its time is over."""

    code = ErrorCode.TOKEN_EXPIRED
    message = "Token has expired"


class TokenBlacklisted(Refusal):
    """The token, or the session it belongs to, was revoked."""

    code = ErrorCode.TOKEN_BLACKLISTED
    message = "Token is blacklisted"


class TokenReused(Refusal):
    """A refresh token came back after its use: its session has been revoked (RFC 9700 section 4.14.2)."""

    code = ErrorCode.TOKEN_REUSED
    message = "Token was used before: the session has been ended"


class FingerprintMismatch(Refusal):
    """The token is bound to another browser than the one that sent it."""

    code = ErrorCode.FINGERPRINT_MISMATCH
    message = "Token belongs to another browser"


class RateLimited(Refusal):
    """Too many tries; `retry_after` seconds until the next is allowed."""

    code = ErrorCode.RATE_LIMITED
    message = "Too many attempts. Please try again later."

    def __init__(self, *, retry_after: int) -> None:
        """Say in how many seconds to come back."""
        super().__init__()
        self.retry_after = retry_after


class ServiceUnavailable(Refusal):
    """Something that the server needs does not answer; nothing was changed."""

    code = ErrorCode.SERVICE_UNAVAILABLE
    message = "The service is not available right now. Please try again."
    retry_after = 1


class CsrfRejected(Refusal):
    """The request was sent by a page of another origin that is not allowed."""

    code = ErrorCode.CSRF_REJECTED
    message = "Requests from this origin are not allowed"


class TooManyOperations(Refusal):
    """The operation would run more than one mutation field."""

    code = ErrorCode.TOO_MANY_OPERATIONS
    message = "A mutation operation may run one mutation field"


class QueryTooComplex(Refusal):
    """The document is larger, deeper or costlier than any client of ours needs."""

    code = ErrorCode.QUERY_TOO_COMPLEX
    message = "The document is too complex"


class DocumentUnknown(Refusal):
    """The document is none of those that the server was started with."""

    code = ErrorCode.PERSISTED_QUERY_NOT_FOUND
    message = "The document is none of those that this server knows"


class ParseFailed(Refusal):
    """The document is not GraphQL."""

    code = ErrorCode.GRAPHQL_PARSE_FAILED
    message = "The document cannot be parsed"


class ValidationFailed(Refusal):
    """The document does not fit the schema."""

    code = ErrorCode.GRAPHQL_VALIDATION_FAILED
    message = "The document does not fit the schema"


class InternalServerError(Refusal):
    """Something unexpected; the log knows it by the request id."""

    code = ErrorCode.INTERNAL_SERVER_ERROR
    message = "Internal server error"

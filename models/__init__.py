"""What is stored: fields, constraints and indexes; and the named statements of the hot paths. No rule."""

from models.audit import AuditEvent, AuditKind, AuditOutcome
from models.homes import Home
from models.leases import Lease
from models.mail import MailKind, MailState, OutboxMail
from models.otp import OneTimeCode, OtpPurpose
from models.sessions import BlacklistedToken, OutstandingToken, RevocationReason, Session
from models.users import Profile, Role, User

__all__ = [
    "AuditEvent",
    "AuditKind",
    "AuditOutcome",
    "BlacklistedToken",
    "Home",
    "Lease",
    "MailKind",
    "MailState",
    "OneTimeCode",
    "OtpPurpose",
    "OutboxMail",
    "OutstandingToken",
    "Profile",
    "RevocationReason",
    "Role",
    "Session",
    "User",
]

__models__ = [
    User,
    Profile,
    Session,
    OutstandingToken,
    BlacklistedToken,
    OneTimeCode,
    OutboxMail,
    AuditEvent,
    Lease,
    Home,
]

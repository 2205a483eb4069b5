"""What a person typed and cannot be accepted: the leaves below `Problem` in the tree of `services.errors`."""

from collections.abc import Callable, Sequence

from services.errors import ErrorCode, Problem


class Problems(Exception):
    """Several problems at once, so that a form can show each beside its field."""

    def __init__(self, problems: Sequence[Problem]) -> None:
        """Keep the problems; there is at least one."""
        super().__init__("the person typed what cannot be accepted")
        self.problems = problems


def require_all(*rules: Callable[[], object]) -> None:
    """Ask every rule, and not only until the first that is broken.

    Raises:
        Problems: what the rules raised.
    """
    problems: list[Problem] = []
    for rule in rules:
        try:
            rule()
        except Problem as problem:
            problems.append(problem)
        except Problems as found:
            problems.extend(found.problems)
    if problems:
        raise Problems(problems)


class InvalidCredentials(Problem):
    """The e-mail or the password is wrong; which of them is never told."""

    code = ErrorCode.INVALID_CREDENTIALS
    message = "The e-mail address or the password is wrong."


class EmailNotVerified(Problem):
    """The password is right, but nobody has proved yet that the address is theirs."""

    code = ErrorCode.EMAIL_NOT_VERIFIED
    message = "Please verify your e-mail address first."
    field = "email"


class AccountDisabled(Problem):
    """The password is right, but the account has been disabled."""

    code = ErrorCode.ACCOUNT_DISABLED
    message = "This account has been disabled."


class InvalidInput(Problem):
    """A value is not what its field asks for: the message says what would be."""

    code = ErrorCode.BAD_USER_INPUT
    message = "This value is not valid."


class WeakPassword(Problem):
    """The password would be guessed; the message says why."""

    code = ErrorCode.WEAK_PASSWORD
    message = "Please choose another password."


class CodeInvalid(Problem):
    """The one-time code is not the newest that was sent to this address for this purpose, or is used up."""

    code = ErrorCode.OTP_INVALID
    message = "The code is wrong. Please check it, or ask for a new one."
    field = "code"


class CodeExpired(Problem):
    """The one-time code is over."""

    code = ErrorCode.OTP_EXPIRED
    message = "The code has expired. Please ask for a new one."
    field = "code"


class CodeAttemptsExceeded(Problem):
    """The one-time code was tried too often: not even the right one is accepted any more."""

    code = ErrorCode.OTP_ATTEMPTS_EXCEEDED
    message = "The code was tried too often. Please ask for a new one."
    field = "code"

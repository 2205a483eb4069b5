"""The password policy, as the flows ask for it."""

from security.password_policy import weakness
from services.problems import WeakPassword


def require_strong(password: str, *, email: str, field: str) -> None:
    """Accept a new password of the account with this e-mail; `field` is where a form shows what is wrong.

    Raises:
        WeakPassword: it is too short, too long, common, or holds the e-mail's name; the message says which.
    """
    if sentence := weakness(password, email=email):
        raise WeakPassword(sentence, field=field)

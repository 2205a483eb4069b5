"""One-time codes: six digits that nobody can guess, and the keyed digest by which they are known."""

import secrets

from security.derivation import Secret

DIGITS = 6


def generate() -> str:
    """Make a code: six digits, each as likely as any other."""
    return f"{secrets.randbelow(10**DIGITS):0{DIGITS}}"


def digest(code: str, *, email: str, purpose: str, secret: Secret) -> str:
    """Give what is stored in the place of a code: an HMAC that binds it to an address and a purpose.

    A plain hash would be no use, as there are a million codes to try. Blanks do not count: people type
    codes in groups.
    """
    bound = "\0".join((purpose, email, "".join(code.split())))
    return secret.derive("one-time code", bound.encode(errors="surrogatepass")).hex()

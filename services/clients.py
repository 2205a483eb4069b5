"""Who is on the other end of a request, as far as the network tells."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Client:
    """The address and program a request came from, and the id it goes by in logs and audit events.

    `languages` are the BCP 47 tags that it asks for, the most wanted first (RFC 9110 section 12.5.4).
    """

    ip_address: str | None = None
    user_agent: str | None = None
    request_id: str | None = None
    languages: tuple[str, ...] = ()

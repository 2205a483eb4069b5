"""The mail that people get."""

import json

from tests.acceptance.site import Site


def code_from_mail(site: Site, email: str) -> str:
    """Give the code of the newest letter to this address."""
    letters = site.rows("SELECT recipient, details FROM outbox WHERE state = 'PENDING' ORDER BY id")
    return str([json.loads(row["details"])["code"] for row in letters if row["recipient"] == email][-1])

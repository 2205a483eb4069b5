"""What people call the thing they signed in with: "Firefox on Linux", "Safari on iPhone"."""

import asyncio
from collections.abc import Sequence

from ua_parser import parse

_UNSAID = {None, "Other", "Generic Smartphone", "Generic Feature Phone", "Mac", "Spider"}
"""Families that say less to a person than the operating system does."""


async def name(user_agents: Sequence[str | None]) -> Sequence[str | None]:
    """Name the device of each user agent, or None where it says nothing that a person would recognise.

    In a thread, because the parser compiles its thousands of patterns when it is first asked.
    """
    return await asyncio.to_thread(lambda: [_name(agent) for agent in user_agents])


def _name(user_agent: str | None) -> str | None:
    if not user_agent:
        return None
    found = parse(user_agent)
    program = found.user_agent.family.replace("Mobile ", "") if found.user_agent else None
    device = found.device.family if found.device else None
    system = found.os.family if found.os else None
    where = device if device not in _UNSAID else system
    return " on ".join(part for part in (program, where) if part) or None

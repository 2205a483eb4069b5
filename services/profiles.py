"""Profiles: what people say of themselves."""

from models import Profile
from services.accounts import Account
from services.database import outages


async def find(account: Account) -> Profile:
    """Give the profile of an account; one that has no row has an empty profile, as old as the account."""
    with outages():
        profile = await Profile.get_or_none(user_id=account.id)
    return profile or Profile(user_id=account.id, updated_at=account.created_at)

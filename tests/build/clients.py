"""Clients as tests need them."""

from datetime import UTC, date, datetime

from sqlalchemy.ext.asyncio import AsyncSession

from domain.access.actor import Actor, Role
from domain.clients import service
from domain.clients.profile import Profile
from domain.vault.cipher import Vault
from tests.build import accounts


def profile(
    *,
    preferred_name: str = "Sam",
    born_on: date = date(1990, 5, 17),
    jurisdiction: str = "US-OH",
    zone: str = "America/New_York",
    languages: tuple[str, ...] = ("en",),
) -> Profile:
    return Profile(
        preferred_name=preferred_name, born_on=born_on, jurisdiction=jurisdiction, zone=zone, languages=languages
    )


async def client(session: AsyncSession, *, vault: Vault, told: Profile | None = None) -> Actor:
    """Store a client who is signed in and has told what a profile needs."""
    actor = await accounts.actor(session, role=Role.CLIENT)
    await service.put_profile(session, profile=told or profile(), vault=vault, by=actor, now=datetime.now(UTC))
    return actor

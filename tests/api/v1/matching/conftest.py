"""Who asks, signed in."""

import pytest
from sqlalchemy.ext.asyncio import AsyncSession

from api.parts import Parts
from domain.access.actor import Role
from tests.build import accounts, clients
from tests.build.accounts import Person


@pytest.fixture
async def client(session: AsyncSession, test_parts: Parts) -> Person:
    """A client in Ohio, signed in."""
    actor = await clients.client(session, vault=test_parts.vault)
    return await accounts.signed_in(session, test_parts, role=Role.CLIENT, of=actor.account_id)

from collections.abc import Mapping

import pytest
from sqlalchemy.ext.asyncio import AsyncSession

from api.parts import Parts
from domain.access.actor import Role
from tests.build import accounts, licensing
from tests.build.accounts import Person


@pytest.fixture
async def therapist(session: AsyncSession, test_parts: Parts) -> Person:
    """A therapist with a profile."""
    person = await accounts.signed_in(session, test_parts, role=Role.THERAPIST)
    await licensing.applicant(session, vault=test_parts.vault, of=person.actor.account_id)
    await session.commit()
    return person


@pytest.fixture
async def admin(session: AsyncSession, test_parts: Parts) -> Person:
    """An administrator."""
    return await accounts.signed_in(session, test_parts, role=Role.ADMIN)


@pytest.fixture
async def second_admin(session: AsyncSession, test_parts: Parts) -> Person:
    """Another administrator."""
    return await accounts.signed_in(session, test_parts, role=Role.ADMIN)


@pytest.fixture
async def client(session: AsyncSession, test_parts: Parts) -> Person:
    """A client, who has no business here."""
    return await accounts.signed_in(session, test_parts, role=Role.CLIENT)


@pytest.fixture
def stated() -> Mapping[str, object]:
    """A license as a therapist states it."""
    return {
        "license_type": "LPCC",
        "number": "E.0012345",
        "jurisdiction": "US-OH",
        "issued_on": "2019-03-01",
        "expires_on": "2031-02-28",
    }

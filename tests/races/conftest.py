"""Races commit what they do; nothing of it stays."""

from collections.abc import AsyncIterator

import asyncpg
import pytest

from domain.database import Address
from tests.build import emptied


@pytest.fixture(autouse=True)
async def leave_nothing(server_address: Address) -> AsyncIterator[None]:
    """Empty what these tests commit, as the owner; the audit is append-only and stays."""
    yield
    owner = await asyncpg.connect(server_address.dsn())
    await emptied.empty(owner)
    await owner.close()

from datetime import date, datetime

import pytest
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from api.parts import Parts
from domain.access.actor import Role
from domain.access.policy import Action, WrongRole
from domain.audit.tables import AuditEntry
from domain.clients import service
from domain.clients.ages import TooYoung
from domain.clients.profile import ClientFacts
from domain.clients.service import ClientProfileMissing, ProfileNotFound
from domain.clients.tables import Client
from tests.build import accounts, clients


async def test_a_profile_reads_back_as_it_was_told(session: AsyncSession, parts: Parts, now: datetime) -> None:
    actor = await accounts.actor(session, role=Role.CLIENT)
    told = clients.profile(preferred_name="Søren ✨", languages=("en", "da"))

    await service.put_profile(session, profile=told, vault=parts.vault, by=actor, now=now)

    stored = await service.own_profile(session, vault=parts.vault, by=actor, now=now)
    assert (stored.profile, stored.version) == (told, 1)


async def test_name_and_birth_date_are_sealed(session: AsyncSession, parts: Parts) -> None:
    told = clients.profile(preferred_name="Canary", born_on=date(1991, 1, 2))
    actor = await clients.client(session, vault=parts.vault, told=told)

    row = await session.get_one(Client, actor.client_id)

    assert b"Canary" not in row.preferred_name_sealed
    assert b"1991" not in row.birth_date_sealed
    assert "Canary" not in repr(told)
    assert "1991" not in repr(told)


async def test_telling_again_replaces_and_counts_up(session: AsyncSession, parts: Parts, now: datetime) -> None:
    actor = await clients.client(session, vault=parts.vault)

    stored = await service.put_profile(
        session, profile=clients.profile(jurisdiction="US-TX"), vault=parts.vault, by=actor, now=now
    )

    assert stored.version == 2
    assert await service.version_to_change(session, by=actor) == 2
    facts = await service.facts(session, client_id=actor.client_id)
    assert facts.jurisdiction == "US-TX"


async def test_facts_hold_neither_name_nor_birth_date(session: AsyncSession, parts: Parts) -> None:
    actor = await clients.client(session, vault=parts.vault)

    assert await service.facts(session, client_id=actor.client_id) == ClientFacts(
        client_id=actor.client_id,
        jurisdiction="US-OH",
        zone="America/New_York",
        languages=("en",),
        version=1,
    )


async def test_who_is_under_18_leaves_nothing_behind(session: AsyncSession, parts: Parts, now: datetime) -> None:
    actor = await accounts.actor(session, role=Role.CLIENT)
    child = clients.profile(born_on=date(now.year - 17, 1, 1))

    with pytest.raises(TooYoung):
        await service.put_profile(session, profile=child, vault=parts.vault, by=actor, now=now)

    await session.flush()
    assert await session.get(Client, actor.client_id) is None
    audited = await session.scalars(select(AuditEntry.id).where(AuditEntry.subject_id == actor.client_id))
    assert audited.all() == []


async def test_writes_and_looks_are_audited(session: AsyncSession, parts: Parts, now: datetime) -> None:
    actor = await clients.client(session, vault=parts.vault)

    await service.own_profile(session, vault=parts.vault, by=actor, now=now)
    await session.flush()

    audited = await session.scalars(select(AuditEntry.action).where(AuditEntry.subject_id == actor.client_id))
    assert set(audited) == {Action.CLIENT_WRITE, Action.CLIENT_READ}


async def test_a_profile_that_is_missing_is_named(session: AsyncSession, parts: Parts, now: datetime) -> None:
    actor = await accounts.actor(session, role=Role.CLIENT)

    assert await service.version_to_change(session, by=actor) == 0
    with pytest.raises(ClientProfileMissing, match="PUT /v1/clients/me"):
        await service.facts(session, client_id=actor.client_id)
    with pytest.raises(ProfileNotFound, match="PUT /v1/clients/me"):
        await service.own_profile(session, vault=parts.vault, by=actor, now=now)


@pytest.mark.parametrize("role", [Role.THERAPIST, Role.ADMIN])
async def test_only_clients_have_one(session: AsyncSession, parts: Parts, now: datetime, role: Role) -> None:
    actor = await accounts.actor(session, role=role)

    with pytest.raises(WrongRole):
        await service.put_profile(session, profile=clients.profile(), vault=parts.vault, by=actor, now=now)
    with pytest.raises(WrongRole):
        await service.own_profile(session, vault=parts.vault, by=actor, now=now)

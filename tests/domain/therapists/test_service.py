from datetime import datetime

import pytest
from sqlalchemy import select, text
from sqlalchemy.ext.asyncio import AsyncSession

from api.parts import Parts
from domain.access.actor import Role
from domain.access.policy import Action, WrongRole
from domain.audit.tables import AuditEntry
from domain.therapists import service
from domain.therapists.profile import ConcernFocus, Focus, ProfileImpossible
from domain.therapists.service import Identity, ProfileMissing
from domain.therapists.tables import Therapist
from tests.build import accounts
from tests.build.profiles import profile


async def test_a_profile_reads_back_as_it_was_told(session: AsyncSession, parts: Parts, now: datetime) -> None:
    by = await accounts.actor(session, role=Role.THERAPIST)

    put = await service.put_profile(session, profile=profile(), by=by, vault=parts.vault, now=now)

    assert put == await service.own_profile(session, by=by, vault=parts.vault)
    assert (put.therapist_id, put.profile, put.version) == (by.therapist_id, profile(), 1)


async def test_putting_again_replaces_and_counts_up(session: AsyncSession, parts: Parts, now: datetime) -> None:
    by = await accounts.actor(session, role=Role.THERAPIST)
    await service.put_profile(session, profile=profile(), by=by, vault=parts.vault, now=now)
    changed = profile(born_on=None, other_legal_names=(), npi=None, languages=("es",), visible=False)

    put = await service.put_profile(session, profile=changed, by=by, vault=parts.vault, now=now)

    assert (put.profile, put.version) == (changed, 2)
    assert await service.own_profile(session, by=by, vault=parts.vault) == put
    assert await service.locked_version(session, by=by) == 2


async def test_what_is_answered_has_the_order_that_is_kept(session: AsyncSession, parts: Parts, now: datetime) -> None:
    by = await accounts.actor(session, role=Role.THERAPIST)
    told = profile(
        concerns=(
            ConcernFocus(concept_id="rejection.sensitivity", focus=Focus.SECONDARY),
            ConcernFocus(concept_id="trauma.cptsd", focus=Focus.PRIMARY),
        )
    )

    put = await service.put_profile(session, profile=told, by=by, vault=parts.vault, now=now)

    assert put == await service.own_profile(session, by=by, vault=parts.vault)
    assert [each.concept_id for each in put.profile.concerns] == ["trauma.cptsd", "rejection.sensitivity"]


async def test_the_row_holds_no_legal_name_and_no_birth_date_in_plain_text(
    session: AsyncSession, parts: Parts, now: datetime
) -> None:
    by = await accounts.actor(session, role=Role.THERAPIST)
    await service.put_profile(session, profile=profile(), by=by, vault=parts.vault, now=now)

    row = await session.get_one(Therapist, by.therapist_id)
    everything = await session.scalar(
        text("SELECT convert_from(convert_to(t::text, 'UTF8'), 'UTF8') FROM therapist t WHERE id = :id"),
        {"id": by.therapist_id},
    )

    sealed = (row.legal_name_sealed, row.other_legal_names_sealed, row.birth_date_sealed)
    assert all(value is not None and b"Canary" not in value and b"1981" not in value for value in sealed)
    assert everything is not None
    assert "Canary" not in everything
    assert b"Canary".hex() not in everything
    assert "1981-02-03" not in everything


async def test_registers_are_told_who_it_is(session: AsyncSession, parts: Parts, now: datetime) -> None:
    by = await accounts.actor(session, role=Role.THERAPIST)
    told = profile()
    await service.put_profile(session, profile=told, by=by, vault=parts.vault, now=now)

    found = service.identity(await session.get_one(Therapist, by.therapist_id), vault=parts.vault)

    assert found == Identity(
        legal_name=told.legal_name, other_legal_names=told.other_legal_names, born_on=told.born_on, npi=told.npi
    )
    assert "Canary" not in repr(found)


async def test_a_write_is_in_the_audit_and_a_refused_one_is_not(
    session: AsyncSession, parts: Parts, now: datetime
) -> None:
    by = await accounts.actor(session, role=Role.THERAPIST)
    with pytest.raises(ProfileImpossible):
        await service.put_profile(session, profile=profile(npi="1"), by=by, vault=parts.vault, now=now)
    await service.put_profile(session, profile=profile(), by=by, vault=parts.vault, now=now)
    await session.flush()

    entries = await session.scalars(select(AuditEntry.action).where(AuditEntry.subject_id == by.therapist_id))

    assert entries.all() == [Action.THERAPIST_WRITE]


async def test_who_has_no_profile_has_version_0_and_nothing_to_read(session: AsyncSession, parts: Parts) -> None:
    by = await accounts.actor(session, role=Role.THERAPIST)

    assert await service.locked_version(session, by=by) == 0
    with pytest.raises(ProfileMissing):
        await service.own_profile(session, by=by, vault=parts.vault)


@pytest.mark.parametrize("role", [Role.CLIENT, Role.ADMIN])
async def test_only_therapists_have_a_profile(session: AsyncSession, parts: Parts, now: datetime, role: Role) -> None:
    by = await accounts.actor(session, role=role)

    with pytest.raises(WrongRole):
        await service.put_profile(session, profile=profile(), by=by, vault=parts.vault, now=now)
    with pytest.raises(WrongRole):
        await service.own_profile(session, by=by, vault=parts.vault)
    with pytest.raises(WrongRole):
        await service.locked_version(session, by=by)

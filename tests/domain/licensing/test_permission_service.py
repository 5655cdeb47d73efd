"""Permissions as they are written out, on a real database."""

import random
from datetime import UTC, date, datetime

import pytest
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from domain.ids import LicenseId, PermissionId, TherapistId, uuid7
from domain.licensing import jurisdictions, membership_queries, permission_queries, permission_service, places
from domain.licensing.compacts import Compact
from domain.licensing.licenses import LicenseStatus, LicenseType
from domain.licensing.places import Window
from domain.licensing.standing import Standing
from domain.licensing.tables import CompactMembership, LicenseRow
from tests.build import therapists

CHANGES = 25
DAYS = [date(2026, 3, 31), date(2027, 1, 1), date(2028, 2, 29), date(2031, 6, 30)]


async def kept(session: AsyncSession, therapist_id: TherapistId) -> dict[PermissionId, tuple[object, ...]]:
    return {
        row.id: (
            row.license_id,
            row.jurisdiction,
            row.during.lower,
            row.during.upper,
            row.remote_only,
            row.bookable_until,
        )
        for row in await permission_queries.kept(session, therapist_id=therapist_id)
    }


async def reckoned(session: AsyncSession, therapist_id: TherapistId) -> set[tuple[object, ...]]:
    await session.flush()
    held = await permission_queries.why(session, therapist_id=therapist_id)
    return {
        (each.license_id, each.place, each.window.starts_at, each.window.ends_at, each.remote_only, each.bookable_until)
        for each in jurisdictions.stretches(held)
    }


async def privilege_on(
    session: AsyncSession, home: LicenseRow, *, compact: Compact = Compact.PSYPACT, named: list[str] | None = None
) -> LicenseRow:
    """Store a verified privilege on a license."""
    row = LicenseRow(
        id=LicenseId(uuid7()),
        therapist_id=home.therapist_id,
        license_type=home.license_type,
        number=f"P{uuid7().hex}",
        jurisdiction=home.jurisdiction,
        issued_on=home.issued_on,
        expires_on=home.expires_on,
        status=LicenseStatus.VERIFIED,
        valid_during=home.valid_during,
        submitted_at=datetime.now(UTC),
        compact=compact,
        home_license_id=home.id,
        member_jurisdictions=named,
        standing=Standing.VALID,
        was_verified=True,
        board_checked_on=therapists.NEVER_STALE,
        screened_on=therapists.NEVER_STALE,
        version=1,
    )
    session.add(row)
    await session.flush()
    return row


async def holder(session: AsyncSession, *, home: str = "US-OH") -> tuple[TherapistId, LicenseRow]:
    """Store a psychologist with a license at home."""
    therapist_id = await therapists.profile(session)
    license_id = await therapists.license_of(session, therapist_id=therapist_id, jurisdiction=home)
    row = await session.get_one(LicenseRow, license_id)
    row.license_type = LicenseType.PSYCHOLOGIST
    await session.flush()
    return therapist_id, row


async def membership(session: AsyncSession, jurisdiction: str) -> CompactMembership:
    found = select(CompactMembership).where(
        CompactMembership.compact == Compact.PSYPACT,
        CompactMembership.jurisdiction == jurisdiction,
        CompactMembership.superseded_at.is_(None),
    )
    return (await session.scalars(found)).one()


async def change(session: AsyncSession, chance: random.Random, *, therapist_id: TherapistId) -> None:
    """Change something of a therapist's credentials, or of what they rest on."""
    rows = (await session.scalars(select(LicenseRow).where(LicenseRow.therapist_id == therapist_id))).all()
    row = chance.choice(rows)
    match chance.choice(["add", "status", "status", "standing", "days", "board", "checked", "encumbered", "compact"]):
        case "add":
            home = chance.choice([each for each in rows if each.compact is None])
            await privilege_on(session, home, named=chance.choice([None, ["US-TX"], ["US-TX", "US-AZ", "US-CA"]]))
        case "status":
            row.status = chance.choice([LicenseStatus.VERIFIED, *LicenseStatus])
            row.was_verified = chance.choice([True, False])
        case "standing":
            row.standing = chance.choice([Standing.VALID, *Standing])
        case "days":
            row.issued_on, row.expires_on = sorted(chance.choices(DAYS, k=2))
        case "board":
            row.board_expires_on = chance.choice([None, *DAYS])
        case "checked":
            row.board_checked_on = chance.choice([None, date(2026, 1, 1), therapists.NEVER_STALE])
        case "encumbered":
            row.encumbered = chance.choice([True, False, False])
        case _:
            known = await membership(session, chance.choice(["US-TX", "US-AZ", "US-OH"]))
            known.operational_on, known.ended_on = chance.choice(
                [(None, None), (DAYS[0], None), (DAYS[0], DAYS[2]), (DAYS[1], None)]
            )


@pytest.mark.parametrize("seed", range(6))
async def test_after_any_change_what_is_kept_is_what_credentials_permit(session: AsyncSession, seed: int) -> None:
    chance = random.Random(seed)  # noqa: S311 - the same changes every time, and no secret
    therapist_id, home = await holder(session)
    await privilege_on(session, home)
    seen = 0

    for _ in range(CHANGES):
        before = await kept(session, therapist_id)
        await change(session, chance, therapist_id=therapist_id)
        wanted = await reckoned(session, therapist_id)

        changed = await permission_service.rewrite(session, therapist_id=therapist_id)

        after = await kept(session, therapist_id)
        assert set(after.values()) == wanted
        assert len(after) == len(wanted)
        assert changed == (set(before.values()) != wanted)
        lasting = {fact[:5] for fact in before.values()} & {fact[:5] for fact in after.values()}
        assert {id_ for id_, fact in before.items() if fact[:5] in lasting} <= after.keys()
        assert not await permission_service.rewrite(session, therapist_id=therapist_id)
        seen += len(after)

    assert seen > 0


async def test_a_license_at_home_that_is_lost_takes_what_rests_on_it_along(session: AsyncSession) -> None:
    therapist_id, home = await holder(session)
    await privilege_on(session, home)
    await permission_service.rewrite(session, therapist_id=therapist_id)
    assert len(await kept(session, therapist_id)) == 43  # home, and PSYPACT's 42 other members

    home.status = LicenseStatus.SUSPENDED
    await permission_service.rewrite(session, therapist_id=therapist_id)

    assert await kept(session, therapist_id) == {}


@pytest.mark.parametrize(
    "to",
    [
        places.days("US-TX", first=date(2026, 3, 31), last=date(2028, 2, 29)),
        places.days("US-TX", first=date(2027, 1, 1), last=date(2199, 12, 31)),
        None,
    ],
    ids=["ends", "begins later", "never"],
)
@pytest.mark.parametrize("home_state", ["US-OH", "US-TX"])
async def test_what_a_membership_takes_away_is_cut_at_once_and_nothing_lawful_with_it(
    session: AsyncSession, to: Window | None, home_state: str
) -> None:
    therapist_id, home = await holder(session, home=home_state)
    await privilege_on(session, home)
    await permission_service.rewrite(session, therapist_id=therapist_id)
    before = await kept(session, therapist_id)
    known = await membership(session, "US-TX")
    known.operational_on, known.ended_on = (None, None) if to is None else (DAYS[0], None)
    if to is not None and to.ends_at.year < 2100:
        known.ended_on = DAYS[2]
    elif to is not None:
        known.operational_on = DAYS[1]

    await membership_queries.narrow(session, compact=Compact.PSYPACT, jurisdiction="US-TX", to=to)

    after = await kept(session, therapist_id)
    assert set(after.values()) == await reckoned(session, therapist_id)
    assert set(after.values()) != set(before.values())
    assert not await permission_service.rewrite(session, therapist_id=therapist_id)


async def test_a_membership_that_stays_cuts_nothing(session: AsyncSession) -> None:
    therapist_id, home = await holder(session)
    await privilege_on(session, home)
    await permission_service.rewrite(session, therapist_id=therapist_id)
    before = await kept(session, therapist_id)
    lasting = places.days("US-TX", first=date(2020, 7, 1), last=date(2199, 12, 31))

    await membership_queries.narrow(session, compact=Compact.PSYPACT, jurisdiction="US-TX", to=lasting)

    assert await kept(session, therapist_id) == before

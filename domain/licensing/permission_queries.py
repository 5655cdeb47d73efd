"""Credentials and the permissions reckoned from them, loaded, kept and relied on."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import datetime

from sqlalchemy import ColumnElement, delete, exists, select, update
from sqlalchemy.dialects.postgresql import Range
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import InstrumentedAttribute

from domain.database import among
from domain.ids import PermissionId, TherapistId, uuid7
from domain.licensing import freshness
from domain.licensing.compacts import Membership
from domain.licensing.jurisdictions import Credentials, Stretch
from domain.licensing.licenses import Credential, License, Privilege
from domain.licensing.permissions import Permit
from domain.licensing.places import Period, Window
from domain.licensing.standing import Standing
from domain.licensing.tables import CompactMembership, LicenseRow, PracticePermission


async def credentials(
    session: AsyncSession, *, therapist_ids: Collection[TherapistId]
) -> Mapping[TherapistId, Credentials]:
    """Give all that each of these therapists holds, of every status, the oldest submission first; each is a key."""
    found: dict[TherapistId, list[Credential]] = {therapist_id: [] for therapist_id in therapist_ids}
    rows = await session.scalars(
        select(LicenseRow)
        .where(among(LicenseRow.therapist_id, therapist_ids))
        .order_by(LicenseRow.submitted_at, LicenseRow.id)
    )
    for row in rows:
        found[row.therapist_id].append(credential(row))
    privileged = any(isinstance(each, Privilege) for held in found.values() for each in held)
    members = await memberships(session) if privileged else ()
    return {each: Credentials(held=tuple(held), memberships=members) for each, held in found.items()}


async def memberships(session: AsyncSession) -> tuple[Membership, ...]:
    """Give what is known now of every compact's members."""
    rows = await session.scalars(
        select(CompactMembership)
        .where(CompactMembership.superseded_at.is_(None))
        .order_by(CompactMembership.compact, CompactMembership.jurisdiction)
    )
    return tuple(
        Membership(
            compact=row.compact,
            jurisdiction=row.jurisdiction,
            enacted_on=row.enacted_on,
            operational_on=row.operational_on,
            ended_on=row.ended_on,
        )
        for row in rows
    )


def credential(row: LicenseRow) -> Credential:
    """Read a row. One that nobody has looked at yet stands as it was stated: its status permits nothing."""
    standing = row.standing or Standing.VALID
    fresh_until = freshness.fresh_until(board_checked_on=row.board_checked_on, screened_on=row.screened_on)
    if row.compact is None or row.home_license_id is None:
        return License(
            license_id=row.id,
            license_type=row.license_type,
            jurisdiction=row.jurisdiction,
            issued_on=row.issued_on,
            expires_on=row.expires_on,
            status=row.status,
            standing=standing,
            encumbered=row.encumbered,
            board_expires_on=row.board_expires_on,
            supervised_until=row.supervisor_expires_on,
            supervised_by=row.supervisor_name,
            was_verified=row.was_verified,
            fresh_until=fresh_until,
        )
    return Privilege(
        license_id=row.id,
        compact=row.compact,
        home_license_id=row.home_license_id,
        jurisdictions=None if row.member_jurisdictions is None else frozenset(row.member_jurisdictions),
        issued_on=row.issued_on,
        expires_on=row.expires_on,
        status=row.status,
        standing=standing,
        encumbered=row.encumbered,
        board_expires_on=row.board_expires_on,
        was_verified=row.was_verified,
        fresh_until=fresh_until,
    )


async def kept(session: AsyncSession, *, therapist_id: TherapistId) -> Sequence[PracticePermission]:
    """Load the permissions that are kept of a therapist, also those nothing new is booked on."""
    rows = await session.scalars(
        select(PracticePermission)
        .where(PracticePermission.therapist_id == therapist_id)
        .order_by(PracticePermission.id)
        .execution_options(populate_existing=True)
    )
    return rows.all()


async def keep(
    session: AsyncSession,
    *,
    therapist_id: TherapistId,
    gone: Collection[PermissionId],
    new: Iterable[Stretch],
    changed: Mapping[PermissionId, datetime | None],
) -> None:
    """Take away what is gone, waiting for whoever relies on it, and write what is new and how long it is bookable."""
    if gone:
        await session.execute(delete(PracticePermission).where(among(PracticePermission.id, gone)))
    for permission_id, bookable_until in sorted(changed.items()):
        await session.execute(
            update(PracticePermission)
            .where(PracticePermission.id == permission_id)
            .values(bookable_until=bookable_until)
        )
    session.add_all(
        PracticePermission(
            id=PermissionId(uuid7()),
            therapist_id=therapist_id,
            license_id=each.license_id,
            jurisdiction=each.place,
            during=Range(each.window.starts_at, each.window.ends_at),
            remote_only=each.remote_only,
            bookable_until=each.bookable_until,
        )
        for each in new
    )
    await session.flush()


async def permits(session: AsyncSession, *, therapist_id: TherapistId) -> tuple[Permit, ...]:
    """Give every permission of a therapist, also those nothing new is booked on: what keeps a session lawful."""
    return tuple(permit(row) for row in await kept(session, therapist_id=therapist_id))


async def bookable_in(
    session: AsyncSession, *, therapist_ids: Collection[TherapistId], place: str, now: datetime
) -> Mapping[TherapistId, list[Permit]]:
    """Give the permissions for a place on which something new may be booked; who has none is not in it."""
    rows = await session.scalars(
        select(PracticePermission).where(
            among(PracticePermission.therapist_id, therapist_ids),
            PracticePermission.jurisdiction == place,
            PracticePermission.bookable_until > now,
        )
    )
    found: dict[TherapistId, list[Permit]] = {}
    for row in rows:
        found.setdefault(row.therapist_id, []).append(permit(row))
    return found


async def to_rely_on(
    session: AsyncSession, *, therapist_id: TherapistId, place: str, now: datetime
) -> tuple[Permit, ...]:
    """Give the permissions for a place on which something new may be booked; they stay until the transaction ends.

    Waits for a change that is being made; others may rely on the same at once.
    """
    rows = await session.scalars(
        select(PracticePermission)
        .where(
            PracticePermission.therapist_id == therapist_id,
            PracticePermission.jurisdiction == place,
            PracticePermission.bookable_until > now,
        )
        .order_by(PracticePermission.id)
        .with_for_update(read=True)
        .execution_options(populate_existing=True)
    )
    return tuple(permit(row) for row in rows)


async def keep_from_relying(session: AsyncSession, *, therapist_id: TherapistId) -> None:
    """Wait for whoever relies on a therapist's permissions, and let nobody rely on them until the transaction ends."""
    await session.execute(
        select(PracticePermission.id)
        .where(PracticePermission.therapist_id == therapist_id)
        .order_by(PracticePermission.id)
        .with_for_update()
    )


async def why(session: AsyncSession, *, therapist_id: TherapistId) -> Credentials:
    """Give what one therapist holds, to say why something is not permitted."""
    return (await credentials(session, therapist_ids=(therapist_id,)))[therapist_id]


def permit(row: PracticePermission) -> Permit:
    """Read a row. ValueError for one without ends, which is never written."""
    if row.during.lower is None or row.during.upper is None:
        raise ValueError("a permission has a beginning and an end")
    return Permit(
        permission_id=row.id,
        license_id=row.license_id,
        place=row.jurisdiction,
        window=Window(starts_at=row.during.lower, ends_at=row.during.upper),
        remote_only=row.remote_only,
    )


def verified_at(therapist_id: InstrumentedAttribute[TherapistId], *, instant: datetime) -> ColumnElement[bool]:
    """Say, in a statement, that a therapist holds something verified that permits practice somewhere at the instant.

    However old its last check is: that ends new bookings (`freshness.py`), not the listing.
    """
    return exists().where(
        PracticePermission.therapist_id == therapist_id,
        PracticePermission.during.contains(instant),
        PracticePermission.bookable_until.is_not(None),
    )


def permitted_in(
    therapist_id: InstrumentedAttribute[TherapistId], *, place: str, during: Period, now: datetime
) -> ColumnElement[bool]:
    """Say, in a statement, that something new may be booked with a therapist for the place within some time."""
    return exists().where(
        PracticePermission.therapist_id == therapist_id,
        PracticePermission.jurisdiction == place,
        PracticePermission.during.overlaps(Range(during.starts_at, during.ends_at)),
        PracticePermission.bookable_until > now,
    )


def permitted_at(
    therapist_id: InstrumentedAttribute[TherapistId], *, place: str, instant: datetime
) -> ColumnElement[bool]:
    """Say, in a statement, that a session with a client in the place at the instant may be booked then."""
    return exists().where(
        PracticePermission.therapist_id == therapist_id,
        PracticePermission.jurisdiction == place,
        PracticePermission.during.contains(instant),
        PracticePermission.bookable_until > instant,
    )

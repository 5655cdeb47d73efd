"""What the rosters of boards say, loaded: of one license or of many at once."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Final, NamedTuple
from uuid import UUID

from sqlalchemy import func, select, tuple_
from sqlalchemy.ext.asyncio import AsyncSession

from domain.ids import LicenseId
from domain.licensing import board_mappings, board_record
from domain.licensing.board_record import BoardRecord
from domain.licensing.tables import BoardLicense, LicenseRow


class RosterKey(NamedTuple):
    """Which license of a roster: see `board_mappings.number_key`."""

    jurisdiction: str
    license_type: str
    number_key: str


@dataclass(frozen=True, slots=True, kw_only=True)
class OnRoster:
    """What we have of a license from its board. loaded_as_of: the day of the latest roster of its kind, None for none.

    record: None where no roster has it; record_id is its row.
    """

    loaded_as_of: date | None
    record: BoardRecord | None
    record_id: UUID | None


NOWHERE: Final = OnRoster(loaded_as_of=None, record=None, record_id=None)


def key_of(record: BoardRecord) -> RosterKey:
    """Give the key of a license as the roster has it."""
    return RosterKey(record.jurisdiction, record.license_type, record.number_key)


async def by_key(session: AsyncSession, *, keys: Collection[RosterKey]) -> dict[RosterKey, BoardRecord]:
    """Load what we have under these keys."""
    return {key: _record(row) for key, row in (await _rows(session, keys=keys)).items()}


async def of_licenses(session: AsyncSession, *, rows: Collection[LicenseRow]) -> Mapping[LicenseId, OnRoster]:
    """Load what boards say of these licenses, in two statements for any number; privileges are left out.

    A board that has no such title, or of which no roster was imported, has none loaded.
    """
    keys = {row.id: _key_of_license(row) for row in rows if row.compact is None}
    if not keys:
        return {}
    kinds = {(key.jurisdiction, key.license_type) for key in keys.values()}
    statement = (
        select(BoardLicense.jurisdiction, BoardLicense.license_type, func.max(BoardLicense.as_of))
        .where(tuple_(BoardLicense.jurisdiction, BoardLicense.license_type).in_(kinds))
        .group_by(BoardLicense.jurisdiction, BoardLicense.license_type)
    )
    loaded = {(place, kind): day for place, kind, day in await session.execute(statement)}
    found = await _rows(session, keys=set(keys.values())) if loaded else {}
    answer = {}
    for license_id, key in keys.items():
        row = found.get(key)
        answer[license_id] = OnRoster(
            loaded_as_of=loaded.get((key.jurisdiction, key.license_type)),
            record=None if row is None else _record(row),
            record_id=None if row is None else row.id,
        )
    return answer


def _key_of_license(row: LicenseRow) -> RosterKey:
    titles = (board.title(row.license_type) for board in board_mappings.boards_of(row.jurisdiction))
    title = next((title for title in titles if title is not None), None)
    key = board_mappings.number_key(row.number, title=title)
    return RosterKey(row.jurisdiction, row.license_type, key)


async def _rows(session: AsyncSession, *, keys: Collection[RosterKey]) -> dict[RosterKey, BoardLicense]:
    if not keys:
        return {}
    statement = select(BoardLicense).where(
        tuple_(BoardLicense.jurisdiction, BoardLicense.license_type, BoardLicense.number_key).in_(keys)
    )
    rows = await session.scalars(statement.execution_options(populate_existing=True))
    return {RosterKey(row.jurisdiction, row.license_type, row.number_key): row for row in rows}


def _record(row: BoardLicense) -> BoardRecord:
    return BoardRecord(
        board=row.board,
        jurisdiction=row.jurisdiction,
        license_type=row.license_type,
        number_key=row.number_key,
        number=row.number,
        last_name=row.last_name,
        first_name=row.first_name,
        middle_name=row.middle_name,
        suffix=row.suffix,
        status_words=row.status_words,
        standing=row.standing,
        encumbered=row.encumbered,
        issued_on=row.issued_on,
        renewed_on=row.renewed_on,
        expires_on=row.expires_on,
        actions=board_record.restored_actions(row.actions),
        as_of=row.as_of,
    )

"""Bring a board's roster in from its file, by the rules of `import_service.py`.

A license takes the place of ours for the same number, unless ours is of a newer roster. One that a newer roster no
longer has stays as the older one had it, with that roster's day, and is never a newer look than that.
"""

import io
from collections.abc import Sequence
from datetime import UTC, date, datetime
from uuid import UUID

from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession

from domain.errors import Flaw, Invalid
from domain.ids import uuid7
from domain.licensing import board_record, board_roster, import_service, roster_queries
from domain.licensing.board_mappings import BOARDS
from domain.licensing.board_record import BoardRecord
from domain.licensing.board_roster import RosterEntry
from domain.licensing.import_service import ImportReport, ReadFile
from domain.licensing.registers import Register
from domain.licensing.tables import BoardLicense


class BoardNotKnown(Invalid):
    """No roster of this board can be read."""

    def __init__(self) -> None:
        detail = f"No roster of this board can be read yet; known are: {', '.join(sorted(BOARDS))}."
        super().__init__(Flaw(pointer="/board", detail=detail), detail=detail)


class FutureRoster(Invalid):
    """The roster is said to be given out on a day that has not come."""

    def __init__(self) -> None:
        detail = "The day the roster was given out has not come yet; give the day it was published."
        super().__init__(Flaw(pointer="/as-of", detail=detail), detail=detail)


async def import_roster(
    session: AsyncSession, *, content: bytes, file_name: str, board: str, as_of: date | None, now: datetime
) -> ImportReport:
    """Take in a roster of a board. as_of: the day the board gave it out, None for today.

    Rows are lines: those of a license that is new, or not as it was, are new. Raises BoardNotKnown, FutureRoster,
    ImportRunning, UnreadableRegister.
    """
    mapping = BOARDS.get(board)
    if mapping is None:
        raise BoardNotKnown
    today = now.astimezone(UTC).date()
    day = as_of or today
    if day > today:
        raise FutureRoster
    await import_service.prepare(session)
    import_id = uuid7()
    roster = board_roster.read(io.BytesIO(content), mapping=mapping, as_of=day)
    rows_new = 0
    for batch in import_service.batches(roster.entries):
        rows_new += await _put(session, entries=batch, import_id=import_id)
    rows_read = sum(entry.lines for entry in roster.entries)
    report = ImportReport(rows_new=rows_new, rows_known=rows_read - rows_new, refusals=roster.refusals)
    await import_service.note(
        session,
        import_id=import_id,
        source=ReadFile(register=Register.BOARD_ROSTER, content=content, name=file_name, as_of=day, edition=board),
        report=report,
        now=now,
    )
    return report


async def _put(session: AsyncSession, *, entries: Sequence[RosterEntry], import_id: UUID) -> int:
    """Write the licenses that a newer roster of ours does not have, and tell how many lines say something new."""
    held = await roster_queries.by_key(session, keys=[roster_queries.key_of(entry.record) for entry in entries])
    written: list[BoardRecord] = []
    rows_new = 0
    for entry in entries:
        before = held.get(roster_queries.key_of(entry.record))
        if before is None or (before.as_of <= entry.record.as_of and before != entry.record):
            written.append(entry.record)
            rows_new += entry.lines if _says_something_new(entry.record, before=before) else 0
    if written:
        statement = insert(BoardLicense)
        kept = ("id", "jurisdiction", "license_type", "number_key")
        put = statement.on_conflict_do_update(
            index_elements=[BoardLicense.jurisdiction, BoardLicense.license_type, BoardLicense.number_key],
            set_={
                column.key: statement.excluded[column.key]
                for column in BoardLicense.__table__.columns
                if column.key not in kept
            },
        )
        await session.execute(put, [_values(record, import_id=import_id) for record in written])
    return rows_new


def _says_something_new(record: BoardRecord, *, before: BoardRecord | None) -> bool:
    """Tell whether more than the roster's day is other than before."""
    return before is None or board_record.on_day(before, record.as_of) != record


def _values(record: BoardRecord, *, import_id: UUID) -> dict[str, object]:
    return {
        "id": uuid7(),
        "board": record.board,
        "jurisdiction": record.jurisdiction,
        "license_type": record.license_type,
        "number_key": record.number_key,
        "number": record.number,
        "last_name": record.last_name,
        "first_name": record.first_name,
        "middle_name": record.middle_name,
        "suffix": record.suffix,
        "status_words": record.status_words,
        "standing": record.standing,
        "encumbered": record.encumbered,
        "issued_on": record.issued_on,
        "renewed_on": record.renewed_on,
        "expires_on": record.expires_on,
        "actions": board_record.stored_actions(record.actions),
        "as_of": record.as_of,
        "import_id": import_id,
    }

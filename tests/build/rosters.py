"""Rosters of boards as their files are, and records of them. Everybody is made up."""

import csv
import io
from collections.abc import Mapping
from datetime import date, datetime

from sqlalchemy.ext.asyncio import AsyncSession

from domain.licensing import roster_import_service
from domain.licensing.board_mappings import ActionEffect
from domain.licensing.board_record import BoardAction, BoardRecord
from domain.licensing.import_service import ImportReport
from domain.licensing.licenses import LicenseType
from domain.licensing.standing import Standing

AS_OF = date(2026, 9, 18)
# The columns of Colorado's roster; every one but the first has a space in front.
COLUMNS = (
    *("Last Name", "First Name", "Middle Name", "Suffix", "Entity Name", "Formatted Name", "Attention"),
    *("Address Line 1", "Address Line 2", "City", "State", "County", "Mail Zip Code", "Mail Zip Code + 4"),
    *("License Type", "Sub Category", "License Number", "License First Issue Date", "License Last Renewed Date"),
    *("License Expiration Date", "License Status Description", "Specialty", "Title", "Degree(s)"),
    *("Case Number", "Program Action", "Discipline Effective Date", "Discipline Complete Date"),
)
_USUAL = {
    "Last Name": "SAMPLE",
    "First Name": "ANN",
    "Middle Name": "BETH",
    "City": "TESTVILLE",
    "State": "CO",
    "License Type": "LPC",
    "License Number": "LPC.0012345",
    "License First Issue Date": "03/01/2019",
    "License Last Renewed Date": "09/01/2025",
    "License Expiration Date": "08/31/2031",
    "License Status Description": "Active",
}


def line(**changes: str) -> bytes:
    """Write one line; a column's name is written with underscores."""
    said = _USUAL | {name.replace("_", " "): value for name, value in changes.items()}
    return csv_line([said.get(column, "") for column in COLUMNS])


def csv_line(fields: list[str]) -> bytes:
    out = io.StringIO()
    csv.writer(out).writerow(fields)
    return out.getvalue().encode("utf-8", errors="replace")


HEADER = csv_line([COLUMNS[0], *(f" {column}" for column in COLUMNS[1:])])


def roster_file(*rows: Mapping[str, str]) -> bytes:
    return HEADER + b"".join(line(**row) for row in rows)


def action(
    *,
    words: str = "CLS Stipulation",
    effect: ActionEffect = ActionEffect.LIMITS,
    effective_on: date | None = date(2026, 1, 10),
    completed_on: date | None = None,
) -> BoardAction:
    return BoardAction(
        case_number="2025-1",
        words=words,
        effect=effect,
        effective_on=effective_on,
        completed_on=completed_on,
    )


def record(
    *,
    last_name: str = "SAMPLE",
    first_name: str = "ANN",
    standing: Standing = Standing.VALID,
    encumbered: bool = False,
    issued_on: date | None = date(2019, 3, 1),
    expires_on: date | None = date(2031, 8, 31),
    actions: tuple[BoardAction, ...] = (),
    as_of: date = AS_OF,
) -> BoardRecord:
    return BoardRecord(
        board="us-co",
        jurisdiction="US-CO",
        license_type=LicenseType.LPC,
        number_key="12345",
        number="LPC.0012345",
        last_name=last_name,
        first_name=first_name,
        middle_name="",
        suffix="",
        status_words="as the board writes it",
        standing=standing,
        encumbered=encumbered,
        issued_on=issued_on,
        renewed_on=None,
        expires_on=expires_on,
        actions=actions,
        as_of=as_of,
    )


async def roster(
    session: AsyncSession, *rows: Mapping[str, str], now: datetime, as_of: date | None = None, board: str = "us-co"
) -> ImportReport:
    """Bring a roster with these lines in."""
    return await roster_import_service.import_roster(
        session, content=roster_file(*rows), file_name="made-up.csv", board=board, as_of=as_of, now=now
    )

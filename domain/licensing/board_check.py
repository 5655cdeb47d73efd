"""What a board's roster says of a license that its holder states.

1. Absence proves nothing: no roster is `unavailable`, a license that is not on it is for review. Neither is a good
   look.
2. A name that disagrees means somebody else's license, and whatever else the record says is not about this person.
3. In force are three standings. Conditions, restrictions and actions in effect take two admins; a license for
   telehealth only does not cover sessions in person. Everything else is a fail.
4. Days that differ are for review. Of two last days the earlier one counts.
5. A good look needs a license in force, its holder's name, a last day that has not passed, and no limit on practice
   that nobody has accepted yet. It is as old as the roster.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, time
from typing import Final

from domain.licensing import board_mappings, findings, names
from domain.licensing.board_mappings import BoardMapping
from domain.licensing.board_record import BoardRecord
from domain.licensing.checks import CheckName, CheckOutcome, CheckResult
from domain.licensing.findings import Finding
from domain.licensing.names import Agreement, PersonName
from domain.licensing.standing import IN_FORCE, Standing

NO_SOURCE: Final = "Board roster"

_OUT_OF_FORCE: Final = {
    Standing.LAPSED: "The board lists the license as lapsed.",
    Standing.INACTIVE: "The board lists the license as inactive.",
    Standing.SURRENDERED: "The board lists the license as surrendered.",
    Standing.SUSPENDED: "The board lists the license as suspended.",
    Standing.REVOKED: "The board lists the license as revoked.",
    Standing.PENDING: "The board lists the license as pending; it is not granted yet.",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Stated:
    """A license as its holder states it. person_names: every reading of every legal name.

    encumbrance_accepted: two admins verified it knowing that practice is limited.
    """

    license_type: str
    jurisdiction: str
    issued_on: date
    expires_on: date
    person_names: tuple[PersonName, ...]
    encumbrance_accepted: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class BoardLook:
    """What a roster says of a license on a day. as_of: the roster's day. expires_on: the last day by the board.

    is_its_holder: the names agree; where they don't, nothing here is about this therapist. is_good: it may keep the
    license fresh, as of the roster's day.
    """

    standing: Standing
    encumbered: bool
    expires_on: date | None
    as_of: date
    is_its_holder: bool
    is_good: bool


def seen(record: BoardRecord, *, stated: Stated, on: date) -> BoardLook:
    """Look at a license in a roster, on a day that is not before the roster's. Newer looks by admins count more."""
    encumbered = record.is_encumbered(on)
    agrees = _agreement(record, stated) is Agreement.FULL
    over = record.expires_on is not None and record.expires_on < on
    return BoardLook(
        standing=record.standing,
        encumbered=encumbered,
        expires_on=record.expires_on,
        as_of=record.as_of,
        is_its_holder=agrees,
        is_good=record.standing in IN_FORCE and agrees and not over and (stated.encumbrance_accepted or not encumbered),
    )


def board_status(
    stated: Stated, *, record: BoardRecord | None, record_id: str | None, loaded_as_of: date | None, on: date
) -> CheckResult:
    """Compare a stated license with its board's roster.

    record_id: its row, for whoever looks again. loaded_as_of: the day of the latest roster of this kind of license,
    None where none was imported. on: the day of the check.
    """
    board = _board(stated)
    if _is_another_title(stated):
        finding = CheckOutcome.REVIEW, "This board gives these letters to another title; look which one is held."
    elif loaded_as_of is None:
        finding = CheckOutcome.UNAVAILABLE, "No roster of this board was imported for this kind of license."
    elif record is None:
        finding = CheckOutcome.REVIEW, "The board's roster does not have this number; that is no proof."
    else:
        finding = findings.summed_up(list(_of_record(record, stated=stated, loaded_as_of=loaded_as_of, on=on)))
    day = loaded_as_of if record is None else record.as_of
    return CheckResult(
        name=CheckName.BOARD_STATUS,
        outcome=finding[0],
        detail=finding[1],
        source=NO_SOURCE if board is None else f"{board.name}, imported roster",
        source_url=None if board is None else board.look_up_url,
        as_of=None if day is None else datetime.combine(day, time(), tzinfo=UTC),
        evidence=() if record_id is None else (record_id,),
    )


def _board(stated: Stated) -> BoardMapping | None:
    """Give the board that grants the stated title, else any of the place, or None where none can be read."""
    boards = board_mappings.boards_of(stated.jurisdiction)
    granting = (board for board in boards if board.title(stated.license_type) is not None)
    return next(granting, next(iter(boards), None))


def _is_another_title(stated: Stated) -> bool:
    """Tell whether the stated title's letters are another title with every board of the place."""
    letters = board_mappings.plain(stated.license_type)
    boards = board_mappings.boards_of(stated.jurisdiction)
    return any(
        title.code == letters and title.license_type != stated.license_type
        for board in boards
        for title in board.titles
        if board.title(stated.license_type) is None
    )


def _agreement(record: BoardRecord, stated: Stated) -> Agreement | None:
    """Say how far the names agree, None where one of them holds no letters."""
    listed = record.person_name
    if listed is None or not stated.person_names:
        return None
    return names.best_agreement(stated.person_names, [listed])


def _of_record(record: BoardRecord, *, stated: Stated, loaded_as_of: date, on: date) -> Iterator[Finding]:
    name = _name_finding(record, stated)
    yield name
    if name[0] is CheckOutcome.FAIL:
        return
    if record.as_of < loaded_as_of:
        yield (
            CheckOutcome.REVIEW,
            f"The roster of {loaded_as_of} no longer has this license; this is what that of {record.as_of} said.",
        )
    yield from _standing_findings(record, on=on)
    yield from _day_findings(record, stated=stated, on=on)


def _name_finding(record: BoardRecord, stated: Stated) -> Finding:
    match _agreement(record, stated):
        case None:
            return CheckOutcome.REVIEW, "One of the names holds no letters, so the names can't be compared."
        case Agreement.FULL:
            return CheckOutcome.PASS, "The board has this license under this name."
        case Agreement.FAMILY_ONLY:
            return CheckOutcome.REVIEW, "The board has this family name with another given name."
        case Agreement.GIVEN_ONLY:
            return CheckOutcome.REVIEW, "The board has this given name with another family name; it may have changed."
        case Agreement.NONE:
            return CheckOutcome.FAIL, "The board has another person's name under this number."


def _standing_findings(record: BoardRecord, *, on: date) -> Iterator[Finding]:
    if record.standing not in IN_FORCE:
        yield CheckOutcome.FAIL, _OUT_OF_FORCE[record.standing]
        return
    if record.standing is Standing.VALID_TELEHEALTH_ONLY:
        yield CheckOutcome.PASS, "It is valid for telehealth only: sessions in person are not covered."
    elif not record.is_encumbered(on):
        yield CheckOutcome.PASS, "The board lists the license as valid."
    if record.is_encumbered(on) or record.standing is Standing.VALID_CONDITIONS:
        yield (
            CheckOutcome.REVIEW,
            "The board limits practice by conditions, restrictions or an action in effect; verifying takes two admins.",
        )
    if record.is_charged(on):
        yield CheckOutcome.REVIEW, "The board has filed charges that are open; read them before deciding."


def _day_findings(record: BoardRecord, *, stated: Stated, on: date) -> Iterator[Finding]:
    if record.expires_on is not None and record.expires_on < on:
        yield (
            CheckOutcome.REVIEW,
            f"Its last day by the board, {record.expires_on}, is over; a newer roster may have a renewal.",
        )
    if record.expires_on is not None and record.expires_on != stated.expires_on:
        earlier = "board's" if record.expires_on < stated.expires_on else "stated"
        yield (
            CheckOutcome.REVIEW,
            f"Last day by the board: {record.expires_on}; stated: {stated.expires_on}. The {earlier} one counts.",
        )
    if record.issued_on is not None and record.issued_on != stated.issued_on:
        yield (
            CheckOutcome.REVIEW,
            f"The day of issue by the board is {record.issued_on}, and {stated.issued_on} was stated.",
        )

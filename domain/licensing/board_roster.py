"""A board's roster of licenses, as a CSV file, read by the board's mapping.

1. A license has a line for each action of its board, so its lines are gathered into one record, wherever they stand.
2. Every line after the header becomes part of a record, or a refusal with a reason. Where one line of a license can't
   be read, all of them are refused: what it said might be the action that counts.
3. Lines that contradict each other are read the stricter way: the gravest status, the earliest last day, the latest
   day of issue. Lines that name different people are refused.
4. Whatever is not known is not valid: a status word the mapping doesn't know refuses its lines.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Final

from domain.licensing import names, register_lines
from domain.licensing.board_mappings import ActionEffect, BoardMapping, Field, StatusMeaning, Title, number_key, plain
from domain.licensing.board_record import BoardAction, BoardRecord
from domain.licensing.licenses import EARLIEST_DAY, LATEST_DAY
from domain.licensing.refusals import RefusedRow, UnreadableRegister
from domain.licensing.register_lines import BYTE_ORDER_MARK, LineRefused
from domain.licensing.standing import Standing

# The lightest first.
_GRAVITY: Final = (
    *(Standing.VALID, Standing.VALID_CONDITIONS, Standing.VALID_TELEHEALTH_ONLY, Standing.PENDING, Standing.INACTIVE),
    *(Standing.LAPSED, Standing.SURRENDERED, Standing.SUSPENDED, Standing.REVOKED),
)


@dataclass(frozen=True, slots=True, kw_only=True)
class RosterEntry:
    """One license, and of how many lines it was made."""

    record: BoardRecord
    lines: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Roster:
    """What a file says, the licenses in the order of their first lines, the refusals in that of the lines."""

    entries: tuple[RosterEntry, ...]
    refusals: tuple[RefusedRow, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class _LicenseKey:
    title: Title
    number_key: str


@dataclass(frozen=True, slots=True, kw_only=True)
class _Line:
    """One line that could be read."""

    number: str
    last_name: str
    first_name: str
    middle_name: str
    suffix: str
    status_words: str
    meaning: StatusMeaning
    issued_on: date | None
    renewed_on: date | None
    expires_on: date | None
    action: BoardAction | None


def read(lines: Iterable[bytes], *, mapping: BoardMapping, as_of: date) -> Roster:
    """Read a file of a board; one opened in binary mode is such lines. as_of: the day the board gave it out.

    UTF-8, and Latin-1 where it is not UTF-8. Raises UnreadableRegister when the header lacks a column or repeats one.
    """
    numbered = enumerate(lines, start=1)
    _, header = next(numbered, (1, b""))
    places, width = _columns(header, mapping=mapping)
    gathered: dict[_LicenseKey, list[tuple[int, _Line | LineRefused]]] = {}
    refusals: list[RefusedRow] = []
    for at, raw in numbered:
        try:
            by = _by_field(register_lines.fields(raw), places=places, width=width)
            key = _license_key(by, mapping=mapping)
        except LineRefused as refused:
            refusals.append(RefusedRow(number=at, reason=str(refused)))
            continue
        gathered.setdefault(key, []).append((at, _line_or_refusal(by, mapping=mapping)))
    entries = []
    for key, found in gathered.items():
        flaw = _flaw(found)
        if flaw is None:
            read_lines = [line for _, line in found if isinstance(line, _Line)]
            record = _record(key, read_lines, mapping=mapping, as_of=as_of)
            entries.append(RosterEntry(record=record, lines=len(read_lines)))
        else:
            refusals.extend(_refused(at, line, flaw=flaw) for at, line in found)
    return Roster(entries=tuple(entries), refusals=tuple(sorted(refusals, key=lambda refusal: refusal.number)))


def _columns(header: bytes, *, mapping: BoardMapping) -> tuple[dict[Field, int], int]:
    """Find each field's column, and tell how many columns there are; blank ones at the end don't count."""
    try:
        columns = [plain(column) for column in register_lines.fields(header.removeprefix(BYTE_ORDER_MARK))]
    except LineRefused:
        columns = []
    while columns and not columns[-1]:
        columns.pop()
    places = {}
    for field, accepted in mapping.columns.items():
        found = [at for at, column in enumerate(columns) if column in accepted]
        if len(found) != 1:
            detail = f"This is not a roster of {mapping.name}: its first line must name the column of {field} once."
            raise UnreadableRegister(detail)
        places[field] = found[0]
    return places, len(columns)


def _by_field(fields: Sequence[str], *, places: dict[Field, int], width: int) -> dict[Field, str]:
    if len(fields) < width or any(fields[width:]):
        raise LineRefused("The line does not have the columns of the header.")
    return {field: fields[at] for field, at in places.items()}


def _license_key(by: dict[Field, str], *, mapping: BoardMapping) -> _LicenseKey:
    code = plain(by[Field.LICENSE_TYPE])
    title = next((title for title in mapping.titles if title.code == code), None)
    if title is None:
        raise LineRefused("The license type is none that is kept.")
    key = number_key(by[Field.NUMBER], title=title)
    if not any(sign.isdigit() for sign in key):
        raise LineRefused("The license number has no digit.")
    return _LicenseKey(title=title, number_key=key)


def _line_or_refusal(by: dict[Field, str], *, mapping: BoardMapping) -> _Line | LineRefused:
    try:
        return _line(by, mapping=mapping)
    except LineRefused as refused:
        return refused


def _line(by: dict[Field, str], *, mapping: BoardMapping) -> _Line:
    if names.person_name(family=by[Field.LAST_NAME], first="") is None:
        raise LineRefused("The line names no person.")
    if not by[Field.STATUS]:
        raise LineRefused("The status is missing.")
    meaning = mapping.statuses.get(plain(by[Field.STATUS]))
    if meaning is None:
        raise LineRefused("The status is a word that is not known of this board.")
    return _Line(
        number=by[Field.NUMBER],
        last_name=by[Field.LAST_NAME],
        first_name=by[Field.FIRST_NAME],
        middle_name=by[Field.MIDDLE_NAME],
        suffix=by[Field.SUFFIX],
        status_words=by[Field.STATUS],
        meaning=meaning,
        issued_on=_day(by, Field.ISSUED_ON, mapping=mapping),
        renewed_on=_day(by, Field.RENEWED_ON, mapping=mapping),
        expires_on=_day(by, Field.EXPIRES_ON, mapping=mapping),
        action=_action(by, mapping=mapping),
    )


def _action(by: dict[Field, str], *, mapping: BoardMapping) -> BoardAction | None:
    """Read the action of a line; a line that says anything of one has one."""
    said = (by[Field.CASE_NUMBER], by[Field.ACTION], by[Field.EFFECTIVE_ON], by[Field.COMPLETED_ON])
    if not any(said):
        return None
    return BoardAction(
        case_number=by[Field.CASE_NUMBER],
        words=by[Field.ACTION],
        effect=mapping.effect(by[Field.ACTION]),
        effective_on=_day(by, Field.EFFECTIVE_ON, mapping=mapping),
        completed_on=_day(by, Field.COMPLETED_ON, mapping=mapping),
    )


def _day(by: dict[Field, str], field: Field, *, mapping: BoardMapping) -> date | None:
    if not by[field]:
        return None
    for written in mapping.date_formats:
        try:
            day = datetime.strptime(by[field], written).date()  # noqa: DTZ007 - a day of the board's calendar
        except ValueError:
            continue
        if EARLIEST_DAY <= day <= LATEST_DAY:
            return day
    raise LineRefused(f"The day of {field} can't be read.")


def _flaw(found: Sequence[tuple[int, _Line | LineRefused]]) -> str | None:
    """Say why the lines of a license can't be one record, or None where they can."""
    held = set()
    for _, line in found:
        if isinstance(line, LineRefused):
            return "Another line of this license can't be read."
        held.add(names.person_name(family=line.last_name, first=line.first_name, middle=line.middle_name))
    return "The lines of this license name different people." if len(held) > 1 else None


def _refused(at: int, line: _Line | LineRefused, *, flaw: str) -> RefusedRow:
    return RefusedRow(number=at, reason=str(line) if isinstance(line, LineRefused) else flaw)


def _record(key: _LicenseKey, lines: Sequence[_Line], *, mapping: BoardMapping, as_of: date) -> BoardRecord:
    first = lines[0]
    actions = tuple(dict.fromkeys(line.action for line in lines if line.action is not None))
    return BoardRecord(
        board=mapping.board,
        jurisdiction=mapping.jurisdiction,
        license_type=key.title.license_type,
        number_key=key.number_key,
        number=first.number,
        last_name=first.last_name,
        first_name=first.first_name,
        middle_name=first.middle_name,
        suffix=first.suffix,
        status_words="; ".join(dict.fromkeys(line.status_words for line in lines)),
        standing=max((line.meaning.standing for line in lines), key=_GRAVITY.index),
        encumbered=any(line.meaning.limits for line in lines)
        or any(action.effect is ActionEffect.LIMITS and action.is_in_effect(as_of) for action in actions),
        issued_on=max((line.issued_on for line in lines if line.issued_on is not None), default=None),
        renewed_on=min((line.renewed_on for line in lines if line.renewed_on is not None), default=None),
        expires_on=min((line.expires_on for line in lines if line.expires_on is not None), default=None),
        actions=actions,
        as_of=as_of,
    )

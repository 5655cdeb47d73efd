"""The federal list of excluded individuals and entities (LEIE), as its files are published.

1. The full file and the monthly supplements (…EXCL.csv, …REIN.csv) share one header of 18 columns. In a supplement of
   reinstatements REINDATE is set.
2. Every line after the header becomes a row or a refusal with a reason: lines are read one by one, so an open quote
   can't swallow the lines after it.
3. Zeros stand for "not known" in NPI and dates; a single space stands for no middle name. Kinds come padded.
4. Birth dates come as MM/DD/YY or YYYYMMDD. Two digits of a year are read as the latest year in which the person was
   old enough to be excluded.

Source: OIG, LEIE downloadable data record layout; the files of January and September 2016.
"""

import dataclasses
import hashlib
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date
from typing import Final

from domain.licensing import names, register_lines
from domain.licensing.names import PersonName
from domain.licensing.refusals import RefusedRow, UnreadableRegister
from domain.licensing.register_lines import BYTE_ORDER_MARK, LineRefused

COLUMNS: Final = (
    *("LASTNAME", "FIRSTNAME", "MIDNAME", "BUSNAME", "GENERAL", "SPECIALTY", "UPIN", "NPI", "DOB"),
    *("ADDRESS", "CITY", "STATE", "ZIP", "EXCLTYPE", "EXCLDATE", "REINDATE", "WAIVERDATE", "WVRSTATE"),
)
_NPI_LENGTH: Final = 10
_COMPACT_DATE_LENGTH: Final = 8
_SLASHED_DATE_LENGTHS: Final = (8, 10)  # MM/DD/YY and MM/DD/YYYY
_SHORT_YEAR_LENGTH: Final = 2
_STATE_LENGTH: Final = 2
_YOUNGEST_YEARS: Final = 16  # nobody younger works where an exclusion reaches


@dataclass(frozen=True, slots=True, kw_only=True)
class ExclusionRow:
    """One exclusion of a person or an entity; "" where the file says nothing.

    Of a person the family name is set, of an entity the business name. In force while reinstated_on is None.
    waived_on and waiver_state: the exclusion is waived in that one state.
    """

    last_name: str
    first_name: str
    middle_name: str
    business_name: str
    general: str
    specialty: str
    upin: str
    npi: str | None
    born_on: date | None
    address: str
    city: str
    state: str
    zip_code: str
    exclusion_type: str
    excluded_on: date
    reinstated_on: date | None
    waived_on: date | None
    waiver_state: str

    @property
    def digest(self) -> str:
        """The SHA-256, in hexadecimal, of what the row says, however the file wrote it."""
        values: list[object] = [getattr(self, name) for name in _CONTENT]
        content = "\x1f".join("" if value is None else str(value) for value in values)
        return hashlib.sha256(content.encode()).hexdigest()

    @property
    def person_name(self) -> PersonName | None:
        """The person's name as it is compared, or None for an entity."""
        return names.person_name(family=self.last_name, first=self.first_name, middle=self.middle_name)

    @property
    def jurisdiction(self) -> str | None:
        """The state of the address as an ISO 3166-2 code, or None."""
        return f"US-{self.state}" if self.state else None


_CONTENT: Final = tuple(field.name for field in dataclasses.fields(ExclusionRow))


def parse(lines: Iterable[bytes]) -> Iterator[ExclusionRow | RefusedRow]:
    """Read a file, line by line, in its order; a file opened in binary mode is such lines.

    Every line after the header gives one row or one refusal. UTF-8, and Latin-1 where it is not UTF-8.
    Raises UnreadableRegister when the first line is not the header.
    """
    numbered = enumerate(lines, start=1)
    _, header = next(numbered, (1, b""))
    try:
        columns = register_lines.fields(header.removeprefix(BYTE_ORDER_MARK))
    except LineRefused:
        columns = []
    if tuple(column.upper() for column in columns) != COLUMNS:
        raise UnreadableRegister("This is not an exclusion list: its first line must name the 18 columns.")
    for number, line in numbered:
        try:
            yield _row(register_lines.fields(line))
        except LineRefused as refused:
            yield RefusedRow(number=number, reason=str(refused))


def _row(fields: list[str]) -> ExclusionRow:
    if len(fields) != len(COLUMNS):
        raise LineRefused("The line does not have 18 columns.")
    by = dict(zip(COLUMNS, fields, strict=True))
    if names.person_name(family=by["LASTNAME"], first="") is None and not by["BUSNAME"]:
        raise LineRefused("The line names neither a person nor a business.")
    if not by["EXCLTYPE"]:
        raise LineRefused("The kind of exclusion is missing.")
    excluded_on = _compact_date(by["EXCLDATE"], column="EXCLDATE")
    if excluded_on is None:
        raise LineRefused("The date of exclusion is missing.")
    return ExclusionRow(
        last_name=by["LASTNAME"],
        first_name=by["FIRSTNAME"],
        middle_name=by["MIDNAME"],
        business_name=by["BUSNAME"],
        general=by["GENERAL"],
        specialty=by["SPECIALTY"],
        upin=by["UPIN"],
        npi=_npi(by["NPI"]),
        born_on=_birth_date(by["DOB"], excluded_on=excluded_on),
        address=by["ADDRESS"],
        city=by["CITY"],
        state=_state(by["STATE"], column="STATE"),
        zip_code=by["ZIP"],
        exclusion_type=by["EXCLTYPE"],
        excluded_on=excluded_on,
        reinstated_on=_compact_date(by["REINDATE"], column="REINDATE"),
        waived_on=_compact_date(by["WAIVERDATE"], column="WAIVERDATE"),
        waiver_state=_state(by["WVRSTATE"], column="WVRSTATE"),
    )


def _is_digits(text: str) -> bool:
    return text.isascii() and text.isdigit()


def _npi(text: str) -> str | None:
    """Read an NPI as it stands: one whose check digit is wrong is kept, for it is what the list says."""
    if not text.strip("0"):
        return None
    if len(text) != _NPI_LENGTH or not _is_digits(text):
        raise LineRefused("NPI is not ten digits.")
    return text


def _state(text: str, *, column: str) -> str:
    if text and (len(text) != _STATE_LENGTH or not text.isascii() or not text.isalpha()):
        raise LineRefused(f"{column} is not a state's two letters.")
    return text.upper()


def _compact_date(text: str, *, column: str) -> date | None:
    if not text.strip("0"):
        return None
    if len(text) != _COMPACT_DATE_LENGTH or not _is_digits(text):
        raise LineRefused(f"{column} is not a date as YYYYMMDD.")
    return _day(int(text[:4]), int(text[4:6]), int(text[6:]), column=column)


def _birth_date(text: str, *, excluded_on: date) -> date | None:
    if "/" not in text:
        return _compact_date(text, column="DOB")
    month, _, rest = text.partition("/")
    day, _, year = rest.partition("/")
    if len(text) not in _SLASHED_DATE_LENGTHS or not all(_is_digits(part) for part in (month, day, year)):
        raise LineRefused("DOB is neither MM/DD/YY nor YYYYMMDD.")
    if len(year) != _SHORT_YEAR_LENGTH:
        return _day(int(year), int(month), int(day), column="DOB")
    latest = excluded_on.year - _YOUNGEST_YEARS
    return _day(latest - (latest - int(year)) % 100, int(month), int(day), column="DOB")


def _day(year: int, month: int, day: int, *, column: str) -> date:
    try:
        return date(year, month, day)
    except ValueError:
        raise LineRefused(f"{column} is not a day of the calendar.") from None

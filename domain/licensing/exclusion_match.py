"""How a row of the exclusion list meets an applicant.

1. The very NPI is a match, whatever the name. Most rows carry none, so names are compared too, in every reading and
   also family name first.
2. By name a row is worth a look when:
   - the name agrees, and the birth date is the same, has a slip (a day off, day and month exchanged) or one digit
     wrong, or the state is the same, or neither birth date nor state can tell the two apart;
   - the family name and the birth date are the same (the given name may be a nickname we don't know);
   - the given name, the birth date and the state are the same (a family name may have changed);
   - the name has one slip of a letter, or a family name stands among the middle names, and the birth date is the same
     or has a slip.
   A name that agrees and none of this is a namesake: common names would otherwise stop most applicants.
3. A birth date that differs does not clear a name in the same state, for applicants state it themselves.
4. Every row that can match is found by its NPI, by a key of its family name, or by its birth date and that date's
   slips; nothing else of the list is ever looked at.
5. A reinstatement comes as a row of its own, and ends an exclusion of the same kind and day: of the same NPI where both
   rows have one, else of the same business, or of the same birth date and name. In doubt the exclusion stands.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import Final

from domain.licensing import birth_dates, names
from domain.licensing.applicant import Applicant
from domain.licensing.birth_dates import DatesAgree
from domain.licensing.exclusion_list import ExclusionRow
from domain.licensing.names import Agreement, PersonName


@dataclass(frozen=True, slots=True, kw_only=True)
class ListedRow:
    """What screening needs of a row of the list. delisted_on: when it was missing in a newer whole list."""

    digest: str
    name: PersonName | None
    business_name: str
    npi: str | None
    born_on: date | None
    jurisdiction: str | None
    exclusion_type: str
    excluded_on: date
    reinstated_on: date | None
    delisted_on: date | None


@dataclass(frozen=True, slots=True, kw_only=True)
class ExclusionLookup:
    """What to fetch from the list: rows with any of these NPIs, family name keys or birth dates."""

    npis: tuple[str, ...]
    family_keys: tuple[str, ...]
    birth_dates: tuple[date, ...]


class Match(StrEnum):
    """How a row of the exclusion list meets an applicant, the strongest first."""

    NPI = "npi"
    NAME_AND_BIRTH_DATE = "name_and_birth_date"
    NAME_AND_CLOSE_BIRTH_DATE = "name_and_close_birth_date"
    NEAR_NAME_AND_BIRTH_DATE = "near_name_and_birth_date"
    FAMILY_NAME_AND_BIRTH_DATE = "family_name_and_birth_date"
    GIVEN_NAME_BIRTH_DATE_AND_STATE = "given_name_birth_date_and_state"
    NAME_AND_STATE = "name_and_state"
    NAME_NOT_TOLD_APART = "name_not_told_apart"
    NAMESAKE = "namesake"


# How far names and birth dates agree: which match that is in any state, and which in the same one. The rest is none.
_ANYWHERE: Final = {
    (Agreement.FULL, DatesAgree.SAME): Match.NAME_AND_BIRTH_DATE,
    (Agreement.FULL, DatesAgree.SLIP): Match.NAME_AND_CLOSE_BIRTH_DATE,
    (Agreement.FULL, DatesAgree.ONE_DIGIT): Match.NAME_AND_CLOSE_BIRTH_DATE,
    (Agreement.FAMILY_ONLY, DatesAgree.SAME): Match.FAMILY_NAME_AND_BIRTH_DATE,
}
_IN_THE_SAME_STATE: Final = {
    (Agreement.FULL, DatesAgree.DIFFERENT): Match.NAME_AND_STATE,
    (Agreement.FULL, DatesAgree.UNKNOWN): Match.NAME_AND_STATE,
    (Agreement.GIVEN_ONLY, DatesAgree.SAME): Match.GIVEN_NAME_BIRTH_DATE_AND_STATE,
}


def listed(row: ExclusionRow, *, delisted_on: date | None = None) -> ListedRow:
    """Give what screening needs of a row of a file."""
    return ListedRow(
        digest=row.digest,
        name=row.person_name,
        business_name=row.business_name,
        npi=row.npi,
        born_on=row.born_on,
        jurisdiction=row.jurisdiction,
        exclusion_type=row.exclusion_type,
        excluded_on=row.excluded_on,
        reinstated_on=row.reinstated_on,
        delisted_on=delisted_on,
    )


def lookup(applicant: Applicant) -> ExclusionLookup:
    """Say which rows of the list can match; more rows do no harm."""
    born_on = applicant.born_on
    return ExclusionLookup(
        npis=() if applicant.npi is None else (applicant.npi,),
        family_keys=tuple(sorted({key for name in applicant.turned_names for key in names.keys(name)})),
        birth_dates=() if born_on is None else tuple(sorted({born_on, *birth_dates.slips(born_on)})),
    )


def reinstatement_lookup(applicant: Applicant, *, rows: Iterable[ListedRow]) -> ExclusionLookup | None:
    """Say what else to fetch once rows were found: what may end an exclusion that met the applicant under other names.

    None where nothing more is needed.
    """
    readings = applicant.turned_names
    met = [row for row in rows if row.reinstated_on is None and _counts(applicant, row, readings=readings)]
    npis = {row.npi for row in met if row.npi is not None and row.npi != applicant.npi}
    keys = {key for row in met if row.name is not None for key in row.name.family_keys}
    if not npis and keys <= {key for name in readings for key in name.family_keys}:
        return None
    return ExclusionLookup(npis=tuple(sorted(npis)), family_keys=tuple(sorted(keys)), birth_dates=())


def _counts(applicant: Applicant, row: ListedRow, *, readings: tuple[PersonName, ...]) -> bool:
    """Tell whether a row meets an applicant in a way that asks for more than a mention."""
    found = match(applicant, row, readings=readings)
    return found is not None and found is not Match.NAMESAKE


def match(applicant: Applicant, row: ListedRow, *, readings: tuple[PersonName, ...]) -> Match | None:
    """Say how a row meets an applicant. readings: the applicant's `turned_names`."""
    if applicant.npi is not None and row.npi == applicant.npi:
        return Match.NPI
    if row.name is None:
        return None
    names_agree = names.best_agreement(readings, [row.name])
    dates_agree = birth_dates.agreement(applicant.born_on, row.born_on)
    found = _ANYWHERE.get((names_agree, dates_agree))
    if found is None and dates_agree in {DatesAgree.SAME, DatesAgree.SLIP}:
        near = any(names.nearly_same(reading, row.name) for reading in readings)
        found = Match.NEAR_NAME_AND_BIRTH_DATE if near else None
    if found is None and row.jurisdiction in applicant.jurisdictions:
        found = _IN_THE_SAME_STATE.get((names_agree, dates_agree))
    if found is not None or names_agree is not Agreement.FULL:
        return found
    states_known = row.jurisdiction is not None and bool(applicant.jurisdictions)
    told_apart = dates_agree is not DatesAgree.UNKNOWN or states_known
    return Match.NAMESAKE if told_apart else Match.NAME_NOT_TOLD_APART


def ends(reinstatement: ListedRow, exclusion: ListedRow) -> bool:
    """Tell whether a row of a reinstatement is about this exclusion; it is about its own."""
    one, other = reinstatement.name, exclusion.name
    if (reinstatement.exclusion_type, reinstatement.excluded_on) != (exclusion.exclusion_type, exclusion.excluded_on):
        return False
    if (one is None) != (other is None):
        return False
    if reinstatement.npi is not None and exclusion.npi is not None:
        return reinstatement.npi == exclusion.npi
    if one is None or other is None:
        return reinstatement.business_name == exclusion.business_name
    if reinstatement.born_on != exclusion.born_on:
        return False
    return one == other if exclusion.born_on is None else names.same_person_name(one, other)

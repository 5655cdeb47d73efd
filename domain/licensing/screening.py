"""What an applicant's statements are checked against: the NPI's check digit, the provider register, the exclusion list.

1. A fail is only what can't be right: a number that is not well-formed, an organization's, a deactivated or somebody
   else's number, an exclusion in force under this very number. What merely looks odd is for an admin to review.
2. Absence proves nothing: a number missing in our copy of the register is a review, a register that was never loaded
   makes the check unavailable.
3. Most rows of the exclusion list carry no NPI, so names are compared too; a name is never more than a review.
   Asked for review are: name and birth date; family name and birth date (a given name may be a nickname); given name,
   birth date and state (a family name may have changed); name and state; and a bare name where neither birth date nor
   state can tell the two apart. A namesake elsewhere passes: common names would otherwise stop most applicants; the
   check says that there is one. A birth date that differs does not clear a name in the same state, for applicants
   state it themselves.
4. Who was reinstated is not excluded. Under the very NPI that is for review, under a name it is only mentioned. A
   reinstatement comes as a row of its own, and ends an exclusion of the same kind and day: of the same NPI where both
   rows have one, else of the same business, or of the same birth date and name. In doubt the exclusion stands.
5. Details say what matched and never repeat a name, a birth date or a number.
"""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import Final, TypeAlias

from domain.licensing import behavioral_health, names
from domain.licensing.checks import CheckName, CheckOutcome, CheckResult
from domain.licensing.exclusion_list import ExclusionRow
from domain.licensing.names import Agreement, PersonName
from domain.licensing.provider_register import ProviderKind, ProviderRecord
from domain.therapists import npi

NPI_SOURCE: Final = "NPI check digit"
REGISTER_SOURCE: Final = "NPPES provider register, imported copy"
EXCLUSIONS_SOURCE: Final = "OIG LEIE exclusion list, imported copy"

_Finding: TypeAlias = tuple[CheckOutcome, str]
_WEIGHT: Final = {CheckOutcome.PASS: 0, CheckOutcome.REVIEW: 1, CheckOutcome.FAIL: 2}


@dataclass(frozen=True, slots=True, kw_only=True)
class Applicant:
    """Whom the checks are about, as stated. jurisdictions: where licensed or applying, as ISO 3166-2 codes."""

    legal_name: str
    other_legal_names: tuple[str, ...]
    born_on: date | None
    npi: str | None
    jurisdictions: frozenset[str]

    @property
    def person_names(self) -> tuple[PersonName, ...]:
        """Every reading of every legal name."""
        return tuple(
            dict.fromkeys(
                reading for name in (self.legal_name, *self.other_legal_names) for reading in names.readings(name)
            ),
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class ExclusionLookup:
    """What to fetch from the list: rows with this NPI, or any of these family name keys, or this birth date."""

    npi: str | None
    family_keys: tuple[str, ...]
    born_on: date | None


class _Match(StrEnum):
    """How a row of the exclusion list meets an applicant, the strongest first."""

    NPI = "npi"
    NAME_AND_BIRTH_DATE = "name_and_birth_date"
    FAMILY_NAME_AND_BIRTH_DATE = "family_name_and_birth_date"
    GIVEN_NAME_BIRTH_DATE_AND_STATE = "given_name_birth_date_and_state"
    NAME_AND_STATE = "name_and_state"
    NAME_NOT_TOLD_APART = "name_not_told_apart"
    NAMESAKE = "namesake"


# What a match means and says, while the exclusion is in force and after a reinstatement.
_IN_FORCE: Final = {
    _Match.NPI: (CheckOutcome.FAIL, "The list has this NPI, and the exclusion is in force."),
    _Match.NAME_AND_BIRTH_DATE: (
        CheckOutcome.REVIEW,
        "The list has someone with this name and birth date; confirm on the OIG site who it is.",
    ),
    _Match.FAMILY_NAME_AND_BIRTH_DATE: (
        CheckOutcome.REVIEW,
        "The list has someone with this family name and birth date and another given name.",
    ),
    _Match.GIVEN_NAME_BIRTH_DATE_AND_STATE: (
        CheckOutcome.REVIEW,
        "The list has someone in this state with this given name and birth date and another family name.",
    ),
    _Match.NAME_AND_STATE: (
        CheckOutcome.REVIEW,
        "The list has someone with this name in this state; confirm on the OIG site who it is.",
    ),
    _Match.NAME_NOT_TOLD_APART: (
        CheckOutcome.REVIEW,
        "The list has someone with this name, and neither birth date nor state tells them apart.",
    ),
    _Match.NAMESAKE: (CheckOutcome.PASS, "The list has a namesake with another birth date or in another state."),
}
_REINSTATED: Final = {
    _Match.NPI: (CheckOutcome.REVIEW, "The list had this NPI; it was reinstated and is no longer excluded."),
}
_REINSTATED_NAME: Final = (CheckOutcome.PASS, "Someone whose name or birth date matches was listed and is reinstated.")

# Names agree, does the birth date, does the state: which match that is. Whatever is not here is none.
_PERSON_MATCHES: Final = {
    (Agreement.FULL, True, True): _Match.NAME_AND_BIRTH_DATE,
    (Agreement.FULL, True, False): _Match.NAME_AND_BIRTH_DATE,
    (Agreement.FULL, False, True): _Match.NAME_AND_STATE,
    (Agreement.FAMILY_ONLY, True, True): _Match.FAMILY_NAME_AND_BIRTH_DATE,
    (Agreement.FAMILY_ONLY, True, False): _Match.FAMILY_NAME_AND_BIRTH_DATE,
    (Agreement.GIVEN_ONLY, True, True): _Match.GIVEN_NAME_BIRTH_DATE_AND_STATE,
}


def npi_check(number: str | None) -> CheckResult:
    """Check the NPI as a number, without any register."""
    match number:
        case None:
            finding = CheckOutcome.REVIEW, "No NPI was given, so it can't be looked up in the registers."
        case _ if npi.is_valid(number):
            finding = CheckOutcome.PASS, "The NPI is well-formed; its check digit is right."
        case _:
            finding = CheckOutcome.FAIL, "The NPI is not well-formed; a digit is wrong or missing."
    return _result(CheckName.NPI, [finding], source=NPI_SOURCE)


def register_match(applicant: Applicant, *, record: ProviderRecord | None, register_loaded: bool) -> CheckResult:
    """Compare the applicant with the register's record of the same NPI (None: there is none)."""
    if not register_loaded:
        finding = CheckOutcome.UNAVAILABLE, "No provider register has been imported."
    elif applicant.npi is None:
        finding = CheckOutcome.REVIEW, "No NPI was given, so there is no record to compare with."
    elif record is None:
        finding = CheckOutcome.REVIEW, "Our copy of the register has no such NPI; it may be newer than the copy."
    else:
        return _result(CheckName.PROVIDER_REGISTER, _record_findings(applicant, record), source=REGISTER_SOURCE)
    return _result(CheckName.PROVIDER_REGISTER, [finding], source=REGISTER_SOURCE)


def exclusion_lookup(applicant: Applicant) -> ExclusionLookup:
    """Say which rows of the list `exclusion_screening` needs to see; more rows do no harm."""
    return ExclusionLookup(
        npi=applicant.npi,
        family_keys=tuple(sorted({key for name in applicant.person_names for key in names.keys(name)})),
        born_on=applicant.born_on,
    )


def reinstatement_lookup(applicant: Applicant, *, rows: Iterable[ExclusionRow]) -> ExclusionLookup | None:
    """Say what else to fetch once rows were found: what may end an exclusion under the NPI and another name.

    None where nothing more is needed.
    """
    found = {
        key
        for row in rows
        if row.npi is not None
        and row.npi == applicant.npi
        and row.reinstated_on is None
        and row.person_name is not None
        for key in names.keys(row.person_name)
    }
    return ExclusionLookup(npi=None, family_keys=tuple(sorted(found)), born_on=None) if found else None


def exclusion_screening(
    applicant: Applicant,
    *,
    candidate_rows: Iterable[ExclusionRow],
    list_loaded: bool,
) -> CheckResult:
    """Look for the applicant among the rows that `exclusion_lookup` and `reinstatement_lookup` ask for.

    list_loaded: whether the list has any row at all.
    """
    if not list_loaded:
        finding = CheckOutcome.UNAVAILABLE, "No exclusion list has been imported."
        return _result(CheckName.EXCLUSION_LIST, [finding], source=EXCLUSIONS_SOURCE)
    rows = list(candidate_rows)
    reinstatements = [row for row in rows if row.reinstated_on is not None]
    readings = applicant.person_names
    findings: list[_Finding] = []
    if not readings:
        findings.append((CheckOutcome.REVIEW, "The legal name holds no letters, so names can't be compared."))
    for row in rows:
        match = _match(applicant, readings, row)
        if match is not None:
            reinstated = any(_ends(each, row) for each in reinstatements)
            findings.append(_REINSTATED.get(match, _REINSTATED_NAME) if reinstated else _IN_FORCE[match])
    if not findings:
        findings.append((CheckOutcome.PASS, "The list has nobody with this NPI, or with this name."))
    return _result(CheckName.EXCLUSION_LIST, findings, source=EXCLUSIONS_SOURCE)


def _record_findings(applicant: Applicant, record: ProviderRecord) -> list[_Finding]:
    if record.npi != applicant.npi:
        message = "the record must be that of the applicant's NPI"
        raise ValueError(message)
    if record.kind is ProviderKind.ORGANIZATION:
        return [(CheckOutcome.FAIL, "The NPI belongs to an organization; a therapist needs an individual's.")]
    if not record.is_active:
        return [(CheckOutcome.FAIL, "The register lists this NPI as deactivated.")]
    return [_name_finding(applicant, record), _type_finding(record)]


def _name_finding(applicant: Applicant, record: ProviderRecord) -> _Finding:
    written = [names.person_name(family=each.last, first=each.first, middle=each.middle) for each in record.names]
    registered = [name for name in written if name is not None]
    if not applicant.person_names or not registered:
        return CheckOutcome.REVIEW, "One of the names holds no letters, so the names can't be compared."
    match names.best_agreement(applicant.person_names, registered):
        case Agreement.FULL:
            return CheckOutcome.PASS, "The NPI is an individual's, active, and the names agree."
        case Agreement.FAMILY_ONLY:
            return CheckOutcome.REVIEW, "The register has this family name with another given name."
        case Agreement.GIVEN_ONLY:
            return (
                CheckOutcome.REVIEW,
                "The register has this given name with another family name; it may have changed.",
            )
        case Agreement.NONE:
            return CheckOutcome.FAIL, "The register has another person's name under this NPI."


def _type_finding(record: ProviderRecord) -> _Finding:
    if any(each.code in behavioral_health.PROVIDER_TYPES for each in record.provider_types):
        return CheckOutcome.PASS, "It names a behavioral health provider type."
    return CheckOutcome.REVIEW, "The register names no behavioral health provider type under this NPI."


def _match(applicant: Applicant, readings: tuple[PersonName, ...], row: ExclusionRow) -> _Match | None:
    if applicant.npi is not None and row.npi == applicant.npi:
        return _Match.NPI
    listed = row.person_name
    if listed is None:
        return None
    names_agree = names.best_agreement(readings, [listed])
    same_birth_date = row.born_on is not None and row.born_on == applicant.born_on
    same_state = row.jurisdiction in applicant.jurisdictions
    match = _PERSON_MATCHES.get((names_agree, same_birth_date, same_state))
    if match is not None or names_agree is not Agreement.FULL:
        return match
    birth_dates_known = row.born_on is not None and applicant.born_on is not None
    states_known = row.jurisdiction is not None and bool(applicant.jurisdictions)
    return _Match.NAMESAKE if birth_dates_known or states_known else _Match.NAME_NOT_TOLD_APART


def _ends(reinstatement: ExclusionRow, exclusion: ExclusionRow) -> bool:
    """Tell whether a row of a reinstatement is about this exclusion; it is about its own."""
    one, other = reinstatement.person_name, exclusion.person_name
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


def _result(name: CheckName, findings: list[_Finding], *, source: str) -> CheckResult:
    """Make one result of all findings: the gravest outcome, the gravest first, rows that say the same counted."""
    ordered = sorted(findings, key=lambda finding: _WEIGHT.get(finding[0], 0), reverse=True)
    told = Counter(detail for _, detail in ordered)
    sentences = (detail if times == 1 else f"{detail} ({times} rows.)" for detail, times in told.items())
    return CheckResult(name=name, outcome=ordered[0][0], detail=" ".join(sentences), source=source)

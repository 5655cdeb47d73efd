"""What an applicant's statements are checked against: the NPI's check digit, the provider register, the exclusion list.

1. A fail is only what can't be right: a number that is not well-formed, an organization's, a deactivated or somebody
   else's number, an exclusion in force under this very number. What merely looks odd is for an admin to review.
2. Absence proves nothing: a number missing in our copy of the register is a review, a register that was never loaded
   makes the check unavailable.
3. Rows of the exclusion list are matched as `exclusion_match.py` says. An exclusion in force under the very NPI fails;
   a name is never more than a review; a namesake passes, and the check says that there is one.
4. Who was reinstated, or is missing in a newer whole list, is not excluded. Under the very NPI that is for review,
   under a name it is only mentioned.
5. A row for review that an admin looked at before does not ask for a look again; a fail is never cleared so.
6. A list that is too old, or of unknown age, clears nobody: what would pass is unavailable. What it finds still counts.
7. Details say what matched and never repeat a name, a birth date or a number.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, date, datetime, time
from typing import Final

from domain.licensing import behavioral_health, exclusion_match, freshness, names
from domain.licensing.applicant import Applicant
from domain.licensing.checks import CheckMethod, CheckName, CheckOutcome, CheckResult
from domain.licensing.exclusion_match import ListedRow, Match
from domain.licensing.findings import Finding, summed_up
from domain.licensing.names import Agreement
from domain.licensing.provider_register import ProviderKind, ProviderRecord
from domain.therapists import npi

NPI_SOURCE: Final = "NPI check digit"
REGISTER_SOURCE: Final = "NPPES provider register, imported copy"
REGISTER_URL: Final = "https://npiregistry.cms.hhs.gov/"
EXCLUSIONS_SOURCE: Final = "OIG LEIE exclusion list, imported copy"
EXCLUSIONS_URL: Final = "https://oig.hhs.gov/exclusions/"

_RANK: Final = {match: rank for rank, match in enumerate(Match)}


@dataclass(frozen=True, slots=True, kw_only=True)
class _Source:
    name: str
    url: str | None
    method: CheckMethod


_NPI: Final = _Source(name=NPI_SOURCE, url=None, method=CheckMethod.COMPUTED)
_REGISTER: Final = _Source(name=REGISTER_SOURCE, url=REGISTER_URL, method=CheckMethod.REGISTER_COPY)
_EXCLUSIONS: Final = _Source(name=EXCLUSIONS_SOURCE, url=EXCLUSIONS_URL, method=CheckMethod.REGISTER_COPY)

# What a match means and says, while the exclusion is in force and after it ended.
_IN_FORCE: Final = {
    Match.NPI: (CheckOutcome.FAIL, "The list has this NPI, and the exclusion is in force."),
    Match.NAME_AND_BIRTH_DATE: (
        CheckOutcome.REVIEW,
        "The list has someone with this name and birth date; confirm on the OIG site who it is.",
    ),
    Match.NAME_AND_CLOSE_BIRTH_DATE: (
        CheckOutcome.REVIEW,
        "The list has someone with this name and almost this birth date; confirm on the OIG site who it is.",
    ),
    Match.NEAR_NAME_AND_BIRTH_DATE: (
        CheckOutcome.REVIEW,
        "The list has someone with nearly this name and birth date; confirm on the OIG site who it is.",
    ),
    Match.FAMILY_NAME_AND_BIRTH_DATE: (
        CheckOutcome.REVIEW,
        "The list has someone with this family name and birth date and another given name.",
    ),
    Match.GIVEN_NAME_BIRTH_DATE_AND_STATE: (
        CheckOutcome.REVIEW,
        "The list has someone in this state with this given name and birth date and another family name.",
    ),
    Match.NAME_AND_STATE: (
        CheckOutcome.REVIEW,
        "The list has someone with this name in this state; confirm on the OIG site who it is.",
    ),
    Match.NAME_NOT_TOLD_APART: (
        CheckOutcome.REVIEW,
        "The list has someone with this name, and neither birth date nor state tells them apart.",
    ),
    Match.NAMESAKE: (CheckOutcome.PASS, "The list has a namesake with another birth date or in another state."),
}
_REINSTATED: Final = (
    CheckOutcome.REVIEW,
    "The list had this NPI; it was reinstated and is no longer excluded.",
)
_REINSTATED_NAME: Final = (CheckOutcome.PASS, "Someone whose name or birth date matches was listed and is reinstated.")
_DELISTED: Final = (CheckOutcome.REVIEW, "The list had this NPI; the newest whole list no longer has that exclusion.")
_DELISTED_NAME: Final = (
    CheckOutcome.PASS,
    "Someone whose name or birth date matches was listed and is missing in the newest whole list.",
)
_CLEARED: Final = (
    CheckOutcome.PASS,
    "The list has someone who could be meant; an admin looked at this before, and nothing new was found.",
)
_NOBODY: Final = (CheckOutcome.PASS, "The list has nobody with this NPI, or with this name.")


def npi_check(number: str | None) -> CheckResult:
    """Check the NPI as a number, without any register."""
    match number:
        case None:
            finding = CheckOutcome.REVIEW, "No NPI was given, so it can't be looked up in the registers."
        case _ if npi.is_valid(number):
            finding = CheckOutcome.PASS, "The NPI is well-formed; its check digit is right."
        case _:
            finding = CheckOutcome.FAIL, "The NPI is not well-formed; a digit is wrong or missing."
    return _result(CheckName.NPI, [finding], source=_NPI)


def register_match(applicant: Applicant, *, record: ProviderRecord | None, register_loaded: bool) -> CheckResult:
    """Compare the applicant with the register's record of the same NPI (None: there is none)."""
    if not register_loaded:
        finding = CheckOutcome.UNAVAILABLE, "No provider register has been imported."
    elif applicant.npi is None:
        finding = CheckOutcome.REVIEW, "No NPI was given, so there is no record to compare with."
    elif record is None:
        finding = CheckOutcome.REVIEW, "Our copy of the register has no such NPI; it may be newer than the copy."
    else:
        return _result(CheckName.PROVIDER_REGISTER, _record_findings(applicant, record), source=_REGISTER)
    return _result(CheckName.PROVIDER_REGISTER, [finding], source=_REGISTER)


def exclusion_screening(
    applicant: Applicant,
    *,
    candidate_rows: Iterable[ListedRow],
    list_loaded: bool,
    as_of: date | None,
    today: date,
    cleared: frozenset[str] = frozenset(),
) -> CheckResult:
    """Look for the applicant among the rows that `lookup` and `reinstatement_lookup` of `exclusion_match` ask for.

    list_loaded: whether the list has any row at all. as_of: the day the newest list was given out, None where that is
    not known. today: by UTC. cleared: digests of rows that an admin looked at before, for this therapist. The evidence
    is the digests of all rows that fail or ask for review, those cleared before among them, sorted.
    """
    if not list_loaded:
        finding = CheckOutcome.UNAVAILABLE, "No exclusion list has been imported."
        return _result(CheckName.EXCLUSION_LIST, [finding], source=_EXCLUSIONS)
    rows = list(candidate_rows)
    reinstatements = [row for row in rows if row.reinstated_on is not None]
    readings = applicant.turned_names
    findings: list[Finding] = []
    evidence: set[str] = set()
    if not readings:
        findings.append((CheckOutcome.REVIEW, "The legal name holds no letters, so names can't be compared."))
    matched = [
        (match, row) for row in rows if (match := exclusion_match.match(applicant, row, readings=readings)) is not None
    ]
    for match, row in sorted(matched, key=lambda found: (_RANK[found[0]], found[1].digest)):
        finding = _row_finding(match, row, reinstatements)
        if finding[0] is not CheckOutcome.PASS:
            evidence.add(row.digest)
        looked_at = finding[0] is CheckOutcome.REVIEW and row.digest in cleared
        findings.append(_CLEARED if looked_at else finding)
    if not findings:
        findings.append(_NOBODY)
    if all(outcome is CheckOutcome.PASS for outcome, _ in findings) and _is_stale(as_of, today=today):
        findings = [(CheckOutcome.UNAVAILABLE, _stale_detail(as_of))]
    return _result(
        CheckName.EXCLUSION_LIST, findings, source=_EXCLUSIONS, as_of=as_of, evidence=tuple(sorted(evidence))
    )


def _row_finding(match: Match, row: ListedRow, reinstatements: Iterable[ListedRow]) -> Finding:
    if any(exclusion_match.ends(each, row) for each in reinstatements):
        return _REINSTATED if match is Match.NPI else _REINSTATED_NAME
    if row.delisted_on is not None:
        return _DELISTED if match is Match.NPI else _DELISTED_NAME
    return _IN_FORCE[match]


def _is_stale(as_of: date | None, *, today: date) -> bool:
    return as_of is None or today - as_of >= freshness.STALE_AFTER


def _stale_detail(as_of: date | None) -> str:
    if as_of is None:
        return "How old our copy of the list is, is not known, so it can clear nobody."
    return f"Our copy of the list is from {as_of.isoformat()}, too old to clear anybody."


def _record_findings(applicant: Applicant, record: ProviderRecord) -> list[Finding]:
    if record.npi != applicant.npi:
        message = "the record must be that of the applicant's NPI"
        raise ValueError(message)
    if record.kind is ProviderKind.ORGANIZATION:
        return [(CheckOutcome.FAIL, "The NPI belongs to an organization; a therapist needs an individual's.")]
    if not record.is_active:
        return [(CheckOutcome.FAIL, "The register lists this NPI as deactivated.")]
    return [_name_finding(applicant, record), _type_finding(record)]


def _name_finding(applicant: Applicant, record: ProviderRecord) -> Finding:
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


def _type_finding(record: ProviderRecord) -> Finding:
    if any(each.code in behavioral_health.PROVIDER_TYPES for each in record.provider_types):
        return CheckOutcome.PASS, "It names a behavioral health provider type."
    return CheckOutcome.REVIEW, "The register names no behavioral health provider type under this NPI."


def _result(
    name: CheckName,
    findings: list[Finding],
    *,
    source: _Source,
    as_of: date | None = None,
    evidence: tuple[str, ...] = (),
) -> CheckResult:
    outcome, detail = summed_up(findings)
    return CheckResult(
        name=name,
        outcome=outcome,
        detail=detail,
        source=source.name,
        source_url=source.url,
        method=source.method,
        as_of=None if as_of is None else datetime.combine(as_of, time(), tzinfo=UTC),
        evidence=evidence,
    )

"""Applicants and rows of the exclusion list, made up, and a screening of one against the other."""

from datetime import date

from domain.licensing import exclusion_match, screening
from domain.licensing.applicant import Applicant
from domain.licensing.checks import CheckResult
from domain.licensing.exclusion_list import ExclusionRow

NPI = "1234567893"
OTHER_NPI = "1000000004"  # made up; its check digit is right
BORN = date(1984, 2, 29)
OTHER_DAY = date(1971, 7, 4)
TODAY = date(2026, 11, 24)


def applicant(
    *,
    legal_name: str = "Ann Beth Sample",
    other_legal_names: tuple[str, ...] = (),
    born_on: date | None = BORN,
    npi: str | None = NPI,
    jurisdictions: frozenset[str] = frozenset({"US-OH"}),
) -> Applicant:
    return Applicant(
        legal_name=legal_name,
        other_legal_names=other_legal_names,
        born_on=born_on,
        npi=npi,
        jurisdictions=jurisdictions,
    )


def row(
    *,
    last_name: str = "SAMPLE",
    first_name: str = "ANN",
    business_name: str = "",
    npi: str | None = None,
    born_on: date | None = BORN,
    state: str = "OH",
    reinstated_on: date | None = None,
) -> ExclusionRow:
    return ExclusionRow(
        last_name=last_name,
        first_name=first_name,
        middle_name="",
        business_name=business_name,
        general="IND- LIC HC SERV PRO",
        specialty="COUNSELOR",
        upin="",
        npi=npi,
        born_on=born_on,
        address="1 MADE UP STREET",
        city="TESTVILLE",
        state=state,
        zip_code="00000",
        exclusion_type="1128b4",
        excluded_on=date(2016, 2, 18),
        reinstated_on=reinstated_on,
        waived_on=None,
        waiver_state="",
    )


def screened(person: Applicant, *rows: ExclusionRow, cleared: frozenset[str] = frozenset()) -> CheckResult:
    return screening.exclusion_screening(
        person,
        candidate_rows=[exclusion_match.listed(row) for row in rows],
        list_loaded=True,
        as_of=TODAY,
        today=TODAY,
        cleared=cleared,
    )

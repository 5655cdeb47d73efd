from dataclasses import replace
from datetime import date

import pytest

from domain.licensing import behavioral_health, exclusion_match, names, screening
from domain.licensing.checks import CheckName, CheckOutcome
from domain.licensing.exclusion_list import ExclusionRow
from domain.licensing.provider_register import ProviderKind, ProviderName, ProviderRecord, ProviderType
from tests.build.screening import NPI, OTHER_DAY, OTHER_NPI, TODAY, applicant, row, screened

PASS, FAIL, REVIEW, UNAVAILABLE = (
    CheckOutcome.PASS,
    CheckOutcome.FAIL,
    CheckOutcome.REVIEW,
    CheckOutcome.UNAVAILABLE,
)


def record(
    *,
    npi: str = NPI,
    kind: ProviderKind = ProviderKind.INDIVIDUAL,
    last: tuple[str, ...] = ("SAMPLE",),
    first: str = "ANN",
    codes: tuple[str, ...] = ("101YP2500X",),
    is_active: bool = True,
) -> ProviderRecord:
    return ProviderRecord(
        npi=npi,
        kind=kind,
        names=tuple(ProviderName(first=first, middle="", last=each) for each in last),
        organization_name="",
        provider_types=tuple(
            ProviderType(code=code, license_number="", jurisdiction="US-OH", is_primary=False) for code in codes
        ),
        is_active=is_active,
        deactivated_on=None,
        last_updated_on=None,
    )


@pytest.mark.parametrize(("number", "outcome"), [(NPI, PASS), ("1234567890", FAIL), ("", FAIL), (None, REVIEW)])
def test_the_number_itself_is_checked(number: str | None, outcome: CheckOutcome) -> None:
    result = screening.npi_check(number)

    assert (result.name, result.outcome) == (CheckName.NPI, outcome)


@pytest.mark.parametrize(
    ("found", "outcome"),
    [
        (record(), PASS),
        (record(codes=("363A00000X", "1041C0700X")), PASS),
        (record(last=("FORMER", "SAMPLE")), PASS),  # one of the other names
        (record(first="BETH"), PASS),  # goes by the middle name
        (record(first="ROBERT"), REVIEW),
        (record(last=("FORMER",)), REVIEW),
        (record(codes=("207X00000X",)), REVIEW),
        (record(codes=()), REVIEW),
        (record(last=("FORMER",), first="ROBERT"), FAIL),
        (record(kind=ProviderKind.ORGANIZATION, last=()), FAIL),
        (record(is_active=False), FAIL),
        (record(is_active=False, last=()), FAIL),
        (None, REVIEW),
    ],
)
def test_the_register_is_compared(found: ProviderRecord | None, outcome: CheckOutcome) -> None:
    result = screening.register_match(applicant(), record=found, register_loaded=True)

    assert (result.name, result.outcome) == (CheckName.PROVIDER_REGISTER, outcome)


def test_another_legal_name_may_be_the_registered_one() -> None:
    renamed = applicant(legal_name="Ann Former", other_legal_names=("Ann Sample",))

    assert screening.register_match(renamed, record=record(), register_loaded=True).outcome is PASS


def test_a_register_that_was_never_loaded_is_no_answer() -> None:
    assert screening.register_match(applicant(), record=None, register_loaded=False).outcome is UNAVAILABLE


def test_without_a_number_there_is_nothing_to_compare() -> None:
    assert screening.register_match(applicant(npi=None), record=None, register_loaded=True).outcome is REVIEW


def test_a_name_without_letters_is_reviewed_and_not_taken_for_another_person() -> None:
    assert screening.register_match(applicant(legal_name="--"), record=record(), register_loaded=True).outcome is REVIEW
    assert screened(applicant(legal_name="--")).outcome is REVIEW


def test_a_record_of_another_number_is_a_mistake_of_the_caller() -> None:
    with pytest.raises(ValueError, match="applicant's NPI"):
        screening.register_match(applicant(), record=record(npi=OTHER_NPI), register_loaded=True)


@pytest.mark.parametrize(
    ("listed", "outcome"),
    [
        # the number decides, whatever the name
        (row(npi=NPI), FAIL),
        (row(npi=NPI, last_name="MUSTER", first_name="ROBERT", born_on=OTHER_DAY, state="TX"), FAIL),
        (row(npi=NPI, last_name="", first_name="", business_name="MADE UP CLINIC", born_on=None), FAIL),
        # name and birth date
        (row(), REVIEW),
        (row(state="TX"), REVIEW),
        (row(npi=OTHER_NPI, state="TX"), REVIEW),
        (row(last_name="O'SAMPLE-SAMPLE", first_name="ÁNN"), REVIEW),
        # a nickname; a family name that changed, in the same state and elsewhere
        (row(first_name="NANCY", state="TX"), REVIEW),
        (row(last_name="FORMER"), REVIEW),
        (row(last_name="FORMER", state="TX"), PASS),
        # name and state
        (row(born_on=None), REVIEW),
        (row(born_on=OTHER_DAY), REVIEW),
        # namesakes
        (row(born_on=None, state="TX"), PASS),
        (row(born_on=OTHER_DAY, state="TX"), PASS),
        (row(born_on=None, state=""), REVIEW),
        (row(born_on=OTHER_DAY, state=""), PASS),
        # somebody else
        (row(first_name="ROBERT", born_on=OTHER_DAY), PASS),
        (row(last_name="MUSTER", first_name="ROBERT"), PASS),
        (row(last_name="", first_name="", business_name="SAMPLE ANN INC", born_on=None), PASS),
    ],
)
def test_a_row_of_the_list_weighs_as_much_as_it_matches(listed: ExclusionRow, outcome: CheckOutcome) -> None:
    result = screened(applicant(), listed)

    assert (result.name, result.outcome) == (CheckName.EXCLUSION_LIST, outcome)


@pytest.mark.parametrize(
    ("listed", "outcome"),
    [
        (row(), REVIEW),
        (row(state="TX"), PASS),
        (row(state="TX", born_on=None), PASS),  # two unknown birth dates are not the same one
        (row(last_name="FORMER"), PASS),
        (row(first_name="NANCY", born_on=None), PASS),
    ],
)
def test_without_a_birth_date_the_state_decides(listed: ExclusionRow, outcome: CheckOutcome) -> None:
    assert screened(applicant(born_on=None), listed).outcome is outcome


def test_a_name_with_neither_birth_date_nor_state_is_reviewed() -> None:
    assert screened(applicant(born_on=None, jurisdictions=frozenset()), row()).outcome is REVIEW


def test_a_number_that_nobody_gave_matches_no_row_without_one() -> None:
    assert screened(applicant(npi=None), row(npi=None, last_name="MUSTER", born_on=OTHER_DAY)).outcome is PASS


def test_a_namesake_passes_and_is_mentioned() -> None:
    result = screened(applicant(), row(state="TX", born_on=OTHER_DAY), row(state="CA", born_on=None))

    assert result.outcome is PASS
    assert "namesake" in result.detail
    assert "2 rows" in result.detail


def test_a_former_name_is_screened_too() -> None:
    renamed = applicant(legal_name="Ann Present", other_legal_names=("Ann Sample",))

    assert screened(renamed, row()).outcome is REVIEW


@pytest.mark.parametrize(("npi", "outcome"), [(NPI, REVIEW), (None, PASS)])
def test_who_was_reinstated_does_not_fail_and_is_mentioned(npi: str | None, outcome: CheckOutcome) -> None:
    result = screened(applicant(), row(npi=npi, reinstated_on=date(2020, 1, 1)))

    assert result.outcome is outcome
    assert "reinstated" in result.detail


def test_a_reinstatement_lifts_the_row_of_the_exclusion_it_ends() -> None:
    begun = row(npi=NPI)
    ended = row(reinstated_on=date(2020, 1, 1), state="TX")

    assert screened(applicant(), begun).outcome is FAIL
    assert screened(applicant(), begun, ended).outcome is REVIEW


def test_a_reinstatement_lifts_no_other_exclusion() -> None:
    other = row(npi=OTHER_NPI, born_on=OTHER_DAY, reinstated_on=date(2020, 1, 1))

    assert screened(applicant(), row(npi=NPI), other).outcome is FAIL


@pytest.mark.parametrize(
    ("ended", "outcome"),
    [
        ({"npi": NPI, "last_name": "RENAMED", "born_on": None}, REVIEW),
        ({"first_name": "A"}, REVIEW),
        ({"npi": OTHER_NPI}, FAIL),
        ({"born_on": OTHER_DAY}, FAIL),
        ({"born_on": None}, FAIL),
        ({"first_name": "ROBERT"}, FAIL),
        ({"npi": NPI, "last_name": "", "first_name": "", "business_name": "MADE UP CLINIC"}, FAIL),
        ({"excluded_on": date(2017, 1, 1)}, FAIL),
        ({"exclusion_type": "1128a1"}, FAIL),
    ],
)
def test_a_reinstatement_ends_the_exclusion_it_is_about_and_in_doubt_none(
    ended: dict[str, str | date | None], outcome: CheckOutcome
) -> None:
    reinstatement = replace(row(reinstated_on=date(2020, 1, 1)), **ended)  # type: ignore[arg-type]  # fields of the row

    assert screened(applicant(), row(npi=NPI), reinstatement).outcome is outcome


def test_a_new_exclusion_after_a_reinstatement_is_in_force() -> None:
    before = row(npi=NPI)
    ended = row(npi=NPI, reinstated_on=date(2020, 1, 1))
    again = replace(before, excluded_on=date(2022, 5, 1))

    assert screened(applicant(), before, ended, again).outcome is FAIL


def test_a_reinstatement_under_another_name_is_looked_up_too() -> None:
    elsewhere = row(npi=NPI, last_name="MUSTER")

    rows = [exclusion_match.listed(each) for each in (elsewhere, row(last_name="FORMER"))]
    asked = exclusion_match.reinstatement_lookup(applicant(), rows=rows)

    assert asked is not None
    assert set(asked.family_keys) == {"FORMER", "MUSTER"}  # of both rows that meet the applicant
    assert exclusion_match.reinstatement_lookup(applicant(), rows=[exclusion_match.listed(row())]) is None


def test_the_gravest_match_decides_and_comes_first() -> None:
    result = screened(applicant(), row(state="TX", born_on=OTHER_DAY), row(), row(npi=NPI))

    assert result.outcome is FAIL
    assert result.detail.startswith("The list has this NPI")


def test_an_empty_list_is_no_answer() -> None:
    result = screening.exclusion_screening(applicant(), candidate_rows=[], list_loaded=False, as_of=None, today=TODAY)

    assert result.outcome is UNAVAILABLE


@pytest.mark.parametrize(
    "listed",
    [
        row(npi=NPI, last_name="MUSTER", born_on=None),
        row(first_name="NANCY"),
        row(last_name="FORMER"),
        row(last_name="DE LA SAMPLE", born_on=OTHER_DAY),
        row(last_name="BETH-SAMPLE", born_on=None),
    ],
)
def test_the_look_up_asks_for_every_row_that_could_match(listed: ExclusionRow) -> None:
    asked = exclusion_match.lookup(applicant())

    listed_name = listed.person_name
    assert listed_name is not None
    assert (
        listed.npi in asked.npis
        or listed.born_on in asked.birth_dates
        or not set(asked.family_keys).isdisjoint(names.keys(listed_name))
    )
    assert screened(applicant(), listed).outcome in {FAIL, REVIEW}


def test_the_details_hold_nothing_personal() -> None:
    results = [
        screening.npi_check(NPI),
        screening.register_match(applicant(), record=record(last=("FORMER",)), register_loaded=True),
        *(screened(applicant(), each) for each in (row(), row(npi=NPI), row(first_name="NANCY"), row(born_on=None))),
    ]

    for result in results:
        words = result.detail.upper()
        assert not any(part in words for part in ("SAMPLE", "FORMER", "NANCY", NPI, "1984", "US-OH"))


def test_test_people_told_apart_by_a_number_stay_apart() -> None:
    listed = row(last_name="TEST 27", first_name="TERRY", born_on=None)

    assert screened(applicant(legal_name="Terry Test 27", born_on=None), listed).outcome is REVIEW
    assert screened(applicant(legal_name="Terry Test 28", born_on=None), listed).outcome is PASS


@pytest.mark.parametrize(
    ("code", "fits"),
    [
        # Source: NUCC taxonomy 16.0
        ("101YM0800X", True),
        ("1041C0700X", True),
        ("106H00000X", True),
        ("103TC0700X", True),
        ("2084P0800X", True),
        ("363LP0808X", True),
        ("101YS0200X", False),  # school counselor
        ("103K00000X", False),  # behavior analyst
        ("2084N0400X", False),  # neurology
        ("163WP0808X", False),  # registered nurse
    ],
)
def test_provider_types_are_those_of_clinical_behavioral_health(code: str, fits: bool) -> None:  # noqa: FBT001 - an expectation
    assert (code in behavioral_health.PROVIDER_TYPES) == fits

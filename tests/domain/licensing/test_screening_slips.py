from datetime import UTC, date, datetime, timedelta

import pytest

from domain.licensing import exclusion_match, screening
from domain.licensing.checks import CheckMethod, CheckOutcome
from domain.licensing.exclusion_list import ExclusionRow
from tests.build.screening import NPI, OTHER_DAY, TODAY, applicant, row, screened

PASS, FAIL, REVIEW, UNAVAILABLE = (
    CheckOutcome.PASS,
    CheckOutcome.FAIL,
    CheckOutcome.REVIEW,
    CheckOutcome.UNAVAILABLE,
)


@pytest.mark.parametrize(
    ("listed", "outcome"),
    [
        # the name, and a birth date with a slip or a wrong digit, in another state
        (row(born_on=date(1984, 2, 28), state="TX"), REVIEW),
        (row(born_on=date(1984, 3, 1), state="TX"), REVIEW),
        (row(born_on=date(1974, 2, 28), state="TX"), PASS),
        (row(born_on=date(1988, 2, 29), state="TX"), REVIEW),
        (row(born_on=date(1989, 2, 28), state="TX"), PASS),
        # nearly the name
        (row(last_name="SAMPEL", state="TX"), REVIEW),
        (row(last_name="SAMPE", state="TX", born_on=date(1984, 2, 28)), REVIEW),
        (row(last_name="SAMPEL", state="TX", born_on=date(1988, 2, 29)), PASS),
        (row(last_name="SAMPEL", first_name="ROBERT", state="TX"), PASS),
        (row(first_name="AMN", state="TX", born_on=date(1984, 2, 28)), REVIEW),
        # family name first, and a family name kept in the middle
        (row(last_name="ANN", first_name="SAMPLE", state="TX"), REVIEW),
        (row(last_name="BETH", first_name="ANN", state="TX"), REVIEW),
    ],
)
def test_a_slip_of_a_letter_or_of_a_date_does_not_hide_anybody(listed: ExclusionRow, outcome: CheckOutcome) -> None:
    assert screened(applicant(), listed).outcome is outcome


def test_who_goes_by_a_short_form_is_found() -> None:
    person = applicant(legal_name="Bob Sample", born_on=None)

    assert screened(person, row(first_name="ROBERT", born_on=None)).outcome is REVIEW
    assert screened(person, row(first_name="RICHARD", born_on=None)).outcome is PASS


def test_the_evidence_is_the_rows_that_ask_for_a_look() -> None:
    namesake, found, other = row(state="TX", born_on=OTHER_DAY), row(), row(born_on=None)

    result = screened(applicant(), namesake, found, other)

    assert result.evidence == tuple(sorted((found.digest, other.digest)))
    assert (result.source_url, result.method) == ("https://oig.hhs.gov/exclusions/", CheckMethod.REGISTER_COPY)
    assert result.as_of == datetime(2026, 11, 24, tzinfo=UTC)


def test_rows_that_an_admin_looked_at_ask_for_no_look_again() -> None:
    before, new = row(), row(born_on=None)
    cleared = frozenset({before.digest})

    again = screened(applicant(), before, cleared=cleared)

    assert (again.outcome, again.evidence) == (PASS, (before.digest,))
    assert "looked at this before" in again.detail
    assert screened(applicant(), before, new, cleared=cleared).outcome is REVIEW


def test_an_exclusion_of_the_very_number_is_never_cleared() -> None:
    listed = row(npi=NPI)

    assert screened(applicant(), listed, cleared=frozenset({listed.digest})).outcome is FAIL


@pytest.mark.parametrize(("npi", "outcome"), [(NPI, REVIEW), (None, PASS)])
def test_who_left_the_whole_list_is_no_longer_excluded(npi: str | None, outcome: CheckOutcome) -> None:
    left = exclusion_match.listed(row(npi=npi), delisted_on=date(2026, 11, 10))

    result = screening.exclusion_screening(
        applicant(), candidate_rows=[left], list_loaded=True, as_of=TODAY, today=TODAY
    )

    assert result.outcome is outcome


@pytest.mark.parametrize(
    ("as_of", "rows", "outcome"),
    [
        (TODAY - timedelta(days=34), (), PASS),
        (TODAY - timedelta(days=35), (), UNAVAILABLE),
        (None, (), UNAVAILABLE),
        (TODAY - timedelta(days=35), (row(state="TX", born_on=OTHER_DAY),), UNAVAILABLE),
        (TODAY - timedelta(days=35), (row(),), REVIEW),
        (TODAY - timedelta(days=35), (row(npi=NPI),), FAIL),
    ],
)
def test_an_old_list_clears_nobody_and_hides_nothing(
    as_of: date | None, rows: tuple[ExclusionRow, ...], outcome: CheckOutcome
) -> None:
    result = screening.exclusion_screening(
        applicant(),
        candidate_rows=[exclusion_match.listed(each) for each in rows],
        list_loaded=True,
        as_of=as_of,
        today=TODAY,
    )

    assert result.outcome is outcome

from itertools import product

import pytest

from domain.licensing import missing
from domain.licensing.checks import CheckName, CheckOutcome
from domain.licensing.licenses import WAITING, LicenseStatus
from domain.licensing.missing import Missing

S, N = LicenseStatus, CheckName
FAIL, REVIEW = CheckOutcome.FAIL, CheckOutcome.REVIEW
ANSWERS = "/v1/therapists/me/licenses/1/answers"
PROFILE, LICENSES = "/v1/therapists/me", "/v1/therapists/me/licenses"
BLAME = ("you failed", "your fault", "invalid", "wrong number", "must", "forgot", "incorrect")


def told(
    status: LicenseStatus, *outcomes: tuple[CheckName, CheckOutcome], question: str | None = None
) -> tuple[Missing, ...]:
    return missing.of(status=status, outcomes=outcomes, question=question, answers_path=ANSWERS)


@pytest.mark.parametrize(
    ("found", "code", "path"),
    [
        ((N.NPI, REVIEW), "npi_not_given", PROFILE),
        ((N.NPI, FAIL), "npi_not_well_formed", PROFILE),
        ((N.PROVIDER_REGISTER, REVIEW), "register_differs", PROFILE),
        ((N.PROVIDER_REGISTER, FAIL), "register_has_another", PROFILE),
        ((N.EXCLUSION_LIST, REVIEW), "namesake_on_list", PROFILE),
        ((N.EXCLUSION_LIST, FAIL), "number_on_list", None),
        ((N.BOARD_STATUS, REVIEW), "board_differs", None),
        ((N.BOARD_STATUS, FAIL), "board_not_in_force", LICENSES),
        ((N.DUPLICATE, REVIEW), "stated_twice", None),
        ((N.DUPLICATE, FAIL), "stated_twice", None),
        ((N.EXPIRY, REVIEW), "expires_soon", LICENSES),
        ((N.EXPIRY, FAIL), "expired", LICENSES),
    ],
)
def test_each_finding_of_what_waits_is_told_with_what_helps(
    found: tuple[CheckName, CheckOutcome], code: str, path: str | None
) -> None:
    for status in sorted(WAITING):
        (only,) = told(status, found)

        assert (only.code, only.path) == (code, path)
        assert (only.method is None) == (path is None)


@pytest.mark.parametrize("name", sorted(CheckName))
@pytest.mark.parametrize("outcome", [CheckOutcome.PASS, CheckOutcome.UNAVAILABLE])
def test_what_passed_or_has_no_answer_is_nothing_a_therapist_can_help(name: CheckName, outcome: CheckOutcome) -> None:
    assert told(S.SUBMITTED, (name, outcome)) == ()


def test_an_open_question_comes_first_and_says_where_to_answer() -> None:
    first, second = told(S.NEEDS_INFO, (N.NPI, REVIEW), question="Which number?")

    assert (first.code, first.detail, first.method, first.path) == ("question", "Which number?", "POST", ANSWERS)
    assert second.code == "npi_not_given"


@pytest.mark.parametrize("status", sorted(frozenset(S) - {S.NEEDS_INFO}))
def test_a_question_is_told_only_while_it_can_be_answered(status: LicenseStatus) -> None:
    assert "question" not in [each.code for each in told(status, question="Which number?")]


def test_of_what_is_decided_only_the_days_and_a_suspension_are_told() -> None:
    everything = tuple(product(CheckName, (FAIL, REVIEW)))

    assert [each.code for each in told(S.VERIFIED, *everything)] == ["expired", "expires_soon"]
    assert [each.code for each in told(S.SUSPENDED, *everything)] == ["suspended"]
    assert told(S.REJECTED, *everything) == ()


def test_no_words_blame() -> None:
    everything = told(S.SUBMITTED, *product(CheckName, CheckOutcome)) + told(S.SUSPENDED)

    assert not [each.detail for each in everything if any(word in each.detail.lower() for word in BLAME)]

import pytest

from domain.licensing import risk
from domain.licensing.checks import CheckOutcome
from domain.licensing.compacts import Compact
from domain.licensing.licenses import ASSOCIATES, LicenseType
from domain.licensing.risk import Risk

PASS, FAIL, REVIEW, NO_ANSWER = CheckOutcome.PASS, CheckOutcome.FAIL, CheckOutcome.REVIEW, CheckOutcome.UNAVAILABLE


def judged(
    *outcomes: CheckOutcome,
    encumbered: bool = False,
    has_title_suspended: bool = False,
    license_type: LicenseType = LicenseType.LPCC,
    compact: Compact | None = None,
) -> Risk:
    return risk.of(
        outcomes=outcomes,
        encumbered=encumbered,
        has_title_suspended=has_title_suspended,
        license_type=license_type,
        compact=compact,
    )


@pytest.mark.parametrize(
    ("found", "expected"),
    [
        (judged(PASS, PASS), Risk.LOW),
        (judged(), Risk.LOW),
        (judged(PASS, REVIEW), Risk.ELEVATED),
        (judged(PASS, NO_ANSWER), Risk.ELEVATED),
        (judged(PASS, compact=Compact.PSYPACT), Risk.ELEVATED),
        (judged(REVIEW, NO_ANSWER, FAIL), Risk.HIGH),
        (judged(PASS, encumbered=True), Risk.HIGH),
        (judged(PASS, has_title_suspended=True), Risk.HIGH),
    ],
)
def test_what_is_wrong_comes_before_what_one_can_not_say(found: Risk, expected: Risk) -> None:
    assert found is expected


@pytest.mark.parametrize("license_type", sorted(ASSOCIATES))
def test_a_title_under_supervision_rests_on_others(license_type: LicenseType) -> None:
    assert judged(PASS, license_type=license_type) is Risk.ELEVATED

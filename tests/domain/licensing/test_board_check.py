from dataclasses import replace
from datetime import UTC, date, datetime

import pytest

from domain.licensing import board_check, names
from domain.licensing.board_check import Stated
from domain.licensing.board_mappings import ActionEffect
from domain.licensing.board_record import BoardRecord
from domain.licensing.checks import CheckMethod, CheckName, CheckOutcome, CheckResult
from domain.licensing.licenses import LicenseType
from domain.licensing.standing import IN_FORCE, Standing
from tests.build import rosters

PASS, FAIL, REVIEW = CheckOutcome.PASS, CheckOutcome.FAIL, CheckOutcome.REVIEW
TODAY = date(2026, 9, 20)
STATED = Stated(
    license_type=LicenseType.LPC,
    jurisdiction="US-CO",
    issued_on=date(2019, 3, 1),
    expires_on=date(2031, 8, 31),
    person_names=names.readings("Ann Beth Sample"),
    encumbrance_accepted=False,
)


def checked(
    record: BoardRecord | None, *, stated: Stated = STATED, loaded_as_of: date | None = rosters.AS_OF
) -> CheckResult:
    return board_check.board_status(
        stated, record=record, record_id="a row" if record else None, loaded_as_of=loaded_as_of, on=TODAY
    )


def test_a_license_that_is_valid_by_its_board_passes_and_names_its_source() -> None:
    found = checked(rosters.record())

    assert (found.name, found.outcome, found.method) == (CheckName.BOARD_STATUS, PASS, CheckMethod.REGISTER_COPY)
    assert found.source == "Colorado Division of Professions and Occupations, imported roster"
    assert (found.source_url or "").startswith("https://apps2.colorado.gov/")
    assert (found.as_of, found.evidence) == (datetime(2026, 9, 18, tzinfo=UTC), ("a row",))


@pytest.mark.parametrize(
    ("standing", "outcome", "told"),
    [
        (Standing.VALID, PASS, "valid"),
        (Standing.VALID_CONDITIONS, REVIEW, "two admins"),
        (Standing.VALID_TELEHEALTH_ONLY, PASS, "in person are not covered"),
        (Standing.LAPSED, FAIL, "lapsed"),
        (Standing.INACTIVE, FAIL, "inactive"),
        (Standing.SURRENDERED, FAIL, "surrendered"),
        (Standing.SUSPENDED, FAIL, "suspended"),
        (Standing.REVOKED, FAIL, "revoked"),
        (Standing.PENDING, FAIL, "pending"),
    ],
)
def test_each_standing_has_its_outcome(standing: Standing, outcome: CheckOutcome, told: str) -> None:
    found = checked(rosters.record(standing=standing))

    assert found.outcome is outcome
    assert told in found.detail


def test_an_action_in_effect_takes_two_admins_although_the_status_is_active() -> None:
    found = checked(rosters.record(actions=(rosters.action(),)))

    assert found.outcome is REVIEW
    assert "two admins" in found.detail
    assert "as valid" not in found.detail


def test_open_charges_are_for_review() -> None:
    found = checked(rosters.record(actions=(rosters.action(effect=ActionEffect.CHARGE),)))

    assert found.outcome is REVIEW
    assert "charges" in found.detail


def test_without_a_roster_there_is_no_answer() -> None:
    found = checked(None, loaded_as_of=None)

    assert (found.outcome, found.as_of) == (CheckOutcome.UNAVAILABLE, None)


def test_absence_is_no_proof() -> None:
    found = checked(None)

    assert (found.outcome, found.as_of) == (REVIEW, datetime(2026, 9, 18, tzinfo=UTC))


def test_a_license_that_left_the_roster_is_for_review() -> None:
    found = checked(rosters.record(as_of=date(2026, 8, 1)))

    assert (found.outcome, found.as_of) == (REVIEW, datetime(2026, 8, 1, tzinfo=UTC))
    assert "no longer has this license" in found.detail


@pytest.mark.parametrize(
    ("last", "first", "outcome"),
    [
        ("SAMPLE", "ANN", PASS),
        ("SAMPLE", "BARBARA", REVIEW),
        ("OTHER", "ANN", REVIEW),
        ("OTHER", "ZOE", FAIL),
    ],
)
def test_the_name_must_be_that_of_the_holder(last: str, first: str, outcome: CheckOutcome) -> None:
    record = rosters.record(last_name=last, first_name=first)

    found = checked(record)

    assert found.outcome is outcome
    assert not {last, first} & set(found.detail.split())
    assert board_check.seen(record, stated=STATED, on=TODAY).is_good is (outcome is PASS)


def test_of_another_person_nothing_else_is_told() -> None:
    found = checked(rosters.record(last_name="OTHER", first_name="ZOE", standing=Standing.REVOKED))

    assert found.detail == "The board has another person's name under this number."


@pytest.mark.parametrize(
    ("expires_on", "counts"), [(date(2030, 8, 31), "board's one counts"), (date(2032, 8, 31), "stated one counts")]
)
def test_of_two_last_days_the_earlier_one_counts(expires_on: date, counts: str) -> None:
    found = checked(rosters.record(expires_on=expires_on))

    assert found.outcome is REVIEW
    assert counts in found.detail


def test_another_day_of_issue_is_for_review() -> None:
    assert checked(rosters.record(issued_on=date(2020, 1, 1))).outcome is REVIEW


def test_days_the_board_does_not_say_are_not_compared() -> None:
    assert checked(rosters.record(issued_on=None, expires_on=None)).outcome is PASS


def test_letters_that_are_another_title_with_this_board_are_for_review() -> None:
    """In Colorado LPCC is a candidate, who practises under supervision; in Ohio the same letters are independent."""
    in_colorado = replace(STATED, license_type=LicenseType.LPCC)
    in_ohio = replace(in_colorado, jurisdiction="US-OH")

    assert checked(None, stated=in_colorado, loaded_as_of=None).outcome is REVIEW
    assert checked(None, stated=in_ohio, loaded_as_of=None).outcome is CheckOutcome.UNAVAILABLE


@pytest.mark.parametrize("standing", Standing)
def test_a_look_is_good_only_where_the_license_is_in_force(standing: Standing) -> None:
    look = board_check.seen(rosters.record(standing=standing), stated=STATED, on=TODAY)

    assert look.is_good is (standing in IN_FORCE)
    assert (look.standing, look.as_of, look.expires_on) == (standing, rosters.AS_OF, date(2031, 8, 31))


def test_a_limit_is_good_only_once_two_admins_accepted_it() -> None:
    record = rosters.record(standing=Standing.VALID_CONDITIONS, encumbered=True)

    new = board_check.seen(record, stated=STATED, on=TODAY)
    accepted = board_check.seen(record, stated=replace(STATED, encumbrance_accepted=True), on=TODAY)

    assert (new.encumbered, new.is_good, accepted.is_good) == (True, False, True)


def test_a_look_at_a_license_whose_last_day_is_over_is_not_good() -> None:
    record = rosters.record(expires_on=TODAY)

    assert board_check.seen(record, stated=STATED, on=TODAY).is_good
    assert not board_check.seen(record, stated=STATED, on=date(2026, 9, 21)).is_good

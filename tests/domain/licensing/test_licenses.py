from dataclasses import replace
from datetime import date

import pytest

from domain.ids import LicenseId, uuid7
from domain.licensing import licenses
from domain.licensing.licenses import License, LicenseStatus, LicenseType, Supervision

ISSUED = date(2015, 6, 1)
EXPIRES = date(2031, 6, 30)


def claimed(
    *,
    license_type: str = "LPCC",
    jurisdiction: str = "US-OH",
    issued_on: date = ISSUED,
    expires_on: date = EXPIRES,
    supervision: Supervision | None = None,
) -> License:
    return licenses.claimed(
        license_id=LicenseId(uuid7()),
        license_type=license_type,
        jurisdiction=jurisdiction,
        issued_on=issued_on,
        expires_on=expires_on,
        supervision=supervision,
    )


@pytest.mark.parametrize("title", ["LPC", "LPCC", "LMHC", "LCSW", "LMFT", "PSYCHOLOGIST", "PSYCHIATRIST", "PMHNP"])
def test_an_independent_title_is_taken_as_submitted(title: str) -> None:
    license_ = claimed(license_type=title)

    assert (license_.license_type, license_.status) == (LicenseType(title), LicenseStatus.SUBMITTED)


SUPERVISION = Supervision(name="Sue Sample", license_type="LCSW", number="S1", expires_on=date(2030, 6, 30))


@pytest.mark.parametrize("title", sorted(licenses.ASSOCIATES - {LicenseType.LAC}))
def test_a_title_under_supervision_names_the_supervisor(title: str) -> None:
    with pytest.raises(licenses.FlawedClaim) as refused:
        claimed(license_type=title)
    taken = claimed(license_type=title, supervision=SUPERVISION)

    assert [flaw.pointer for flaw in refused.value.flaws] == ["/supervisor"]
    assert (taken.supervised_by, taken.last_day) == ("Sue Sample", date(2030, 6, 30))


def test_a_supervisor_practises_independently_and_who_does_names_none() -> None:
    associate = replace(SUPERVISION, license_type="LMSW")

    with pytest.raises(licenses.FlawedClaim) as under_an_associate:
        claimed(license_type="LMSW", supervision=associate)
    with pytest.raises(licenses.FlawedClaim) as independent:
        claimed(license_type="LCSW", supervision=SUPERVISION)

    assert [flaw.pointer for flaw in under_an_associate.value.flaws] == ["/supervisor/license_type"]
    assert [flaw.pointer for flaw in independent.value.flaws] == ["/supervisor"]


@pytest.mark.parametrize(("jurisdiction", "accepted"), [("US-AZ", True), ("US-NJ", True), ("US-CO", False)])
def test_the_same_letters_are_another_title_elsewhere(jurisdiction: str, accepted: bool) -> None:  # noqa: FBT001 - a case
    """Source: LAC is an associate counselor in AZ, AR and NJ, an addiction counselor in CO and MN."""
    pointers: list[str] = []
    try:
        claimed(license_type="LAC", jurisdiction=jurisdiction, supervision=SUPERVISION)
    except licenses.FlawedClaim as refused:
        pointers = [flaw.pointer for flaw in refused.flaws]

    assert pointers == ([] if accepted else ["/license_type"])


@pytest.mark.parametrize(("title", "written"), [("LPC-Associate", "LPC_ASSOCIATE"), ("lpcc", "LPCC")])
def test_a_title_that_is_written_otherwise_says_how(title: str, written: str) -> None:
    with pytest.raises(licenses.FlawedClaim) as refused:
        claimed(license_type=title)

    assert written in refused.value.flaws[0].detail


@pytest.mark.parametrize("title", ["", "LADC", "COACH"])
def test_an_unknown_title_is_refused_and_the_refusal_lists_the_accepted_ones(title: str) -> None:
    with pytest.raises(licenses.FlawedClaim) as refused:
        claimed(license_type=title)

    assert "LPCC" in refused.value.flaws[0].detail


def test_every_title_is_either_independent_or_held_under_supervision() -> None:
    assert set(LicenseType) == licenses.INDEPENDENT | licenses.ASSOCIATES
    assert licenses.INDEPENDENT.isdisjoint(licenses.ASSOCIATES)


def test_every_flaw_of_a_claim_is_named() -> None:
    with pytest.raises(licenses.FlawedClaim) as refused:
        claimed(license_type="LMSW", jurisdiction="US-XX", expires_on=date(2015, 5, 31))

    assert {flaw.pointer for flaw in refused.value.flaws} == {"/supervisor", "/jurisdiction", "/expires_on"}


@pytest.mark.parametrize(
    ("issued_on", "expires_on", "pointer"),
    [
        (date(1899, 12, 31), EXPIRES, "/issued_on"),
        (ISSUED, date(9999, 12, 31), "/expires_on"),
        (ISSUED, date(2015, 5, 31), "/expires_on"),
    ],
)
def test_days_that_can_not_be_are_refused(issued_on: date, expires_on: date, pointer: str) -> None:
    with pytest.raises(licenses.FlawedClaim) as refused:
        claimed(issued_on=issued_on, expires_on=expires_on)

    assert [flaw.pointer for flaw in refused.value.flaws] == [pointer]


def test_a_license_of_one_day_is_a_license() -> None:
    assert claimed(issued_on=ISSUED, expires_on=ISSUED).issued_on == ISSUED


def test_a_license_never_ends_before_it_begins() -> None:
    with pytest.raises(ValueError, match="issued_on to expires_on"):
        License(
            license_id=LicenseId(uuid7()),
            license_type=LicenseType.LPC,
            jurisdiction="US-OH",
            issued_on=EXPIRES,
            expires_on=ISSUED,
            status=LicenseStatus.VERIFIED,
        )

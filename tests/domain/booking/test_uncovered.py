from datetime import date, timedelta

import pytest

from domain.availability.interval import Interval
from domain.booking.uncovered import Promise, uncovered
from domain.ids import BookingId, LicenseId, uuid7
from domain.licensing.licenses import License, LicenseStatus, LicenseType
from tests.build.matching import NOW

AT = Interval(starts_at=NOW + timedelta(days=3), ends_at=NOW + timedelta(days=3, minutes=50))


def promise(*, place: str = "US-OH") -> Promise:
    return Promise(booking_id=BookingId(uuid7()), place=place, during=AT)


def held(status: LicenseStatus, *, jurisdiction: str = "US-OH") -> License:
    return License(
        license_id=LicenseId(uuid7()),
        license_type=LicenseType.LPCC,
        jurisdiction=jurisdiction,
        issued_on=date(2015, 6, 1),
        expires_on=date(2031, 6, 30),
        status=status,
    )


@pytest.mark.parametrize("status", [LicenseStatus.VERIFIED, LicenseStatus.SUBMITTED])
def test_a_license_that_is_verified_or_waits_to_be_covers(status: LicenseStatus) -> None:
    assert uncovered([promise()], licenses=[held(status)]) == ()


@pytest.mark.parametrize("status", [LicenseStatus.SUSPENDED, LicenseStatus.REJECTED])
def test_a_license_that_was_lost_covers_nothing(status: LicenseStatus) -> None:
    lost = promise()

    assert uncovered([lost], licenses=[held(status)]) == (lost.booking_id,)


def test_a_license_covers_its_own_place_only() -> None:
    here, there = promise(), promise(place="US-TX")

    assert uncovered([here, there], licenses=[held(LicenseStatus.VERIFIED)]) == (there.booking_id,)

from datetime import timedelta

from domain.availability.interval import Interval
from domain.booking.uncovered import Promise, uncovered
from domain.ids import BookingId, LicenseId, PermissionId, uuid7
from domain.licensing.permissions import Permit
from domain.licensing.places import Window
from tests.build.matching import NOW

AT = Interval(starts_at=NOW + timedelta(days=3), ends_at=NOW + timedelta(days=3, minutes=50))


def promise(*, place: str = "US-OH", in_person: bool = False) -> Promise:
    return Promise(booking_id=BookingId(uuid7()), place=place, during=AT, in_person=in_person)


def permit(*, place: str = "US-OH", remote_only: bool = False, ends: timedelta = timedelta(days=30)) -> Permit:
    return Permit(
        permission_id=PermissionId(uuid7()),
        license_id=LicenseId(uuid7()),
        place=place,
        window=Window(starts_at=NOW, ends_at=NOW + ends),
        remote_only=remote_only,
    )


def test_a_permission_covers_a_session_that_lies_in_it() -> None:
    assert uncovered([promise()], permits=[permit()]) == ()


def test_a_permission_that_ends_during_a_session_does_not_cover_it() -> None:
    cut = promise()

    assert uncovered([cut], permits=[permit(ends=timedelta(days=3, minutes=49))]) == (cut.booking_id,)


def test_a_permission_covers_its_own_place_only() -> None:
    here, there = promise(), promise(place="US-TX")

    assert uncovered([here, there], permits=[permit()]) == (there.booking_id,)


def test_a_permission_for_telehealth_alone_covers_no_session_in_person() -> None:
    remote, in_rooms = promise(), promise(in_person=True)

    assert uncovered([remote, in_rooms], permits=[permit(remote_only=True)]) == (in_rooms.booking_id,)

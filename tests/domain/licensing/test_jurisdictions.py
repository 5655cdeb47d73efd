import itertools
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.ids import LicenseId, uuid7
from domain.licensing import compacts, jurisdictions, places
from domain.licensing.jurisdictions import Credentials, Reason
from domain.licensing.licenses import INDEPENDENT, Credential, License, LicenseStatus, LicenseType
from domain.licensing.places import Window

FIRST = date(2027, 3, 1)
LAST = date(2027, 6, 30)


def license_(
    *,
    jurisdiction: str = "US-OH",
    issued_on: date = FIRST,
    expires_on: date = LAST,
    status: LicenseStatus = LicenseStatus.VERIFIED,
) -> License:
    return License(
        license_id=LicenseId(uuid7()),
        license_type=LicenseType.LPCC,
        jurisdiction=jurisdiction,
        issued_on=issued_on,
        expires_on=expires_on,
        status=status,
    )


def holding(*held: Credential) -> Credentials:
    return Credentials(held=held)


def windows_in(place: str, *held: Credential) -> tuple[Window, ...]:
    """All instants at which a client in the place may be served."""
    return jurisdictions.merged(each.window for each in jurisdictions.stretches(holding(*held), places_asked=(place,)))


def session(day: date, clock: str, *, minutes: int = 50, zone: str = "America/New_York") -> Window:
    """A session that starts at a wall time of the zone."""
    hour, minute = map(int, clock.split(":"))
    starts_at = datetime(day.year, day.month, day.day, hour, minute, tzinfo=ZoneInfo(zone)).astimezone(UTC)
    return Window(starts_at=starts_at, ends_at=starts_at + timedelta(minutes=minutes))


@pytest.mark.parametrize(
    ("day", "clock", "reason"),
    [
        (date(2027, 4, 15), "10:00", None),
        (FIRST, "00:00", None),
        (LAST, "23:10", None),  # ends with the last second of the last day
        (date(2027, 2, 28), "23:59", Reason.NOT_YET_VALID),
        (LAST, "23:11", Reason.EXPIRES_DURING_SESSION),
        (date(2027, 7, 1), "00:00", Reason.EXPIRED),
    ],
)
def test_the_whole_session_lies_in_the_days_of_the_license(day: date, clock: str, reason: Reason | None) -> None:
    permission = jurisdictions.may_practice(holding(license_()), place="US-OH", during=session(day, clock))

    assert (permission.permitted, permission.reason) == (reason is None, reason)


@pytest.mark.parametrize(
    ("day", "clock", "reason"),
    [
        (FIRST, "00:00", Reason.NOT_YET_VALID),  # still yesterday in El Paso
        (FIRST, "01:00", None),
        (LAST, "23:10", None),  # the day is about to end in Dallas
        (LAST, "23:30", Reason.EXPIRES_DURING_SESSION),  # over in Dallas, whatever El Paso shows
    ],
)
def test_where_a_state_spans_zones_the_day_counts_only_while_it_is_that_day_in_all(
    day: date,
    clock: str,
    reason: Reason | None,
) -> None:
    texan = license_(jurisdiction="US-TX")

    permission = jurisdictions.may_practice(
        holding(texan), place="US-TX", during=session(day, clock, zone="America/Chicago")
    )

    assert permission.reason is reason


@pytest.mark.parametrize(
    ("status", "reason"),
    [
        (LicenseStatus.SUBMITTED, Reason.NOT_VERIFIED),
        (LicenseStatus.SUSPENDED, Reason.SUSPENDED),
        (LicenseStatus.REJECTED, Reason.REJECTED),
    ],
)
def test_only_a_verified_license_permits(status: LicenseStatus, reason: Reason) -> None:
    during = session(date(2027, 4, 15), "10:00")

    permission = jurisdictions.may_practice(holding(license_(status=status)), place="US-OH", during=during)

    assert (permission.permitted, permission.reason, permission.by) == (False, reason, ())


def test_a_license_of_another_state_permits_nothing_here() -> None:
    during = session(date(2027, 4, 15), "10:00")

    permission = jurisdictions.may_practice(holding(license_(jurisdiction="US-TX")), place="US-OH", during=during)

    assert permission.reason is Reason.NO_LICENSE_HERE


def test_an_unknown_place_is_not_permitted_even_where_a_license_names_it() -> None:
    nowhere = license_(jurisdiction="US-XX")
    during = session(date(2027, 4, 15), "10:00")

    permission = jurisdictions.may_practice(holding(nowhere), place="US-XX", during=during)

    assert permission.reason is Reason.PLACE_NOT_SERVED
    assert windows_in("US-XX", nowhere) == ()
    assert jurisdictions.practicable_on(holding(nowhere), on=date(2027, 4, 15)) == ()


def test_the_reason_is_the_one_nearest_to_permission() -> None:
    held = [
        license_(status=LicenseStatus.REJECTED),
        license_(expires_on=date(2027, 3, 31)),
        license_(status=LicenseStatus.SUBMITTED),
    ]

    permission = jurisdictions.may_practice(holding(*held), place="US-OH", during=session(date(2027, 4, 15), "10:00"))

    assert permission.reason is Reason.EXPIRED


def test_the_license_that_permits_is_named_and_of_several_the_one_that_lasts_longest() -> None:
    short, long = license_(), license_(expires_on=date(2028, 6, 30))

    permission = jurisdictions.may_practice(
        holding(long, short), place="US-OH", during=session(date(2027, 4, 15), "10:00")
    )

    assert permission.by == (long.license_id,)


def test_a_session_may_run_from_one_license_into_its_renewal() -> None:
    old, new = license_(), license_(issued_on=date(2027, 7, 1), expires_on=date(2028, 6, 30))

    permission = jurisdictions.may_practice(holding(new, old), place="US-OH", during=session(LAST, "23:30"))

    assert permission.by == (old.license_id, new.license_id)


def test_licenses_that_touch_or_lie_within_each_other_make_one_window() -> None:
    old, new = license_(), license_(issued_on=date(2027, 7, 1), expires_on=date(2028, 6, 30))
    within = license_(issued_on=date(2027, 8, 1), expires_on=date(2027, 8, 31))

    windows = windows_in("US-OH", within, new, old)

    assert windows == (places.days("US-OH", first=FIRST, last=date(2028, 6, 30)),)


def test_where_a_state_spans_zones_a_renewal_leaves_an_hour_uncovered() -> None:
    old = license_(jurisdiction="US-TX")
    new = license_(jurisdiction="US-TX", issued_on=date(2027, 7, 1), expires_on=date(2028, 6, 30))
    during = session(LAST, "23:30", zone="America/Chicago")

    assert not jurisdictions.may_practice(holding(old, new), place="US-TX", during=during).permitted
    assert len(windows_in("US-TX", old, new)) == 2


def test_a_session_of_no_length_is_a_mistake_of_the_caller() -> None:
    with pytest.raises(ValueError, match="ends after it starts"):
        jurisdictions.may_practice(holding(license_()), place="US-OH", during=session(FIRST, "10:00", minutes=0))


def test_practice_on_a_date_is_where_a_verified_license_has_that_day() -> None:
    held = [
        license_(),
        license_(jurisdiction="US-TX"),
        license_(jurisdiction="US-CA", status=LicenseStatus.SUSPENDED),
        license_(jurisdiction="US-NY", expires_on=date(2027, 6, 29)),
    ]

    assert jurisdictions.practicable_on(holding(*held), on=LAST) == ("US-OH", "US-TX")


def associate(*, supervised_until: date | None) -> License:
    """A title that is held under supervision."""
    return License(
        license_id=LicenseId(uuid7()),
        license_type=LicenseType.LPC_ASSOCIATE,
        jurisdiction="US-TX",
        issued_on=FIRST,
        expires_on=LAST,
        status=LicenseStatus.VERIFIED,
        supervised_until=supervised_until,
        supervised_by=None if supervised_until is None else "Sam Example",
    )


@pytest.mark.parametrize(
    ("supervised_until", "on", "practicable", "named"),
    [
        (date(2027, 5, 31), date(2027, 5, 31), ("US-TX",), ("Sam Example",)),
        (date(2027, 5, 31), date(2027, 6, 1), (), ()),
        (date(2028, 5, 31), date(2027, 7, 1), (), ()),  # the title itself has ended
        (None, date(2027, 5, 31), (), ()),
    ],
)
def test_a_title_under_supervision_lasts_as_long_as_the_supervisors_license(
    supervised_until: date | None, on: date, practicable: tuple[str, ...], named: tuple[str, ...]
) -> None:
    held = holding(associate(supervised_until=supervised_until))
    noon = session(on, "12:00", zone="America/Chicago")

    assert jurisdictions.practicable_on(held, on=on) == practicable
    assert jurisdictions.supervisors(held, at=noon.starts_at) == named
    permitted = jurisdictions.may_practice(held, place="US-TX", during=noon).permitted
    assert permitted == bool(practicable)


@pytest.mark.parametrize("on", [date.min, date(1899, 12, 31), date(2200, 1, 1), date.max])
def test_on_a_day_outside_our_calendar_nothing_is_practised(on: date) -> None:
    assert jurisdictions.practicable_on(holding(license_()), on=on) == ()


def test_no_compact_takes_a_title_that_is_held_under_supervision() -> None:
    # Source: Counseling Compact model legislation, section 3; PSYPACT article IV; Social Work Compact, section 4
    assert all(rules.license_types <= INDEPENDENT for rules in compacts.RULES.values())


states = st.sampled_from(["US-OH", "US-TX", "US-AZ", "US-GU", "US-AK"])
near = st.dates(date(2027, 3, 10), date(2027, 3, 18))  # the clocks change on the 14th
spans = st.tuples(near, near).map(sorted)


@st.composite
def some_license(draw: st.DrawFn) -> License:
    issued_on, expires_on = draw(spans)
    return license_(
        jurisdiction=draw(states),
        issued_on=issued_on,
        expires_on=expires_on,
        status=draw(st.sampled_from([LicenseStatus.VERIFIED, LicenseStatus.VERIFIED, LicenseStatus.SUSPENDED])),
    )


@st.composite
def some_session(draw: st.DrawFn, place: str) -> Window:
    """A session that starts within two hours of some local midnight."""
    day = draw(near)
    zone = ZoneInfo(draw(st.sampled_from(places.zones(place))))
    midnight = datetime(day.year, day.month, day.day, tzinfo=zone).astimezone(UTC)
    starts_at = midnight + timedelta(minutes=draw(st.integers(-120, 120)))
    return Window(starts_at=starts_at, ends_at=starts_at + timedelta(minutes=draw(st.integers(1, 180))))


@given(st.data())
def test_permission_agrees_with_every_minute_of_the_session_on_every_clock_of_the_state(data: st.DataObject) -> None:
    held = data.draw(st.lists(some_license(), max_size=4))
    place = data.draw(states)
    during = data.draw(some_session(place))
    clocks = [ZoneInfo(zone) for zone in places.zones(place)]

    def covered(instant: datetime) -> bool:
        return any(
            each.status is LicenseStatus.VERIFIED
            and each.jurisdiction == place
            and all(each.issued_on <= instant.astimezone(clock).date() <= each.expires_on for clock in clocks)
            for each in held
        )

    minutes = int((during.ends_at - during.starts_at).total_seconds()) // 60
    expected = all(covered(during.starts_at + timedelta(minutes=minute)) for minute in range(minutes))

    assert jurisdictions.may_practice(holding(*held), place=place, during=during).permitted == expected


@given(st.data())
def test_a_session_is_permitted_exactly_when_one_permitted_window_covers_it(data: st.DataObject) -> None:
    held = data.draw(st.lists(some_license(), max_size=5))
    place = data.draw(states)
    during = data.draw(some_session(place))

    windows = windows_in(place, *held)

    assert jurisdictions.may_practice(holding(*held), place=place, during=during).permitted == any(
        window.covers(during) for window in windows
    )
    assert all(before.ends_at < after.starts_at for before, after in itertools.pairwise(windows))

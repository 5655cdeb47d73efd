from datetime import UTC, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from domain.availability import wall_clock
from domain.availability.open_hours import Span
from domain.availability.schedule import Schedule
from domain.booking import series
from domain.booking.offer import Offer, Practice, Refusal
from domain.booking.series import Decided, Reason, Week, WeekRefused
from domain.ids import TherapistId, uuid7
from domain.licensing.places import Window
from tests.build.availability import hours, instant, schedule, session_type

ZONES = st.sampled_from(
    ["America/New_York", "Europe/Berlin", "Australia/Lord_Howe", "Asia/Kolkata", "America/Nuuk", "Africa/Casablanca"]
)
STARTS = st.integers(0, 3 * 365 * 24 * 4).map(lambda n: instant("2026-01-01T00:00Z") + n * timedelta(minutes=15))
KIND = session_type()
NOW = instant("2026-10-01T12:00Z")
# In New York the clocks go back on 1 November 2026 at 2:00, and forward on 14 March 2027 at 2:00.
FIRST = instant("2026-10-20T10:00-04:00")


def practice(
    *, rules: Schedule | None = None, ends: str = "2030-01-01T00:00Z", engaged: tuple[Span, ...] = ()
) -> Practice:
    return Practice(
        therapist_id=TherapistId(uuid7()),
        schedule=rules or schedule(),
        permitted=(Window(starts_at=instant("2020-01-01T00:00Z"), ends_at=instant(ends)),),
        engaged=engaged,
    )


def span(starts_at: datetime, *, minutes: int = 60) -> Span:
    begins = int(starts_at.timestamp())
    return begins, begins + minutes * 60


def reasons(decided: tuple[Decided, ...]) -> list[Reason | None]:
    return [each.reason if isinstance(each, WeekRefused) else None for each in decided]


@given(first=STARTS, count=st.integers(2, 26), zone=ZONES)
def test_every_week_shows_the_same_on_the_wall(first: datetime, count: int, zone: str) -> None:
    found = series.weeks(first, count=count, zone=zone)

    walls = [wall_clock.local(week.starts_at, zone) for week in found if week.exists]
    assert len(found) == count
    assert found[0] == Week(starts_at=first)
    assert {(wall.weekday(), wall.time()) for wall in walls} == {(walls[0].weekday(), walls[0].time())}
    assert [week.starts_at for week in found] == sorted({week.starts_at for week in found})


@given(first=STARTS, count=st.integers(2, 26), zone=ZONES)
def test_a_week_is_missing_only_where_the_wall_skips_its_time(first: datetime, count: int, zone: str) -> None:
    wall = wall_clock.local(first, zone)

    for number, week in enumerate(series.weeks(first, count=count, zone=zone)):
        there = wall_clock.instant(wall + number * timedelta(days=7), zone)
        assert week.exists is (there is not None)
        if number:
            assert there is None or week.starts_at == there  # of a wall time that comes twice, the first pass


def test_the_wall_time_stays_when_the_clocks_go_back() -> None:
    found = series.weeks(FIRST, count=3, zone="America/New_York")

    assert [week.starts_at.isoformat() for week in found] == [
        "2026-10-20T14:00:00+00:00",
        "2026-10-27T14:00:00+00:00",
        "2026-11-03T15:00:00+00:00",
    ]


def test_a_wall_time_that_is_skipped_is_refused_where_the_gap_ends() -> None:
    night = schedule(weekly_hours=hours("00:00", "06:00"), slot_interval=30)
    first = instant("2027-03-07T02:30-05:00")
    found = series.weeks(first, count=3, zone="America/New_York")

    decided = series.decided(practice(rules=night), KIND, found, own=(), in_person=False, now=NOW)

    assert [week.exists for week in found] == [True, False, True]
    assert decided[1] == WeekRefused(starts_at=instant("2027-03-14T07:00Z"), reason=Reason.NOT_OFFERED)
    assert reasons(decided) == [None, Reason.NOT_OFFERED, None]


def test_each_week_is_refused_for_its_own_reason() -> None:
    found = series.weeks(FIRST, count=5, zone="America/New_York")
    starts = [week.starts_at for week in found]
    known = practice(engaged=(span(starts[1]),), ends="2026-11-12T00:00Z")

    decided = series.decided(known, KIND, found, own=(span(starts[2]),), in_person=False, now=NOW)

    assert reasons(decided) == [None, Reason.TAKEN, Reason.OWN_TIME, None, Reason.LICENSE]
    assert series.refused(decided) == tuple(each for each in decided if isinstance(each, WeekRefused))


def test_horizon_and_notice_bind_the_first_session_only() -> None:
    near = schedule(horizon_days=21, notice=60)
    found = series.weeks(FIRST, count=26, zone="America/New_York")

    decided = series.decided(practice(rules=near), KIND, found, own=(), in_person=False, now=NOW)

    assert reasons(decided) == [None] * 26


def test_even_the_farthest_horizon_binds_the_first_session_only() -> None:
    first = wall_clock.instant(datetime(2027, 9, 28, 10), "America/New_York")  # noqa: DTZ001 - a wall time
    assert first is not None
    found = series.weeks(first, count=26, zone="America/New_York")

    decided = series.decided(practice(), KIND, found, own=(), in_person=False, now=NOW)

    assert found[-1].starts_at - NOW > timedelta(days=366)
    assert reasons(decided) == [None] * 26


def test_beyond_the_horizon_there_is_no_week_at_all() -> None:
    near = schedule(horizon_days=14)
    found = series.weeks(FIRST, count=4, zone="America/New_York")

    decided = series.decided(practice(rules=near), KIND, found, own=(), in_person=False, now=NOW)

    assert reasons(decided) == [Reason.NOT_OFFERED] * 4


def test_weeks_in_the_past_are_not_offered_and_the_others_are() -> None:
    found = series.weeks(FIRST, count=3, zone="America/New_York")

    decided = series.decided(practice(), KIND, found, own=(), in_person=False, now=FIRST + timedelta(days=1))

    assert reasons(decided) == [Reason.NOT_OFFERED, None, None]


@given(starts=st.lists(STARTS, min_size=1, max_size=8, unique=True), days=st.integers(-9, 9), zone=ZONES)
def test_a_series_shifts_by_the_wall(starts: list[datetime], days: int, zone: str) -> None:
    named = starts[0]
    to_start = named + timedelta(days=days, minutes=45)
    by = wall_clock.local(to_start, zone) - wall_clock.local(named, zone)

    found = series.shifted(starts, from_start=named, to_start=to_start, zone=zone)

    assert found[0] == Week(starts_at=to_start)
    for old, week in zip(starts, found, strict=True):
        if week.exists:
            assert wall_clock.local(week.starts_at, zone) - wall_clock.local(old, zone) == by


def test_an_offer_is_made_for_each_week_that_can_be_had() -> None:
    found = series.weeks(FIRST, count=2, zone="America/New_York")

    decided = series.decided(practice(), KIND, found, own=(), in_person=False, now=NOW)

    offers = [each for each in decided if isinstance(each, Offer)]
    assert [each.starts_at for each in offers] == [week.starts_at.astimezone(UTC) for week in found]
    assert {each.wall_start.time().isoformat() for each in offers} == {"10:00:00"}


def test_every_refusal_has_its_slug() -> None:
    assert series.OF_REFUSAL.keys() == set(Refusal)

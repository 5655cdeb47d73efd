from dataclasses import dataclass
from datetime import timedelta

from hypothesis import given
from hypothesis import strategies as st

from domain.availability import slots
from domain.availability.interval import Interval
from domain.availability.schedule import Schedule, SessionType
from domain.availability.slots import WhyNot
from domain.booking import offer
from domain.booking.offer import Group, Offer, Practice, Refusal, Refused
from domain.ids import TherapistId, uuid7
from domain.licensing.places import Window
from tests.build.availability import hours, instant, interval, schedule, session_type

NOW = instant("2027-02-28T12:00Z")
WEEK = interval("2027-03-01T05:00Z", "2027-03-08T05:00Z")
ALWAYS = Window(starts_at=instant("2015-01-01T05:00Z"), ends_at=instant("2031-01-01T05:00Z"))
GROUP = session_type(code="group_90", minutes=90, after=30, capacity=3)
BOTH = schedule(session_types=(session_type(), GROUP))


@dataclass(frozen=True, slots=True, kw_only=True)
class Engagement:
    """A session the therapist has or had. live: it still takes their time. seats_left: None unless it is a group."""

    session_type: str
    during: Interval
    occupied: Interval
    live: bool
    seats_left: int | None


def practice(
    *engagements: Engagement, of: Schedule | None = None, permitted: tuple[Window, ...] = (ALWAYS,)
) -> Practice:
    return Practice(
        therapist_id=TherapistId(uuid7()),
        schedule=of or schedule(),
        permitted=permitted,
        engaged=tuple(slots.spans(each.occupied for each in engagements if each.live)),
        started=tuple(begins for begins, _ in slots.spans(each.during for each in engagements)),
        groups=tuple(group(each) for each in engagements if each.live and each.seats_left is not None),
    )


def group(engagement: Engagement) -> Group:
    ((starts_s, ends_s), occupied) = slots.spans((engagement.during, engagement.occupied))
    return Group(
        session_type=engagement.session_type,
        starts_s=starts_s,
        ends_s=ends_s,
        occupied=occupied,
        seats_left=engagement.seats_left or 0,
    )


def engagement(
    start: str, *, kind: SessionType | None = None, live: bool = True, seats_left: int | None = None
) -> Engagement:
    made = kind or session_type()
    at = instant(start)
    slot = slots.Slot(starts_at=at, ends_at=at + timedelta(minutes=made.minutes))
    return Engagement(
        session_type=made.code,
        during=Interval(starts_at=slot.starts_at, ends_at=slot.ends_at),
        occupied=slots.occupied(slot, made),
        live=live,
        seats_left=seats_left,
    )


def starts(
    of: Practice, *, code: str | None = None, window: Interval = WEEK, own: tuple[Interval, ...] = ()
) -> list[str]:
    found = offer.offers(of, session_type=code, window=window, own=slots.spans(own), now=NOW)
    return [format(each.starts_at, "%d %H:%M") for each in found]


def refused(of: Practice, start: str, *, code: str = "individual_50", own: tuple[Interval, ...] = ()) -> Refused | None:
    kind = of.kind_of(code)
    assert kind is not None
    return offer.refusal(
        of, offer.offer_of(of, kind, starts_at=instant(start)), own=slots.spans(own), in_person=False, now=NOW
    )


def test_an_offer_says_all_that_a_booking_keeps() -> None:
    made = offer.offer_of(practice(), session_type(before=5), starts_at=instant("2027-03-15T13:00Z"))

    assert made.during == interval("2027-03-15T13:00Z", "2027-03-15T13:50Z")
    assert made.occupied == interval("2027-03-15T12:55Z", "2027-03-15T14:00Z")
    assert made.wall_start.isoformat() == "2027-03-15T09:00:00"
    assert (made.fee.amount, made.capacity, made.session_type) == (15000, 1, "individual_50")


def test_without_a_code_individual_sessions_are_offered_and_groups_are_not() -> None:
    found = offer.offers(practice(of=BOTH), session_type=None, window=WEEK, own=(), now=NOW)

    assert {each.session_type for each in found} == {"individual_50"}


def test_an_engagement_takes_its_own_time_and_its_buffers() -> None:
    of = practice(engagement("2027-03-01T15:00Z"))

    assert "01 15:00" not in starts(of)
    assert "01 16:00" in starts(of)
    assert refused(of, "2027-03-01T15:00Z") == Refused(reason=Refusal.RIVALS)


def test_what_is_over_takes_no_time() -> None:
    of = practice(engagement("2027-03-01T15:00Z", live=False))

    assert "01 15:00" in starts(of)


def test_a_session_that_outlasts_the_license_is_not_offered() -> None:
    ends = Window(starts_at=ALWAYS.starts_at, ends_at=instant("2027-03-01T19:30Z"))
    of = practice(permitted=(ends,))

    assert starts(of)[-1] == "01 18:00"
    assert refused(of, "2027-03-01T19:00Z") == Refused(reason=Refusal.LICENSE)


def test_permission_for_one_place_is_not_joined_with_that_for_another() -> None:
    cut = instant("2027-03-01T15:30Z")
    of = practice(
        permitted=(
            Window(starts_at=ALWAYS.starts_at, ends_at=cut),
            Window(starts_at=cut, ends_at=ALWAYS.ends_at),
        )
    )

    assert "01 15:00" not in starts(of)
    assert {"01 14:00", "01 16:00"} <= set(starts(of))


def test_the_license_is_named_before_hours_and_hours_before_rivals() -> None:
    ends = Window(starts_at=ALWAYS.starts_at, ends_at=instant("2027-03-02T05:00Z"))
    of = practice(engagement("2027-03-01T15:00Z"), permitted=(ends,))
    own = (interval("2027-03-01T15:10Z", "2027-03-01T16:00Z"),)

    assert refused(of, "2027-03-03T03:00Z") == Refused(reason=Refusal.LICENSE)
    assert refused(of, "2027-03-01T15:10Z", own=own) == Refused(reason=Refusal.HOURS, hours=WhyNot.OFF_GRID)
    assert refused(of, "2027-03-01T15:00Z", own=own) == Refused(reason=Refusal.OWN_TIME)
    assert refused(of, "2027-03-01T15:00Z") == Refused(reason=Refusal.RIVALS)


def test_a_start_in_the_past_is_outside_what_is_offered() -> None:
    assert refused(practice(), "2027-02-27T15:00Z") == Refused(reason=Refusal.HOURS, hours=WhyNot.NOTICE)


def test_the_clients_own_time_is_left_out_to_the_minute() -> None:
    own = (interval("2027-03-01T15:50Z", "2027-03-01T17:00Z"),)

    found = starts(practice(), own=own)

    assert "01 15:00" in found
    assert "01 16:00" not in found
    assert "01 17:00" in found


def test_a_day_that_has_reached_its_limit_is_full_though_sessions_of_it_are_over() -> None:
    of = practice(
        engagement("2027-03-01T14:00Z", live=False), engagement("2027-03-01T20:00Z"), of=schedule(daily_limit=2)
    )

    assert not [start for start in starts(of) if start.startswith("01 ")]
    assert refused(of, "2027-03-01T16:00Z") == Refused(reason=Refusal.HOURS, hours=WhyNot.DAILY_LIMIT)


def test_the_day_of_the_limit_is_the_therapists_own() -> None:
    night = schedule(zone="Pacific/Auckland", weekly_hours=hours("09:00", "17:00"), daily_limit=1)
    of = practice(engagement("2027-03-01T20:00Z"), of=night)  # 9 in the morning of 2 March there

    found = starts(of)

    assert [start for start in found if start < "02 20:00"] == []
    assert found[0] == "02 20:00"


def test_a_group_with_a_free_seat_is_offered_at_its_own_start_and_nowhere_across_it() -> None:
    of = practice(engagement("2027-03-01T16:00Z", kind=GROUP, seats_left=1), of=BOTH)

    found = starts(of, code="group_90")

    assert "01 16:00" in found
    assert "01 15:00" not in found
    assert "01 17:00" not in found
    assert refused(of, "2027-03-01T16:00Z", code="group_90") is None


def test_a_full_group_is_a_rival() -> None:
    of = practice(engagement("2027-03-01T16:00Z", kind=GROUP, seats_left=0), of=BOTH)

    assert "01 16:00" not in starts(of, code="group_90")
    assert refused(of, "2027-03-01T16:00Z", code="group_90") == Refused(reason=Refusal.RIVALS)


def test_a_group_is_no_seat_for_another_kind_of_session() -> None:
    of = practice(engagement("2027-03-01T16:00Z", kind=GROUP, seats_left=1), of=BOTH)

    assert "01 16:00" not in starts(of)


def test_joining_a_group_takes_nothing_of_the_daily_limit() -> None:
    limited = schedule(session_types=(session_type(), GROUP), daily_limit=1)
    of = practice(engagement("2027-03-01T16:00Z", kind=GROUP, seats_left=2), of=limited)

    assert [start for start in starts(of, code="group_90") if start.startswith("01 ")] == ["01 16:00"]
    assert refused(of, "2027-03-01T16:00Z", code="group_90") is None


def test_a_member_of_a_group_is_not_offered_its_seats_again() -> None:
    of = practice(engagement("2027-03-01T16:00Z", kind=GROUP, seats_left=2), of=BOTH)

    assert "01 16:00" not in starts(of, code="group_90", own=(interval("2027-03-01T16:00Z", "2027-03-01T17:30Z"),))


@given(
    taken=st.lists(st.integers(0, 7 * 24 * 4), max_size=12),
    own_at=st.lists(st.integers(0, 7 * 24 * 4), max_size=4),
    limit=st.none() | st.integers(1, 4),
    capacity=st.integers(1, 3),
    asked=st.integers(0, 7 * 24 * 4),
)
def test_what_is_offered_is_exactly_what_is_not_refused(
    taken: list[int], own_at: list[int], limit: int | None, capacity: int, asked: int
) -> None:
    kind = session_type(minutes=45, before=5, after=10, capacity=capacity)
    quarter = timedelta(minutes=15)
    of = practice(
        *(
            engagement((WEEK.starts_at + step * quarter).isoformat(), kind=kind, seats_left=min(step % 3, capacity - 1))
            for step in taken
        ),
        of=schedule(session_types=(kind,), slot_interval=15, daily_limit=limit),
        permitted=(Window(starts_at=ALWAYS.starts_at, ends_at=instant("2027-03-06T05:00Z")),),
    )
    own = tuple(
        Interval(starts_at=WEEK.starts_at + step * quarter, ends_at=WEEK.starts_at + (step + 2) * quarter)
        for step in own_at
    )
    start = WEEK.starts_at + asked * quarter

    offered = offer.offers(of, session_type=kind.code, window=WEEK, own=slots.spans(own), now=NOW)
    verdict = offer.refusal(
        of, offer.offer_of(of, kind, starts_at=start), own=slots.spans(own), in_person=False, now=NOW
    )

    assert (start in {each.starts_at for each in offered}) == (verdict is None and WEEK.holds(start))


def all_of(practices: tuple[Practice, ...]) -> list[Offer]:
    found = [each for of in practices for each in offer.offers(of, session_type=None, window=WEEK, own=(), now=NOW)]
    return sorted(found, key=lambda each: each.place)


def test_pages_of_many_therapists_join_to_the_whole_in_order() -> None:
    practices = (practice(), practice(engagement("2027-03-01T15:00Z")), practice(of=schedule(zone="Asia/Kolkata")))
    found: list[Offer] = []
    after: offer.Place | None = None

    while page := offer.earliest(practices, session_type=None, window=WEEK, own=(), after=after, most=7, now=NOW):
        found += page
        after = page[-1].place

    assert found == all_of(practices)


def test_alternatives_are_the_nearest_and_leave_room_for_each_other() -> None:
    of = practice(of=schedule(slot_interval=30))
    wanted = instant("2027-03-01T16:00Z")
    found = [
        each for each in offer.offers(of, session_type=None, window=WEEK, own=(), now=NOW) if each.starts_at != wanted
    ]

    picked = offer.apart(found, wanted=wanted, most=3)

    assert [format(each.starts_at, "%H:%M") for each in picked] == ["15:30", "16:30", "14:30"]
    assert not any(one.occupied.overlaps(other.occupied) for one in picked for other in picked if one is not other)


def test_alternatives_of_several_therapists_are_not_at_the_same_time() -> None:
    one, other = practice(), practice()
    wanted = instant("2027-03-01T16:00Z")
    first = offer.offers(
        one, session_type=None, window=interval("2027-03-01T16:00Z", "2027-03-01T16:01Z"), own=(), now=NOW
    )

    picked = offer.apart(all_of((other,)), wanted=wanted, most=2, besides=first)

    assert picked[0].therapist_id == one.therapist_id
    assert picked[1].starts_at == instant("2027-03-01T15:00Z")

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.availability import ical, ical_event, ical_recurrence, ical_series, ical_source
from domain.availability.ical_source import CalendarUnreadable
from tests.build.availability import interval
from tests.build.calendars import (
    BERLIN_BY_ITS_MAKER,
    WINDOW,
    busy,
    calendar,
    event,
    read,
    reasons,
    shown,
)

NINE = "DTSTART;TZID=America/New_York:20270308T090000"
WEEKLY = (NINE, "DURATION:PT1H", "RRULE:FREQ=WEEKLY;COUNT=3")


def test_an_event_shuts_its_time_and_no_other() -> None:
    assert busy("DTSTART:20270308T140000Z", "DTEND:20270308T150000Z") == ["03-08T14:00/03-08T15:00"]
    assert busy(NINE, "DTEND;TZID=Europe/Berlin:20270308T160000") == ["03-08T14:00/03-08T15:00"]
    assert busy(NINE, "DURATION:PT90M") == ["03-08T14:00/03-08T15:30"]


def test_what_reaches_into_the_window_counts_and_what_only_touches_it_does_not() -> None:
    assert busy("DTSTART:20270228T230000Z", "DURATION:PT2H") == ["02-28T23:00/03-01T01:00"]
    assert busy("DTSTART:20270228T230000Z", "DURATION:PT1H") == []
    assert busy("DTSTART:20270501T000000Z", "DURATION:PT1H") == []
    assert busy("DTSTART:20260101T000000Z", "DTEND:20280101T000000Z") == ["01-01T00:00/01-01T00:00"]


def test_times_without_a_zone_and_days_are_where_the_therapist_is() -> None:
    assert busy("DTSTART:20270308T090000", "DURATION:PT1H") == ["03-08T14:00/03-08T15:00"]
    assert busy("DTSTART:20270308T090000", "DURATION:PT1H", zone="Asia/Kolkata") == ["03-08T03:30/03-08T04:30"]
    assert busy("DTSTART;VALUE=DATE:20270308", "DTEND;VALUE=DATE:20270310") == ["03-08T05:00/03-10T05:00"]
    assert busy("DTSTART;VALUE=DATE:20270314") == ["03-14T05:00/03-15T04:00"]
    assert busy("DTSTART;VALUE=DATE:20270308", "DTEND;VALUE=DATE:20270308") == ["03-08T05:00/03-09T05:00"]


def test_a_recurrence_keeps_its_wall_time_over_a_change_of_clocks() -> None:
    assert busy(*WEEKLY) == ["03-08T14:00/03-08T15:00", "03-15T13:00/03-15T14:00", "03-22T13:00/03-22T14:00"]


def test_a_start_in_a_gap_is_the_end_of_the_gap_and_one_in_a_fold_the_first_pass() -> None:
    in_gap = busy("DTSTART;TZID=America/New_York:20270313T023000", "DURATION:PT1H", "RRULE:FREQ=DAILY;COUNT=2")
    in_fold = read(
        calendar(event("DTSTART;TZID=America/New_York:20271107T013000", "DURATION:PT1H")),
        window=interval("2027-11-01T00:00Z", "2027-12-01T00:00Z"),
    )

    assert in_gap == ["03-13T07:30/03-13T08:30", "03-14T07:00/03-14T08:00"]
    assert shown(in_fold) == ["11-07T05:30/11-07T06:30"]


def test_an_end_means_real_time_and_days_of_a_duration_mean_the_wall() -> None:
    nightly = ("DTSTART;TZID=America/New_York:20270312T220000", "RRULE:FREQ=DAILY;COUNT=2")

    assert busy(*nightly, "DTEND;TZID=America/New_York:20270313T220000") == ["03-13T03:00/03-15T03:00"]
    assert busy(*nightly, "DURATION:P1D") == ["03-13T03:00/03-15T02:00"]
    assert busy(*nightly, "DURATION:P1DT1H") == ["03-13T03:00/03-15T03:00"]


def test_whole_days_come_back_too_and_long_after_they_began() -> None:
    assert busy("DTSTART;VALUE=DATE:16040315", "RRULE:FREQ=YEARLY") == ["03-15T04:00/03-16T04:00"]


def test_several_rules_are_taken_together() -> None:
    assert busy(NINE, "DURATION:PT1H", "RRULE:FREQ=WEEKLY;COUNT=2", "RRULE:FREQ=DAILY;COUNT=2") == [
        "03-08T14:00/03-08T15:00",
        "03-09T14:00/03-09T15:00",
        "03-15T13:00/03-15T14:00",
    ]


@pytest.mark.parametrize(
    "until", ["20270322T130000Z", "20270322T090000", "20270322", "20270328T000000Z", "20270322T130000Z;WKST=SU"]
)
def test_an_end_of_the_rule_is_taken_in_every_form(until: str) -> None:
    assert len(busy(NINE, "DURATION:PT1H", f"RRULE:FREQ=WEEKLY;UNTIL={until}")) == 3


@pytest.mark.parametrize(
    ("zone", "until"),
    [
        ("America/New_York", "20270322"),
        ("America/New_York", "20270322T000000Z"),
        ("America/New_York", "20270322T040000Z"),
        ("Asia/Tokyo", "20270321T150000Z"),
        ("Asia/Tokyo", "20270322T000000"),
    ],
)
def test_an_end_of_whole_days_is_taken_in_every_form(zone: str, until: str) -> None:
    weekly = ("DTSTART;VALUE=DATE:20270308", f"RRULE:FREQ=WEEKLY;UNTIL={until}")

    assert len(busy(*weekly, zone=zone)) == 3


@pytest.mark.parametrize("until", ["99991231T235959Z", "99991231"])
def test_a_rule_may_end_at_the_end_of_time(until: str) -> None:
    assert len(busy(NINE, "DURATION:PT1H", f"RRULE:FREQ=WEEKLY;UNTIL={until}")) == 8


@pytest.mark.parametrize(
    "left_out",
    [
        "EXDATE;TZID=America/New_York:20270315T090000",
        "EXDATE:20270315T130000Z",
        "EXDATE:20270315T090000",
        "EXDATE;VALUE=DATE:20270315",
        "EXDATE;TZID=Europe/Berlin:20270401T000000,20270315T140000",
    ],
)
def test_a_time_is_left_out_however_it_is_named(left_out: str) -> None:
    assert busy(*WEEKLY, left_out) == ["03-08T14:00/03-08T15:00", "03-22T13:00/03-22T14:00"]


def test_times_are_added_with_the_length_of_the_event_or_their_own() -> None:
    added = busy(
        NINE,
        "DURATION:PT1H",
        "RDATE;TZID=America/New_York:20270309T090000,20270308T090000",
        "RDATE;VALUE=PERIOD:20270310T140000Z/20270310T143000Z,20270311T140000Z/PT15M",
    )

    assert added == [
        "03-08T14:00/03-08T15:00",
        "03-09T14:00/03-09T15:00",
        "03-10T14:00/03-10T14:30",
        "03-11T14:00/03-11T14:15",
    ]


def change(*lines: str, of: str = "20270315T090000", how: str = "") -> tuple[str, ...]:
    return event(f"RECURRENCE-ID{how};TZID=America/New_York:{of}", *lines)


MOVED = ("DTSTART;TZID=Europe/Berlin:20270317T100000", "DURATION:PT30M")


def test_an_occurrence_moved_by_itself_leaves_its_place() -> None:
    assert busy(*WEEKLY, besides=(change(*MOVED),)) == [
        "03-08T14:00/03-08T15:00",
        "03-17T09:00/03-17T09:30",
        "03-22T13:00/03-22T14:00",
    ]


def test_a_change_of_all_that_follow_moves_and_cuts_them_too() -> None:
    later = change("DTSTART;TZID=America/New_York:20270316T100000", "DURATION:PT30M", how=";RANGE=THISANDFUTURE")

    assert busy(*WEEKLY, besides=(later,)) == [
        "03-08T14:00/03-08T15:00",
        "03-16T14:00/03-16T14:30",
        "03-23T14:00/03-23T14:30",
    ]


def test_a_change_of_all_days_that_follow_moves_them_too() -> None:
    later = event("RECURRENCE-ID;RANGE=THISANDFUTURE;VALUE=DATE:20270315", "DTSTART;VALUE=DATE:20270316")

    assert busy("DTSTART;VALUE=DATE:20270308", "RRULE:FREQ=WEEKLY;COUNT=3", besides=(later,)) == [
        "03-08T05:00/03-09T05:00",
        "03-16T04:00/03-17T04:00",
        "03-23T04:00/03-24T04:00",
    ]


@pytest.mark.parametrize("frees", ["STATUS:CANCELLED", "TRANSP:TRANSPARENT"])
def test_an_occurrence_that_is_cancelled_or_free_opens_its_place_and_says_so(frees: str) -> None:
    reading = read(calendar(event(*WEEKLY), change(*MOVED, frees)))

    assert shown(reading) == ["03-08T14:00/03-08T15:00", "03-22T13:00/03-22T14:00"]
    assert len(reading.ignored) == 1


def test_a_cancelled_rest_of_a_series_is_over() -> None:
    assert shown(read(calendar(event(*WEEKLY), change(NINE, "STATUS:CANCELLED", how=";RANGE=THISANDFUTURE")))) == [
        "03-08T14:00/03-08T15:00"
    ]


def test_a_change_that_can_not_be_read_changes_nothing() -> None:
    reading = read(calendar(event(*WEEKLY), change("DTSTART;TZID=Gotham:20270317T100000", "DURATION:PT1H")))

    assert len(reading.busy) == 3
    assert [each.reason for each in reading.ignored] == [ical_event.ZONE_UNKNOWN]


def test_a_change_without_its_series_stands_alone() -> None:
    assert shown(read(calendar(change(*MOVED)))) == ["03-17T09:00/03-17T09:30"]


def test_of_several_versions_the_latest_counts() -> None:
    early = event("SEQUENCE:1", "DTSTART:20270308T140000Z", "DURATION:PT1H")
    late = event("SEQUENCE:2", "DTSTART:20270309T140000Z", "DURATION:PT1H")

    assert shown(read(calendar(late, early))) == ["03-09T14:00/03-09T15:00"]
    assert reasons(calendar(late, early)) == [("one", ical.LATER_VERSION)]


def test_busy_times_are_shut_and_free_ones_are_not() -> None:
    times = (
        "BEGIN:VFREEBUSY",
        "FREEBUSY:20270308T140000Z/20270308T150000Z,20270309T140000Z/PT30M",
        "FREEBUSY;FBTYPE=BUSY-TENTATIVE:20270310T140000Z/PT1H",
        "FREEBUSY;FBTYPE=FREE:20270311T140000Z/PT1H",
        "END:VFREEBUSY",
    )

    assert shown(read(calendar(times))) == [
        "03-08T14:00/03-08T15:00",
        "03-09T14:00/03-09T14:30",
        "03-10T14:00/03-10T15:00",
    ]


@pytest.mark.parametrize(
    ("period", "reason"),
    [
        ("20270308T140000Z", ical_event.UNREADABLE),
        ("20270308T140000Z/20270308T130000Z", ical_event.ENDS_FIRST),
        ("20270308T140000Z/PT0S", ical_event.TAKES_NO_TIME),
        ("20270308T140000Z/P9999999D", ical.UNREADABLE),
        ("soon/later", ical_event.UNREADABLE),
    ],
)
def test_busy_times_that_are_none_are_named_with_the_reason(period: str, reason: str) -> None:
    times = ("BEGIN:VFREEBUSY", "UID:times", "FREEBUSY:20270309T140000Z/PT1H", f"FREEBUSY:{period}", "END:VFREEBUSY")

    assert reasons(calendar(times)) == [("times", reason)]


@pytest.mark.parametrize(
    ("lines", "reason"),
    [
        ((NINE, "DURATION:PT1H", "TRANSP:TRANSPARENT"), "It is marked as free (TRANSPARENT)."),
        ((NINE, "DURATION:PT1H", "STATUS:cancelled"), "It is cancelled."),
        (("DURATION:PT1H",), ical_event.NO_START),
        ((NINE,), ical_event.TAKES_NO_TIME),
        ((NINE, "DURATION:P1X"), ical_event.UNREADABLE),
        ((NINE, "DURATION:P9999999D"), ical_series.TOO_LONG),
        ((NINE, "DURATION:-PT1H"), ical_event.ENDS_FIRST),
        ((NINE, "DTEND;TZID=America/New_York:20270308T080000"), ical_event.ENDS_FIRST),
        ((NINE, "DTEND;VALUE=DATE:20270307"), ical_event.ENDS_FIRST),
        (("DTSTART;VALUE=DATE:20270308", "DTEND:20270309T000000Z"), ical_event.UNREADABLE),
        (("DTSTART:20270230T090000Z", "DURATION:PT1H"), ical_event.UNREADABLE),
        (("DTSTART:yesterday", "DURATION:PT1H"), ical_event.UNREADABLE),
        (("DTSTART:00010101T000000Z", "DURATION:PT1H"), ical_event.UNREADABLE),
        (("DTSTART;TZID=Customized Time Zone:20270308T090000", "DURATION:PT1H"), ical_event.ZONE_UNKNOWN),
        ((NINE, "DURATION:PT1H", "RRULE:FREQ=SECONDLY"), ical_recurrence.TOO_OFTEN),
        ((NINE, "DURATION:PT1H", "RRULE:FREQ=NEVER"), ical_recurrence.UNREADABLE),
        ((NINE, "DURATION:PT1H", "RRULE:FREQ=DAILY;UNTIL=15000101"), ical_recurrence.UNREADABLE),
        ((NINE, "DURATION:PT1H", "EXRULE:FREQ=DAILY"), ical_event.EXCLUDING_RULE),
        ((NINE, "DURATION:PT1H", "EXDATE:never"), ical_event.UNREADABLE),
        ((NINE, "DURATION:PT1H", 'RRULE;A="B:FREQ=DAILY'), ical.UNREADABLE),
    ],
)
def test_an_event_that_is_not_heeded_is_named_with_the_reason(lines: tuple[str, ...], reason: str) -> None:
    assert reasons(calendar(event(*lines, uid="this@example.org"))) == [("this@example.org", reason)]


def test_other_components_are_named_and_their_events_do_not_count() -> None:
    task = ("BEGIN:VTODO", "UID:task", "DTSTART:20270308T140000Z", "DURATION:PT1H", "END:VTODO")
    alarm = event(NINE, "DURATION:PT1H", "BEGIN:VALARM", "TRIGGER:-PT5M", "DURATION:PT9H", "END:VALARM")
    reading = read(calendar(task, alarm))

    assert shown(reading) == ["03-08T14:00/03-08T15:00"]
    assert (reading.events, reading.ignored) == (1, (ical.Ignored(uid=None, reason=ical.NOT_AN_EVENT),))


def test_nothing_but_time_is_kept_and_what_is_kept_reads_the_same() -> None:
    personal = event(
        *WEEKLY,
        "SUMMARY:Dentist",
        "LOCATION:Main Street",
        "ATTENDEE;CN=Robin:mailto:robin@example.org",
        "DESCRIPTION:It hurts\n  DTSTART:20270309T140000Z",
        "X-SECRET:7",
    )
    reading = read(calendar(BERLIN_BY_ITS_MAKER, personal, change(*MOVED), ("BEGIN:VTODO", "END:VTODO")))

    assert not any(word in reading.kept for word in ("Dentist", "Main", "Robin", "hurts", "SECRET", "VTODO"))
    again = read(reading.kept.encode())
    assert (again.busy, again.events, again.kept) == (reading.busy, reading.events, reading.kept)


@pytest.mark.parametrize("newline", ["\r\n", "\n", "\r"])
def test_lines_may_be_folded_and_end_as_they_like(newline: str) -> None:
    folded = event("DTSTART;TZID=America/New", " _York:2027", "\t0308T090000", "DURATION:PT1H", "SUMMARY:\u00e9")
    source = calendar(folded, newline=newline)

    assert shown(read(b"\xef\xbb\xbf" + source)) == ["03-08T14:00/03-08T15:00"]


@pytest.mark.parametrize(
    "source",
    [
        b"",
        b"not a calendar",
        b"\x00\xff" * 100,
        b"BEGIN:VEVENT\nEND:VEVENT\n",
        b"BEGIN:VCALENDAR\n",
        b"BEGIN:VCALENDAR\nBEGIN:VEVENT\nEND:VCALENDAR\n",
        b"BEGIN:VCALENDAR\nEND:VCALENDAR\nEND:VCALENDAR\n",
        b"<html>BEGIN:VCALENDAR\nEND:VCALENDAR</html>",
        b"BEGIN:VCALENDAR\n" + b"BEGIN:VEVENT\n" * 100_000,
        b"BEGIN:VCALENDAR\n" + b"BEGIN:VEVENT\nEND:VEVENT\n" * (ical_source.COMPONENTS_MAX + 1) + b"END:VCALENDAR\n",
        b"BEGIN:VCALENDAR\nBEGIN:VEVENT\n" + b"UID:1\n" * (ical_source.LINES_MAX + 1),
    ],
)
def test_what_is_no_calendar_is_refused_as_a_whole(source: bytes) -> None:
    with pytest.raises(CalendarUnreadable) as refused:
        read(source)

    assert [flaw.pointer for flaw in refused.value.flaws] == [""]


def test_an_empty_calendar_shuts_nothing() -> None:
    reading = read(calendar())

    assert (reading.events, reading.busy, reading.ignored) == (0, (), ())


def test_a_calendar_shuts_only_so_many_stretches_and_says_so() -> None:
    hourly = [event(f"DTSTART:202703{day:02}T000000Z", "DURATION:PT5M", "RRULE:FREQ=HOURLY", uid=str(day))
              for day in range(1, 29)]  # fmt: skip
    reading = read(calendar(*hourly))

    assert reading.events < len(hourly)
    assert {each.reason for each in reading.ignored} == {ical.TOO_MANY_STRETCHES}


LINES = st.sampled_from(
    [
        *WEEKLY, *MOVED, *BERLIN_BY_ITS_MAKER, "BEGIN:VEVENT", "END:VEVENT", "BEGIN:VEVENT", "END:VEVENT",
        "BEGIN:VFREEBUSY", "END:VFREEBUSY", "FREEBUSY:20270308T140000Z/PT1H", "TRANSP:TRANSPARENT", "UID:a",
        "RECURRENCE-ID:20270308T140000Z", "RECURRENCE-ID;RANGE=THISANDFUTURE;VALUE=DATE:20270308",
        "DTSTART;VALUE=DATE:20270308", "DTEND;VALUE=DATE:20270310", "DTEND:99991231T235959Z", "DURATION:P99999999D",
        "RRULE:FREQ=YEARLY;BYDAY=-53MO", "RRULE:FREQ=HOURLY;COUNT=99999999999", "EXDATE;VALUE=DATE:20270315",
        "RDATE;VALUE=PERIOD:20270308T140000Z/20270308T130000Z", "RDATE:20270309,20270309T090000", "EXDATE:", "RDATE:",
        "DTSTART;TZID=Example Standard Time:16010101T000000", "DTSTART:23991231T235959Z", "SEQUENCE:99999999999",
        "TZOFFSETTO:+9999", "TZOFFSETTO:-1759", "RRULE:FREQ=DAILY;UNTIL=16000101", "DTSTART:20270308T240000",
    ]
)  # fmt: skip
TEXTS = st.one_of(LINES, LINES, LINES, LINES, st.text(max_size=30))


@given(lines=st.lists(TEXTS, max_size=25), wrapped=st.booleans())
def test_any_text_is_read_or_refused_and_what_is_found_lies_in_the_window(lines: list[str], wrapped: bool) -> None:  # noqa: FBT001 - drawn
    inner = ("BEGIN:VEVENT", *lines, "END:VEVENT") if wrapped else tuple(lines)
    try:
        reading = read(calendar(inner))
    except CalendarUnreadable:
        return

    assert all(each.overlaps(WINDOW) for each in reading.busy)
    assert all(
        earlier.ends_at < later.starts_at for earlier, later in zip(reading.busy, reading.busy[1:], strict=False)
    )
    assert read(reading.kept.encode()).busy == reading.busy


@given(source=st.binary(max_size=200))
def test_any_bytes_are_read_or_refused(source: bytes) -> None:
    for whole in (source, b"BEGIN:VCALENDAR\nBEGIN:VEVENT\n" + source + b"\nEND:VEVENT\nEND:VCALENDAR"):
        try:
            read(whole)
        except CalendarUnreadable:
            continue

"""What therapists do: other schedules, exceptions, calendars."""

from datetime import datetime, timedelta

from hypothesis import strategies as st
from hypothesis.stateful import rule
from sqlalchemy.ext.asyncio import AsyncSession

from domain.availability import calendars_service, change_service, exceptions_service
from domain.availability.calendars_service import StoredCalendar
from domain.availability.exceptions import NewException
from domain.availability.exceptions_service import StoredException
from domain.availability.interval import Interval
from domain.availability.schedule import ExceptionKind
from domain.ids import ExceptionId
from tests.model.ground import THERAPIST, WHICH, Ground
from tests.model.practices import PRACTICES
from tests.model.world import EVENT, Busy


class PracticeRules(Ground):
    @rule(therapist=THERAPIST, practice=st.sampled_from(list(PRACTICES)))
    def change_the_schedule(self, therapist: int, practice: str) -> None:
        by, rules = self.service.therapists[therapist], PRACTICES[practice]
        outcome = self.ask(
            "schedule",
            lambda session: change_service.change(
                session, schedule=rules, vault=self.parts.vault, by=by, now=self.world.now
            ),
        )
        self.expect(outcome, None)
        desk = self.world.desks[by.therapist_id]
        desk.schedule = rules
        desk.change()

    @rule(
        therapist=THERAPIST,
        kind=st.sampled_from(ExceptionKind),
        day=st.integers(1, 3),
        hour=st.integers(0, 23),
        minutes=st.sampled_from([20, 60, 200, 700]),
    )
    def say_an_exception(self, therapist: int, kind: ExceptionKind, day: int, hour: int, minutes: int) -> None:
        by = self.service.therapists[therapist]
        start = self.world.now.replace(hour=0, minute=0) + timedelta(days=day, hours=hour)
        during = Interval(starts_at=start, ends_at=start + timedelta(minutes=minutes))
        said = NewException(kind=kind, starts_at=during.starts_at, ends_at=during.ends_at, note=None)
        outcome = self.ask(
            f"exception {kind}",
            lambda session: exceptions_service.add(
                session, exception=said, vault=self.parts.vault, by=by, now=self.world.now
            ),
        )
        assert isinstance(outcome, StoredException)
        desk = self.world.desks[by.therapist_id]
        (desk.opened if kind is ExceptionKind.OPEN else desk.closed)[outcome.exception_id] = during
        desk.change()

    @rule(therapist=THERAPIST, which=WHICH)
    def take_an_exception_back(self, therapist: int, which: int) -> None:
        by = self.service.therapists[therapist]
        desk = self.world.desks[by.therapist_id]
        ids: list[ExceptionId] = [*desk.opened, *desk.closed]
        if not ids:
            return
        chosen = ids[which % len(ids)]
        outcome = self.ask(
            "exception taken back",
            lambda session: exceptions_service.take_back(session, exception_id=chosen, by=by, now=self.world.now),
        )
        self.expect(outcome, None)
        desk.opened.pop(chosen, None)
        desk.closed.pop(chosen, None)
        desk.change()

    @rule(
        therapist=THERAPIST,
        name=st.sampled_from(["work", "home"]),
        day=st.integers(1, 3),
        hour=st.none() | st.integers(0, 23),
        times=st.integers(1, 3),
    )
    def shut_by_a_calendar(self, therapist: int, name: str, day: int, hour: int | None, times: int) -> None:
        """Send an event of 90 minutes, or of a whole day where there is no hour, that comes back day after day."""
        by = self.service.therapists[therapist]
        desk = self.world.desks[by.therapist_id]
        first = self.world.now.replace(hour=hour or 0, minute=0) + timedelta(days=day)
        zone = desk.schedule.zone

        async def put(session: AsyncSession) -> StoredCalendar:
            sent = await calendars_service.read(calendar(first, hour=hour, times=times), zone=zone, now=self.world.now)
            return await calendars_service.put(
                session, name=name, sent=sent, vault=self.parts.vault, by=by, now=self.world.now
            )

        outcome = self.ask("calendar", put)
        assert isinstance(outcome, StoredCalendar)
        assert (outcome.events, outcome.ignored) == (1, ())
        desk.calendars[name] = [
            Busy(first=first + timedelta(days=number), all_day=hour is None) for number in range(times)
        ]
        desk.change()

    @rule(therapist=THERAPIST, name=st.sampled_from(["work", "home"]))
    def end_a_calendar(self, therapist: int, name: str) -> None:
        by = self.service.therapists[therapist]
        desk = self.world.desks[by.therapist_id]
        outcome = self.ask(
            "calendar ended",
            lambda session: calendars_service.end(session, name=name, by=by, now=self.world.now),
        )
        if self.expect(outcome, None if name in desk.calendars else "CalendarNotFound"):
            del desk.calendars[name]
            desk.change()


def calendar(first: datetime, *, hour: int | None, times: int) -> bytes:
    """Write the source of a calendar with one event."""
    starts, ends = (
        (f"DTSTART;VALUE=DATE:{first:%Y%m%d}", f"DTEND;VALUE=DATE:{first + timedelta(days=1):%Y%m%d}")
        if hour is None
        else (f"DTSTART:{first:%Y%m%dT%H%M%SZ}", f"DTEND:{first + EVENT:%Y%m%dT%H%M%SZ}")
    )
    lines = (
        "BEGIN:VCALENDAR",
        "VERSION:2.0",
        "PRODID:-//made up//EN",
        "BEGIN:VEVENT",
        "UID:made-up",
        "DTSTAMP:20260101T000000Z",
        starts,
        ends,
        f"RRULE:FREQ=DAILY;COUNT={times}",
        "END:VEVENT",
        "END:VCALENDAR",
    )
    return "".join(f"{line}\r\n" for line in lines).encode()

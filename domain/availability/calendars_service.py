"""Keep therapists' busy calendars, and the time they shut. What is held or booked stays as it is.

What a calendar says of time is kept sealed and read again: when its reading runs out, and when the therapist moves to
another zone, where its days and its times without a zone move along. Reading is work for a thread of its own.
"""

import asyncio
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from typing import Final

import structlog
from sqlalchemy import delete, insert
from sqlalchemy.dialects.postgresql import Range
from sqlalchemy.ext.asyncio import AsyncSession

from domain import queue
from domain.access import policy
from domain.access.actor import Actor
from domain.access.policy import Action
from domain.audit import service as audit
from domain.availability import calendars, calendars_queries, ical, queries
from domain.availability.ical import Ignored, Reading
from domain.availability.ical_source import CalendarUnreadable
from domain.availability.interval import Interval
from domain.availability.service import ProfileNeeded
from domain.availability.tables import BusyCalendarRow, BusyTimeRow
from domain.errors import Conflict, NotFound
from domain.ids import BusyCalendarId, TherapistId, uuid7
from domain.job import JobName
from domain.vault.cipher import Place, SealBroken, Vault

log = structlog.get_logger()
READ_ANEW_AT_ONCE: Final = 3
# One at a time in a process: a calendar can be made so that reading it takes a second or two.
_THREAD: Final = ThreadPoolExecutor(max_workers=1, thread_name_prefix="calendar")


class CalendarNotFound(NotFound):
    """There is no calendar of this name of this therapist's."""

    def __init__(self) -> None:
        super().__init__("You have no busy calendar of this name.")


class TooManyCalendars(Conflict):
    """The therapist's calendars would be more than are kept for one."""

    def __init__(self) -> None:
        super().__init__(
            f"Calendars of one therapist are at most {calendars.CALENDARS_MAX}, and together they may shut "
            f"{calendars.STRETCHES_MAX} stretches of time. End one, or shorten this one."
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Sent:
    """A calendar that was read, before it is kept. zone: where its days and its times without a zone were put."""

    reading: Reading
    zone: str


@dataclass(frozen=True, slots=True, kw_only=True)
class StoredCalendar:
    """A calendar as its therapist sees it. events: how many of it were heeded."""

    name: str
    events: int
    version: int
    updated_at: datetime
    ignored: tuple[Ignored, ...]


async def zone_to_read_in(session: AsyncSession, *, by: Actor) -> str:
    """Give the zone that is meant where a calendar of one's own names none. Raises WrongRole, ProfileNeeded."""
    policy.require(by, Action.CALENDAR_WRITE)
    zone = await calendars_queries.zone(session, therapist_id=by.therapist_id)
    if zone is None:
        raise ProfileNeeded
    return zone


async def read(source: bytes, *, zone: str, now: datetime) -> Sent:
    """Read a calendar in a thread, outside of any transaction. Raises CalendarUnreadable."""
    work = partial(ical.read, source, zone=zone, window=calendars.window(now))
    return Sent(reading=await asyncio.get_running_loop().run_in_executor(_THREAD, work), zone=zone)


async def version_to_change(session: AsyncSession, *, name: str, by: Actor) -> int:
    """Give the version of a calendar of one's own, 0 before the first, which stays until the transaction ends.

    Raises WrongRole, CalendarNameImpossible, ProfileNeeded.
    """
    policy.require(by, Action.CALENDAR_WRITE)
    calendars.check_name(name)
    if not await queries.lock(session, therapist_id=by.therapist_id):
        raise ProfileNeeded
    found = await calendars_queries.named(session, therapist_id=by.therapist_id, name=name)
    return 0 if found is None else found.version


async def put(
    session: AsyncSession, *, name: str, sent: Sent, vault: Vault, by: Actor, now: datetime
) -> StoredCalendar:
    """Keep a calendar of one's own in place of the one of that name, and shut the time it says is busy.

    Raises WrongRole, CalendarNameImpossible, ProfileNeeded, TooManyCalendars.
    """
    version = 1 + await version_to_change(session, name=name, by=by)
    zone = await zone_to_read_in(session, by=by)
    if zone != sent.zone:  # the therapist moved while it was read
        sent = await read(sent.reading.kept.encode(), zone=zone, now=now)
    reading = sent.reading
    before = await calendars_queries.named(session, therapist_id=by.therapist_id, name=name)
    calendar_id = BusyCalendarId(uuid7()) if before is None else before.id
    sealed = vault.seal(reading.kept, place=_place(calendar_id))
    await _require_room(session, therapist_id=by.therapist_id, besides=calendar_id, sealed=sealed, reading=reading)
    if before is None:
        before = BusyCalendarRow(id=calendar_id, therapist_id=by.therapist_id, name=name, created_at=now)
        session.add(before)
    before.source_sealed = sealed
    before.version = version
    before.updated_at = now
    await _shut(session, calendar=before, reading=reading, now=now)
    _record(session, calendar_id=calendar_id, by=by, now=now)
    if version > 1:
        await queue.enqueue(session, job=JobName.WAITLIST_OFFER, row_id=by.therapist_id)  # it may have opened time
    return _stored(before, ignored=reading.ignored)


async def end(session: AsyncSession, *, name: str, by: Actor, now: datetime) -> None:
    """Let a calendar of one's own go, and open what it shut. Raises WrongRole, CalendarNotFound."""
    policy.require(by, Action.CALENDAR_WRITE)
    gone = await session.scalar(
        delete(BusyCalendarRow)
        .where(BusyCalendarRow.therapist_id == by.therapist_id, BusyCalendarRow.name == name)
        .returning(BusyCalendarRow.id)
    )
    if gone is None:
        raise CalendarNotFound
    _record(session, calendar_id=gone, by=by, now=now)
    await queue.enqueue(session, job=JobName.WAITLIST_OFFER, row_id=by.therapist_id)


async def own(session: AsyncSession, *, by: Actor) -> Sequence[StoredCalendar]:
    """Give one's own calendars, by name. Raises WrongRole."""
    policy.require(by, Action.SCHEDULE_READ_OWN)
    rows = await calendars_queries.of_therapist(session, therapist_id=by.therapist_id)
    return [_stored(row) for row in rows]


async def follow_zone(
    session: AsyncSession, *, therapist_id: TherapistId, zone: str, vault: Vault, now: datetime
) -> None:
    """Read a therapist's calendars anew, where their days and times without a zone are in another one now."""
    for calendar in await calendars_queries.of_therapist(session, therapist_id=therapist_id):
        await _read_anew(session, calendar=calendar, zone=zone, vault=vault, now=now)


async def sweep(session: AsyncSession, *, vault: Vault, now: datetime) -> int:
    """Read calendars further ahead before their reading runs out: a few at once; give how many."""
    ending = await calendars_queries.lock_ending(session, before=now + calendars.LEFT_MIN, limit=READ_ANEW_AT_ONCE)
    count = 0
    for calendar in ending:
        zone = await calendars_queries.zone(session, therapist_id=calendar.therapist_id)
        if zone is None:
            continue
        try:
            await _read_anew(session, calendar=calendar, zone=zone, vault=vault, now=now)
        except (CalendarUnreadable, SealBroken) as error:  # the time it shut stays shut, and a person has to look
            log.warning("calendar_not_read_anew", calendar_id=str(calendar.id), error_kind=type(error).__name__)
        else:
            count += 1
    return count


async def _read_anew(
    session: AsyncSession, *, calendar: BusyCalendarRow, zone: str, vault: Vault, now: datetime
) -> None:
    kept = vault.open(calendar.source_sealed, place=_place(calendar.id))
    sent = await read(kept.encode(), zone=zone, now=now)
    await _shut(session, calendar=calendar, reading=sent.reading, now=now)


async def _require_room(
    session: AsyncSession, *, therapist_id: TherapistId, besides: BusyCalendarId, sealed: bytes, reading: Reading
) -> None:
    """Raise TooManyCalendars where this one would be too much beside the others."""
    taken = await calendars_queries.taken(session, therapist_id=therapist_id, besides=(besides,))
    if (
        taken.calendars >= calendars.CALENDARS_MAX
        or taken.kept_bytes + len(sealed) > calendars.KEPT_BYTES_MAX
        or taken.stretches + len(reading.busy) > calendars.STRETCHES_MAX
    ):
        raise TooManyCalendars


async def _shut(session: AsyncSession, *, calendar: BusyCalendarRow, reading: Reading, now: datetime) -> None:
    """Put what a calendar shuts in the place of what it shut before."""
    calendar.events = reading.events
    calendar.expanded_until = calendars.window(now).ends_at
    await session.flush()
    await session.execute(delete(BusyTimeRow).where(BusyTimeRow.calendar_id == calendar.id))
    rows = [
        {
            "calendar_id": calendar.id,
            "position": position,
            "therapist_id": calendar.therapist_id,
            "during": _range(each),
        }
        for position, each in enumerate(reading.busy)
    ]
    if rows:
        await session.execute(insert(BusyTimeRow), rows)


def _range(interval: Interval) -> Range[datetime]:
    return Range(interval.starts_at, interval.ends_at, bounds="[)")


def _stored(calendar: BusyCalendarRow, *, ignored: tuple[Ignored, ...] = ()) -> StoredCalendar:
    return StoredCalendar(
        name=calendar.name,
        events=calendar.events,
        version=calendar.version,
        updated_at=calendar.updated_at,
        ignored=ignored,
    )


def _place(calendar_id: BusyCalendarId) -> Place:
    return Place(table="busy_calendar", row=calendar_id, column="source_sealed")


def _record(session: AsyncSession, *, calendar_id: BusyCalendarId, by: Actor, now: datetime) -> None:
    audit.record(
        session, by=by, action=Action.CALENDAR_WRITE, subject_kind="busy_calendar", subject_id=calendar_id, now=now
    )

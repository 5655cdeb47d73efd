"""The small model: what therapists offer, who has what, and what follows, kept in plain lists.

It shares data with the service and no code: its slots come from the walk over minutes (`oracle`), its rules are written
down once more, as plainly as can be. Whether a hold has run out is a flag here, and clearing such holds is nothing.
"""

from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

from domain.availability.interval import Interval
from domain.availability.schedule import Schedule, SessionType
from domain.ids import ClientId, ExceptionId, TherapistId
from tests.domain.availability import oracle

MINUTE = timedelta(minutes=1)
DAY = timedelta(days=1)
WEEK = timedelta(days=7)
EVENT = timedelta(minutes=90)
HOLDS_MAX = 3
HOLD_MINUTES, HOLD_MINUTES_IN_ALL = 10, 30
KEPT_MINUTES, KEPT_MINUTES_REHOMING, KEPT_MINUTES_LEAST = 120, 48 * 60, 10
NEAR_OTHERS = timedelta(days=14)
ALTERNATIVES = 3


@dataclass(kw_only=True)
class Row:
    """A hold or appointment. id: None until the service was asked. age, left: of a hold, in minutes.

    given_for: the entry of one who waits, or the lost session, for which the service gave it; group: its seats share a
    capacity and one time of the therapist.
    """

    id: str | None
    status: str
    client: ClientId
    therapist: TherapistId
    code: str
    during: Interval
    occupied: Interval
    age: int = 0
    left: int = HOLD_MINUTES
    given_for: str | None = None
    series: str | None = None
    capacity: int = 1
    seat: int | None = None

    @property
    def live(self) -> bool:
        return self.status in {"held", "confirmed"}

    @property
    def own(self) -> bool:
        """Whether it takes its client's time."""
        return self.status == "confirmed" or (self.status == "held" and self.given_for is None)

    @property
    def group(self) -> tuple[TherapistId, str, datetime, datetime] | None:
        """Give what tells groups apart; None for a session of one client."""
        key = (self.therapist, self.code, self.during.starts_at, self.during.ends_at)
        return None if self.capacity == 1 else key


@dataclass(kw_only=True)
class Entry:
    """Somebody who waits for one therapist. code: None for any individual type."""

    id: str
    client: ClientId
    therapist: TherapistId
    code: str | None
    until: datetime
    status: str = "waiting"


@dataclass(frozen=True, kw_only=True)
class Busy:
    """An event of a calendar: 90 minutes from an instant, or the day that bears its date, where the therapist is."""

    first: datetime
    all_day: bool

    def during(self, zone: str) -> Interval:
        if not self.all_day:
            return Interval(starts_at=self.first, ends_at=self.first + EVENT)
        midnight = self.first.replace(tzinfo=None)
        begins, ends = (each.replace(tzinfo=ZoneInfo(zone)).astimezone(UTC) for each in (midnight, midnight + DAY))
        return Interval(starts_at=begins, ends_at=ends)


@dataclass(kw_only=True)
class Desk:
    """What one therapist says of their time."""

    schedule: Schedule
    opened: dict[ExceptionId, Interval] = field(default_factory=dict)
    closed: dict[ExceptionId, Interval] = field(default_factory=dict)
    calendars: dict[str, list[Busy]] = field(default_factory=dict)
    walked: dict[tuple[str, Interval, bool], list[datetime]] = field(default_factory=dict)

    def kind(self, code: str) -> SessionType:
        return next(kind for kind in self.schedule.session_types if kind.code == code)

    def change(self) -> None:
        """Forget what was walked: something of it has changed."""
        self.walked.clear()

    def starts(self, kind: SessionType, *, window: Interval, now: datetime, unbound: bool) -> list[datetime]:
        """Give the starts of open hours. unbound: as later sessions of a series are, by neither notice nor horizon."""
        asked = (kind.code, window, unbound)
        if asked not in self.walked:
            rules = replace(self.schedule, daily_limit=None)
            if unbound:
                rules = replace(rules, minimum_notice_minutes=0, horizon_days=366)
            self.walked[asked] = oracle.starts(
                rules,
                kind,
                window=window,
                now=now,
                opened=tuple(self.opened.values()),
                closed=tuple(self.closed.values()),
                busy=[each.during(rules.zone) for calendar in self.calendars.values() for each in calendar],
            )
        return self.walked[asked]


@dataclass(kw_only=True)
class World:
    """Everything. window: no start is offered outside of it."""

    now: datetime
    window: Interval
    desks: dict[TherapistId, Desk] = field(default_factory=dict)
    rows: list[Row] = field(default_factory=list)
    entries: list[Entry] = field(default_factory=list)

    def row(self, row_id: str) -> Row:
        return next(row for row in self.rows if row.id == row_id)

    def occupied(self, kind: SessionType, start: datetime) -> Interval:
        return Interval(
            starts_at=start - kind.buffer_before_minutes * MINUTE,
            ends_at=start + (kind.minutes + kind.buffer_after_minutes) * MINUTE,
        )

    def verdict(
        self,
        therapist: TherapistId,
        code: str,
        start: datetime,
        *,
        client: ClientId | None,
        besides: Collection[str | None] = (),
        unbound: bool = False,
    ) -> str | None:
        """Give the first reason against a start: hours, own or rivals; None when it can be had."""
        desk = self.desks[therapist]
        kind = desk.kind(code)
        during = Interval(starts_at=start, ends_at=start + kind.minutes * MINUTE)
        rivals = [row for row in self.rows if row.live and row.therapist == therapist and row.id not in besides]
        seats = [row for row in rivals if row.group == (therapist, code, during.starts_at, during.ends_at)]
        joins = bool(seats) and len(seats) < seats[0].capacity
        window = self.window if not unbound else Interval(starts_at=start, ends_at=start + MINUTE)
        if start not in desk.starts(kind, window=window, now=self.now, unbound=unbound):
            return "hours"
        if not joins and self._is_full(desk, start, rivals):
            return "hours"
        own = (row for row in self.rows if row.client == client and row.own and row.id not in besides)
        if any(row.during.overlaps(during) for row in own):
            return "own"
        occupied = self.occupied(kind, start)
        if not joins and any(row.occupied.overlaps(occupied) for row in rivals):
            return "rivals"
        return None

    def _is_full(self, desk: Desk, start: datetime, rows: Sequence[Row]) -> bool:
        limit = desk.schedule.daily_limit
        zone = ZoneInfo(desk.schedule.zone)

        def day(at: datetime) -> date:
            return at.astimezone(zone).date()

        taken = {row.group or row.id for row in rows if day(row.during.starts_at) == day(start)}
        return limit is not None and len(taken) >= limit

    def offered(
        self, therapist: TherapistId, codes: Collection[str], *, client: ClientId | None
    ) -> list[tuple[datetime, str]]:
        """Give what is offered, by start, then code."""
        desk = self.desks[therapist]
        return sorted(
            (start, code)
            for code in codes
            for start in desk.starts(desk.kind(code), window=self.window, now=self.now, unbound=False)
            if self.verdict(therapist, code, start, client=client) is None
        )

    def take(self, therapist: TherapistId, code: str, start: datetime, *, client: ClientId, status: str) -> Row:
        """Write down a session that can be had."""
        kind = self.desks[therapist].kind(code)
        row = Row(
            id=None,
            status=status,
            client=client,
            therapist=therapist,
            code=code,
            during=Interval(starts_at=start, ends_at=start + kind.minutes * MINUTE),
            occupied=self.occupied(kind, start),
            capacity=kind.capacity,
        )
        self._seat(row)
        self.rows.append(row)
        return row

    def _seat(self, row: Row) -> None:
        """Give the row the lowest free seat of its group, whose time and capacity are those of who came first."""
        row.seat = None
        if row.group is None:
            return
        others = [each for each in self.rows if each is not row and each.live and each.group == row.group]
        if others:
            row.occupied, row.capacity = others[0].occupied, others[0].capacity
        taken = {each.seat for each in others}
        row.seat = next(number for number in range(1, row.capacity + 1) if number not in taken)

    def put(self, rows: Sequence[Row], starts: Sequence[datetime]) -> None:
        """Move sessions to starts that can be had, one after the other as each leaves room for the next."""
        moves = sorted(zip(rows, starts, strict=True), key=lambda move: move[0].during.starts_at)
        if starts[0] > rows[0].during.starts_at:
            moves.reverse()
        for row, start in moves:
            kind = self.desks[row.therapist].kind(row.code)
            row.during = Interval(starts_at=start, ends_at=start + kind.minutes * MINUTE)
            row.occupied, row.capacity = self.occupied(kind, start), kind.capacity
            self._seat(row)

    def holds(self, client: ClientId) -> list[Row]:
        """Give a client's live holds of their own."""
        return [row for row in self.rows if row.client == client and row.status == "held" and row.given_for is None]

    def same_hold(self, client: ClientId, therapist: TherapistId, code: str, start: datetime) -> Row | None:
        """Give the live hold of exactly this session, own or given."""
        return next(
            (
                row
                for row in self.rows
                if (row.status, row.client, row.therapist, row.code) == ("held", client, therapist, code)
                and row.during.starts_at == start
            ),
            None,
        )

    def overlaps_own(self, row: Row) -> bool:
        """Tell whether something of its client's own stands where a given hold would be booked."""
        return any(
            each.own and each.client == row.client and each is not row and each.during.overlaps(row.during)
            for each in self.rows
        )

    def weeks(self, therapist: TherapistId, first: datetime, count: int) -> Iterator[datetime]:
        """Give the starts of a series: what the therapist's wall shows at the first, week after week."""
        zone = ZoneInfo(self.desks[therapist].schedule.zone)
        wall = first.astimezone(zone).replace(tzinfo=None)
        for number in range(count):
            yield (wall + number * WEEK).replace(tzinfo=zone).astimezone(UTC)

    def shifted(self, row: Row, meant: Sequence[Row], start: datetime) -> list[datetime]:
        """Move starts by the difference on the wall that takes the one row to its new start."""
        zone = ZoneInfo(self.desks[row.therapist].schedule.zone)

        def wall(at: datetime) -> datetime:
            return at.astimezone(zone).replace(tzinfo=None)

        by = wall(start) - wall(row.during.starts_at)
        return [(wall(each.during.starts_at) + by).replace(tzinfo=zone).astimezone(UTC) for each in meant]

    def of_weeks(
        self,
        therapist: TherapistId,
        code: str,
        starts: Sequence[datetime],
        *,
        client: ClientId,
        besides: Sequence[Row] = (),
    ) -> list[str | None]:
        """Give the verdict on each of several starts; notice and horizon bind the earliest, and with it beyond all."""
        ids = {row.id for row in besides}
        first = min(starts, default=self.now)
        beyond = first > self.now + self.desks[therapist].schedule.horizon_days * DAY
        return [
            "hours"
            if beyond
            else self.verdict(therapist, code, start, client=client, besides=ids, unbound=start != first)
            for start in starts
        ]

    def freed(self, therapist: TherapistId, during: Interval, *, left_by: ClientId) -> None:
        """Keep freed time for the first other who waits and whom something over it fits, the nearest to it first."""
        for entry in self.entries:
            rows = [row for row in self.rows if row.given_for == entry.id]
            asked = entry.therapist == therapist and entry.status == "waiting" and entry.client != left_by
            if not asked or any(row.status == "held" for row in rows):
                continue
            fitting = [
                (start, code)
                for start, code in self.offered(therapist, self._codes(entry), client=entry.client)
                if start < entry.until and self._would_use(therapist, code, start, during, rows)
            ]
            fitting.sort(key=lambda each: (self._distance(therapist, each[0], each[1], during), each))
            if any(
                self._give(therapist, code, start, client=entry.client, given_for=entry.id, minutes=KEPT_MINUTES)
                for start, code in fitting[:3]
            ):
                return

    def _give(
        self,
        therapist: TherapistId,
        code: str,
        start: datetime,
        *,
        client: ClientId,
        given_for: str | None,
        minutes: int,
    ) -> bool:
        """Keep a time for somebody, and say whether it can be kept long enough."""
        notice = self.desks[therapist].schedule.minimum_notice_minutes * MINUTE
        left = min(self.now + minutes * MINUTE, start - notice) - self.now
        if left < KEPT_MINUTES_LEAST * MINUTE:
            return False
        given = self.take(therapist, code, start, client=client, status="held")
        given.given_for, given.left = given_for, left // MINUTE
        return True

    def rehome(self, lost: Row) -> None:
        """Keep another session for a client whose next one with a therapist was cancelled by somebody else."""
        with_therapist = [row for row in self.rows if (row.client, row.therapist) == (lost.client, lost.therapist)]
        before = [
            row for row in with_therapist if row.status == "confirmed" and row.during.starts_at < lost.during.starts_at
        ]
        instead = {row.id for row in with_therapist}
        given = [row for row in self.rows if row.client == lost.client and row.given_for in instead]
        if before or any(row.given_for == lost.id or row.status == "held" for row in given):
            return
        for therapist, code, start in self._alternatives(lost):
            if self._give(therapist, code, start, client=lost.client, given_for=lost.id, minutes=KEPT_MINUTES_REHOMING):
                return

    def _alternatives(self, lost: Row) -> list[tuple[TherapistId, str, datetime]]:
        """Give three: the nearest of the same with the same therapist, then those of others, none in another's way."""
        near = lost.during.starts_at
        picked: list[tuple[TherapistId, str, datetime]] = []
        for reach in (near, self.now):
            same = [
                (lost.therapist, code, at) for at, code in self.offered(lost.therapist, [lost.code], client=lost.client)
            ]
            others = [
                (therapist, kind.code, at)
                for therapist, desk in self.desks.items()
                for kind in desk.schedule.session_types
                if therapist != lost.therapist and kind.capacity == 1
                for at, _ in self.offered(therapist, [kind.code], client=lost.client)
                if reach - NEAR_OTHERS <= at < reach + NEAR_OTHERS
            ]
            for found in (same, others):
                for each in sorted(found, key=lambda one: (abs(one[2] - reach), one[2], one[0], one[1])):
                    apart = not any(self._meet(each, other) for other in picked)
                    if len(picked) < ALTERNATIVES and apart and not self._during(*each).overlaps(lost.during):
                        picked.append(each)
            if picked:
                break
        return picked

    def _during(self, therapist: TherapistId, code: str, start: datetime) -> Interval:
        return Interval(starts_at=start, ends_at=start + self.desks[therapist].kind(code).minutes * MINUTE)

    def _meet(self, one: tuple[TherapistId, str, datetime], other: tuple[TherapistId, str, datetime]) -> bool:
        if one[0] != other[0]:
            return self._during(*one).overlaps(self._during(*other))
        first, second = (self.occupied(self.desks[each[0]].kind(each[1]), each[2]) for each in (one, other))
        return first.overlaps(second)

    def _distance(self, therapist: TherapistId, start: datetime, code: str, freed: Interval) -> timedelta:
        """Give how far from freed time a session would begin to take the therapist's."""
        return abs(self.occupied(self.desks[therapist].kind(code), start).starts_at - freed.starts_at)

    def _codes(self, entry: Entry) -> list[str]:
        kinds = self.desks[entry.therapist].schedule.session_types
        return [kind.code for kind in kinds if kind.capacity == 1] if entry.code is None else [entry.code]

    def _would_use(
        self, therapist: TherapistId, code: str, start: datetime, freed: Interval, before: Sequence[Row]
    ) -> bool:
        """Tell whether a session would take freed time, and is none that was let pass."""
        kind = self.desks[therapist].kind(code)
        during = Interval(starts_at=start, ends_at=start + kind.minutes * MINUTE)
        return self.occupied(kind, start).overlaps(freed) and not any(row.during.overlaps(during) for row in before)

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
WEEK = timedelta(days=7)
HOLDS_MAX = 3
HOLD_MINUTES, HOLD_MINUTES_IN_ALL = 10, 30
KEPT_MINUTES, KEPT_MINUTES_LEAST = 120, 10


@dataclass(kw_only=True)
class Row:
    """A hold or appointment. id: None until the service was asked. age, left: of a hold, in minutes.

    entry: the one who waits and was given it; group: its seats share one capacity and one time of the therapist.
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
    entry: str | None = None
    capacity: int = 1
    seat: int | None = None

    @property
    def live(self) -> bool:
        return self.status in {"held", "confirmed"}

    @property
    def own(self) -> bool:
        """Whether it takes its client's time."""
        return self.status == "confirmed" or (self.status == "held" and self.entry is None)

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


@dataclass(kw_only=True)
class Desk:
    """What one therapist says of their time."""

    schedule: Schedule
    opened: dict[ExceptionId, Interval] = field(default_factory=dict)
    closed: dict[ExceptionId, Interval] = field(default_factory=dict)
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

    def put(self, row: Row, start: datetime) -> None:
        """Move a session to a start that can be had."""
        kind = self.desks[row.therapist].kind(row.code)
        row.during = Interval(starts_at=start, ends_at=start + kind.minutes * MINUTE)
        row.occupied, row.capacity = self.occupied(kind, start), kind.capacity
        self._seat(row)

    def holds(self, client: ClientId) -> list[Row]:
        """Give a client's live holds of their own."""
        return [row for row in self.rows if row.client == client and row.status == "held" and row.entry is None]

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

    def freed(self, therapist: TherapistId, during: Interval) -> None:
        """Keep freed time for the first who waits and whom something over it fits, what begins nearest to it first."""
        notice = self.desks[therapist].schedule.minimum_notice_minutes * MINUTE
        for entry in self.entries:
            rows = [row for row in self.rows if row.entry == entry.id]
            if entry.therapist != therapist or entry.status != "waiting" or any(row.status == "held" for row in rows):
                continue
            fitting = [
                (start, code)
                for start, code in self.offered(therapist, self._codes(entry), client=entry.client)
                if start < entry.until and self._would_use(therapist, code, start, during, rows)
            ]
            fitting.sort(key=lambda each: (self._distance(therapist, each[0], each[1], during), each))
            for start, code in fitting[:3]:
                left = min(self.now + KEPT_MINUTES * MINUTE, start - notice) - self.now
                if left >= KEPT_MINUTES_LEAST * MINUTE:
                    given = self.take(therapist, code, start, client=entry.client, status="held")
                    given.entry, given.left = entry.id, left // MINUTE
                    return

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

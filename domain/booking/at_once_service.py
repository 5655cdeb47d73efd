"""Hold or book in two statements where nothing stands in the way.

Most requests meet nothing: the time is free, the license holds, nobody races. They are served by a look and a write.
Since many may race for one time, that somebody else has it is answered here too, where three others are near. Whatever
else there is (another refusal, a group's seat, a daily limit, a hold that has run out in the way, one that was given
to this client) is left to the careful path, which takes locks in order and knows what to answer: here it is None, and
nothing was written. The rules are the same functions, `offer.refusal` and `permissions.covering`.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Literal

import asyncpg
from sqlalchemy.dialects.postgresql import Range

from domain.access import policy
from domain.access.actor import Actor, Role
from domain.access.policy import Action
from domain.accounts.tokens import Claims, NotAuthenticated
from domain.audit.entry import entry
from domain.availability.interval import Interval
from domain.availability.schedule import SessionFormat
from domain.booking import at_once_queries, nearest, offer, offers_service, practice_queries, practice_rows
from domain.booking.at_once_queries import Caller
from domain.booking.caseload import Standing
from domain.booking.consequences import Booked
from domain.booking.occupation_queries import HOLD, HOLDS_MAX
from domain.booking.offer import Offer, Refusal
from domain.booking.practice_queries import Known
from domain.booking.states import Kind, Origin, Status
from domain.booking.tables import Booking
from domain.booking.terms import DEFAULT_TERMS
from domain.booking.wanted import Wanted
from domain.database import DriverConnection
from domain.ids import BookingId, ClientId, MatchId, PermissionId, TherapistId, uuid7
from domain.insertion import Insertion
from domain.licensing import permissions, places
from domain.replay.service import Kept, Request
from domain.therapists.session_access import SealedAccess

DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """Who asks, as their token says, and under which idempotency key."""

    claims: Claims
    request: Request | None

    @property
    def caller(self) -> Caller:
        """Give what the statements ask of the one who asks."""
        return Caller(
            account_id=self.claims.account_id,
            session_id=self.claims.session_id,
            key_digest=None if self.request is None else self.request.key_digest,
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Ready:
    """A booking that nothing stands in the way of, as it will be once it is written.

    relied_on: the permissions it rests on. held_version: that of the hold it was, None for a new row. access:
    how to get into the therapist's sessions.
    """

    booking: Booking
    actor: Actor
    relied_on: tuple[PermissionId, ...]
    first_with_therapist: bool
    held_version: int | None
    access: SealedAccess | None
    now: datetime

    @property
    def booked(self) -> Booked:
        """Give what consequences are told."""
        return Booked(
            booking_id=self.booking.id,
            client_id=self.actor.client_id,
            therapist_id=self.booking.therapist_id,
            starts_at=self.booking.starts_at,
            first_with_therapist=self.first_with_therapist,
            by=self.actor,
            now=self.now,
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Taken:
    """A time that the schedule and the license allow, and that somebody else has."""

    wanted: Wanted
    place: str
    client_id: ClientId
    now: datetime


async def look(
    connection: DriverConnection, *, asked: Asked, wanted: Wanted, status: Status, now: datetime
) -> Ready | Kept | Taken | None:
    """Look at what a client wants: ready to be taken, answered before under this key, or in somebody else's hands.

    None is for the careful path. Raises NotAuthenticated, WrongRole.
    """
    begins = wanted.starts_at.astimezone(UTC)
    row = await at_once_queries.look(
        connection,
        caller=asked.caller,
        therapist_id=wanted.therapist_id,
        match_id=wanted.match_id,
        window=Interval(starts_at=begins, ends_at=begins + DAY),
        now=now,
    )
    action = Action.HOLD_CREATE if status is Status.HELD else Action.APPOINTMENT_BOOK
    actor, before = _known(row, asked=asked, action=action)
    if row is None or before is not None:
        return before
    if row["home"] is None or row["id"] is None or not row["match_is_own"]:
        return None
    return _ready(row, wanted=wanted, status=status, actor=actor, now=now)


async def instead(connection: DriverConnection, *, taken: Taken) -> tuple[Offer, ...] | None:
    """Give 3 sessions that can be held in place of one that is taken; None where one has to look further."""
    near = max(taken.wanted.starts_at, taken.now).astimezone(UTC)
    window = offers_service.within_reach(nearest.windows(near)[0], now=taken.now)
    if window is None:
        return None
    found = await practice_queries.fetch(
        connection,
        therapist_ids=(taken.wanted.therapist_id,),
        client_id=taken.client_id,
        window=window,
        place=taken.place,
        now=taken.now,
    )
    if not found or not offers_service.takes_on(found[0]):
        return None
    sought = nearest.Sought(
        session_type=taken.wanted.session_type,
        session_format=taken.wanted.session_format,
        near=near,
        own=found[0].own,
        avoided=None,
    )
    offers = nearest.same_kind(found[0].practice, sought, window=window, now=taken.now)
    return offers if len(offers) == nearest.ALTERNATIVES else None


async def look_at_hold(
    connection: DriverConnection, *, asked: Asked, hold_id: BookingId, now: datetime
) -> Ready | Kept | None:
    """Look at a hold of the client's own that is to be booked, in the same way. Raises NotAuthenticated, WrongRole."""
    row = await at_once_queries.look_at_hold(connection, caller=asked.caller, hold_id=hold_id, now=now)
    actor, before = _known(row, asked=asked, action=Action.APPOINTMENT_BOOK)
    if row is None or before is not None:
        return before
    if row["id"] is None or not row["listed"]:
        return None
    booking = _confirmed(row, now=now)
    relied_on = permissions.covering(
        practice_rows.permits(row["permits"]),
        place=row["jurisdiction"],
        during=Interval(starts_at=booking.starts_at, ends_at=booking.ends_at),
        in_person=booking.session_format is SessionFormat.IN_PERSON,
    )
    if not relied_on:
        return None
    return Ready(
        booking=booking,
        actor=actor,
        relied_on=relied_on,
        first_with_therapist=not row["known"],
        held_version=row["version"],
        access=_access(booking.therapist_id, row["access"]),
        now=now,
    )


async def take(
    connection: DriverConnection, *, ready: Ready, request: Request | None, along: Sequence[Insertion]
) -> bool:
    """Write a booking with its audit and all that belongs to it; False where something stood in the way after all."""
    held = ready.booking.status is Status.HELD
    written = entry(
        by=ready.actor,
        action=Action.HOLD_CREATE if held else Action.APPOINTMENT_BOOK,
        subject_kind="booking",
        subject_id=ready.booking.id,
        now=ready.now,
    )
    lock = None if request is None else request.lock
    if ready.held_version is not None:
        return await at_once_queries.confirm(
            connection,
            hold_id=ready.booking.id,
            version=ready.held_version,
            along=(written, *along),
            relied_on=ready.relied_on,
            lock=lock,
            client_id=ready.actor.account_id,
            now=ready.now,
        )
    return await at_once_queries.take(
        connection,
        booking=_insertion(ready.booking),
        along=(written, *along),
        relied_on=ready.relied_on,
        lock=lock,
        client_id=ready.actor.account_id,
        counted=held,
    )


def _known(row: asyncpg.Record | None, *, asked: Asked, action: Action) -> tuple[Actor, Kept | None]:
    """Say who asks, and what they were answered before. Raises NotAuthenticated, WrongRole."""
    if row is None:
        raise NotAuthenticated("This sign-in has ended; sign in again.")
    actor = Actor(account_id=asked.claims.account_id, role=Role(row["role"]), session_id=asked.claims.session_id)
    policy.require(actor, action)
    if row["reply_id"] is None:
        return actor, None
    return actor, Kept(
        reply_id=row["reply_id"],
        request_digest=row["request_digest"],
        status=row["reply_status"],
        body_sealed=row["body_sealed"],
    )


def _ready(row: asyncpg.Record, *, wanted: Wanted, status: Status, actor: Actor, now: datetime) -> Ready | Taken | None:
    place = wanted.jurisdiction or row["home"]
    if wanted.session_format is SessionFormat.IN_PERSON:
        place = row["rooms"] or place
    if not places.is_known(place):
        return None
    known = practice_queries.known(row, place=place)
    meant = _meant(known, wanted=wanted, now=now)
    number = _hold_number(row["hold_numbers"]) if status is Status.HELD else None
    if meant is Refusal.RIVALS:
        if row["given"]:
            return None
        return Taken(wanted=wanted, place=place, client_id=actor.client_id, now=now)
    if meant is None or (status is Status.HELD and number is None):
        return None
    relied_on = permissions.covering(
        known.permits,
        place=place,
        during=meant.during,
        in_person=wanted.session_format is SessionFormat.IN_PERSON,
    )
    if not relied_on:
        return None
    booking = _new(
        meant, wanted=wanted, place=place, status=status, client_id=actor.client_id, at=row["db_now"], now=now
    )
    booking.hold_number = number
    return Ready(
        booking=booking,
        actor=actor,
        relied_on=relied_on,
        first_with_therapist=not row["known"],
        held_version=None,
        access=_access(booking.therapist_id, row["access"]),
        now=now,
    )


def _access(therapist_id: TherapistId, sealed: bytes | None) -> SealedAccess | None:
    return None if sealed is None else SealedAccess(therapist_id=therapist_id, sealed=sealed)


def _meant(known: Known, *, wanted: Wanted, now: datetime) -> Offer | Literal[Refusal.RIVALS] | None:
    """Give the offer where it is an individual one that nothing stands against, or that somebody else has it."""
    if not known.listed or offers_service.standing_of(known) is not Standing.OPEN:
        return None
    kind = known.practice.kind_of(wanted.session_type)
    if kind is None or kind.capacity > 1 or wanted.session_format not in kind.session_formats:
        return None
    if known.practice.schedule.daily_limit is not None:  # its count needs a lock
        return None
    meant = offer.offer_of(known.practice, kind, starts_at=wanted.starts_at.astimezone(UTC))
    in_person = wanted.session_format is SessionFormat.IN_PERSON
    refused = offer.refusal(known.practice, meant, own=known.own, in_person=in_person, now=now)
    if refused is None:
        return meant
    return Refusal.RIVALS if refused.reason is Refusal.RIVALS else None


def _hold_number(taken: Sequence[int | None]) -> int | None:
    """Give the lowest number no hold of the client's has, lively or not; None where all have gone."""
    return next((number for number in range(1, HOLDS_MAX + 1) if number not in taken), None)


def _new(
    meant: Offer, *, wanted: Wanted, place: str, status: Status, client_id: ClientId, at: datetime, now: datetime
) -> Booking:
    """Make the row. at: the database's time, by which the hold will be counted."""
    held = status is Status.HELD
    during, occupied = meant.during, meant.occupied
    return Booking(
        id=BookingId(uuid7()),
        kind=Kind.INDIVIDUAL,
        status=status,
        therapist_id=meant.therapist_id,
        client_id=client_id,
        session_type=meant.session_type,
        session_format=wanted.session_format,
        jurisdiction=place,
        during=Range(during.starts_at, during.ends_at),
        occupied=Range(occupied.starts_at, occupied.ends_at),
        wall_start=meant.wall_start,
        zone=meant.zone,
        fee_minor=meant.fee.amount,
        currency=meant.fee.currency,
        free_cancellation_hours=DEFAULT_TERMS.free_cancellation_hours,
        late_fee_percent=DEFAULT_TERMS.late_fee_percent,
        match_id=wanted.match_id,
        held_at=at if held else None,
        expires_at=at + HOLD if held else None,
        confirmed_at=None if held else at,
        origin=Origin.CLIENT,
        version=1,
        created_at=now,
        updated_at=now,
    )


def _confirmed(row: asyncpg.Record, *, now: datetime) -> Booking:
    """Make the row that the hold will be."""
    return Booking(
        id=BookingId(row["id"]),
        kind=Kind(row["kind"]),
        status=Status.CONFIRMED,
        therapist_id=TherapistId(row["therapist_id"]),
        client_id=ClientId(row["client_id"]),
        session_type=row["session_type"],
        session_format=SessionFormat(row["session_format"]),
        jurisdiction=row["jurisdiction"],
        during=Range(row["starts_at"], row["ends_at"]),
        occupied=Range(row["occupied_from"], row["occupied_until"]),
        wall_start=row["wall_start"],
        zone=row["zone"],
        fee_minor=row["fee_minor"],
        currency=row["currency"],
        free_cancellation_hours=row["free_cancellation_hours"],
        late_fee_percent=row["late_fee_percent"],
        match_id=None if row["match_id"] is None else MatchId(row["match_id"]),
        group_id=row["group_id"],
        seat_number=row["seat_number"],
        capacity=row["capacity"],
        held_at=row["held_at"],
        expires_at=row["expires_at"],
        origin=Origin(row["origin"]),
        hold_number=row["hold_number"],
        version=row["version"] + 1,
        created_at=row["created_at"],
        updated_at=now,
    )


def _insertion(booking: Booking) -> Insertion:
    """Give the row as the statement takes it."""
    if booking.session_format is None:
        raise ValueError("a session of a client has a format")
    return Insertion(
        shape=at_once_queries.BOOKING,
        values=(
            booking.id,
            booking.kind.value,
            booking.status.value,
            booking.therapist_id,
            booking.client_id,
            booking.session_type,
            booking.session_format.value,
            booking.jurisdiction,
            asyncpg.Range(booking.during.lower, booking.during.upper),
            asyncpg.Range(booking.occupied.lower, booking.occupied.upper),
            booking.wall_start,
            booking.zone,
            booking.fee_minor,
            booking.currency,
            booking.free_cancellation_hours,
            booking.late_fee_percent,
            booking.match_id,
            booking.held_at,
            booking.expires_at,
            booking.confirmed_at,
            booking.origin.value,
            booking.hold_number,
            booking.version,
            booking.created_at,
            booking.updated_at,
        ),
    )

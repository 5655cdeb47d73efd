"""Move a session and others of its series together: by the same difference of wall time, all of them or none."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from sqlalchemy.ext.asyncio import AsyncSession

from domain.access.actor import Actor
from domain.availability.interval import Interval
from domain.availability.schedule import SessionFormat, SessionType
from domain.booking import move_service, queries, series, series_service, verdict_service
from domain.booking.consequences import MoveConsequence
from domain.booking.move_service import NOT_BOOKABLE, TYPE_CHANGED, TYPE_GONE, Missed, Move
from domain.booking.offer import Offer
from domain.booking.offers_service import SessionTypeUnknown
from domain.booking.refusals import SlotNotOffered, WeeksRefused
from domain.booking.series import Decided, Reason, WeekRefused
from domain.booking.tables import Booking
from domain.booking.verdict_service import Facts, FormatNotOffered
from domain.booking.wanted import Wanted
from domain.ids import BookingId, ClientId
from domain.therapists.service import TherapistNotFound
from domain.vault.cipher import Vault

REACH = timedelta(days=2)  # more than any difference between real time and wall time


@dataclass(frozen=True, slots=True, kw_only=True)
class Shift:
    """What is asked: sessions by their ids and starts, the named one first, which goes to a wanted start.

    Kept apart from the rows, which show what was written when a move is taken back.
    """

    wanted: Wanted
    place: str
    client_id: ClientId
    of_group: bool
    ids: tuple[BookingId, ...]
    starts: tuple[datetime, ...]

    @property
    def window(self) -> Interval:
        """Give the time in which all new starts lie, and more."""
        by = self.wanted.starts_at - self.starts[0]
        return Interval(
            starts_at=(min(self.starts) + by - REACH).astimezone(UTC),
            ends_at=(max(self.starts) + by + REACH).astimezone(UTC),
        )


async def move(
    session: AsyncSession,
    *,
    meant: Sequence[Booking],
    wanted: Wanted,
    by: Actor,
    now: datetime,
    vault: Vault,
    after: Sequence[MoveConsequence[AsyncSession]],
) -> tuple[Booking, ...]:
    """Move the first session that is meant to the wanted start, and the others with it; give them in the same order.

    The client is locked. Raises SlotNotOffered where no such session can be moved at all, TransitionNotAllowed for one
    that was cancelled meanwhile, and WeeksRefused, which names every session that can't be had at its new time.
    """
    named = meant[0]
    if named.client_id is None or wanted.jurisdiction is None:
        raise ValueError("a group's own row is not moved")
    shift = Shift(
        wanted=wanted,
        place=wanted.jurisdiction,
        client_id=named.client_id,
        of_group=named.group_id is not None,
        ids=tuple(each.id for each in meant),
        starts=tuple(each.starts_at for each in meant),
    )
    decided = await _decided(session, shift=shift, now=now)
    conflicts = series.refused(decided)
    if not conflicts:
        moves = [
            Move(appointment=each, offer=offer)
            for each, offer in zip(meant, decided, strict=True)
            if isinstance(offer, Offer)
        ]
        outcome = await move_service.move(session, moves=moves, by=by, now=now, vault=vault, after=after)
        if not isinstance(outcome, Missed):
            return outcome
        # who was faster has been seen by now: every week is asked again, so that all are named
        again = series.refused(await _decided(session, shift=shift, now=now))
        conflicts = again or (await _missed(session, missed=outcome, shift=shift),)
    raise await _refusal(session, shift=shift, conflicts=conflicts, by=by, now=now)


async def _decided(session: AsyncSession, *, shift: Shift, now: datetime) -> tuple[Decided, ...]:
    """Say of each session whether it can be had at its new time."""
    facts, kind = await _facts(session, shift=shift, now=now)
    weeks = series.shifted(
        shift.starts,
        from_start=shift.starts[0],
        to_start=shift.wanted.starts_at,
        zone=facts.practice.schedule.zone,
    )
    in_person = shift.wanted.session_format is SessionFormat.IN_PERSON
    return series.decided(facts.practice, kind, weeks, own=facts.own, in_person=in_person, now=now)


async def _facts(session: AsyncSession, *, shift: Shift, now: datetime) -> tuple[Facts, SessionType]:
    try:
        facts = await verdict_service.rely_on(
            session,
            therapist_id=shift.wanted.therapist_id,
            window=shift.window,
            place=shift.place,
            client_id=shift.client_id,
            besides=shift.ids,
            now=now,
        )
        kind = verdict_service.kind_of(facts.practice, shift.wanted)
    except TherapistNotFound:
        detail = NOT_BOOKABLE
    except (SessionTypeUnknown, FormatNotOffered):
        detail = TYPE_GONE
    else:
        if (kind.capacity > 1) == shift.of_group:
            return facts, kind
        detail = TYPE_CHANGED
    ways_on = await verdict_service.alternatives(
        session, instead_of=shift.wanted, place=shift.place, client_id=shift.client_id, now=now
    )
    raise SlotNotOffered(detail, alternatives=ways_on)


async def _missed(session: AsyncSession, *, missed: Missed, shift: Shift) -> WeekRefused:
    """Say why the first session that came too late can't be had, where nothing shows it any more."""
    during = missed.move.offer.during
    if missed.day_full:
        return WeekRefused(starts_at=during.starts_at, reason=Reason.NOT_OFFERED)
    own = await queries.own_overlap(session, client_id=shift.client_id, during=during)
    return WeekRefused(starts_at=during.starts_at, reason=Reason.TAKEN if own is None else Reason.OWN_TIME)


async def _refusal(
    session: AsyncSession, *, shift: Shift, conflicts: tuple[WeekRefused, ...], by: Actor, now: datetime
) -> WeeksRefused:
    return await series_service.weeks_refused(
        session, wanted=shift.wanted, place=shift.place, conflicts=conflicts, by=by, now=now
    )

"""Bodies and views of holds and appointments."""

from collections.abc import Sequence
from datetime import UTC
from enum import StrEnum
from typing import Annotated
from uuid import UUID

from pydantic import Field

from api.alternatives import AlternativeView
from api.wire import Body, Instant, Jurisdiction, MoneyWire, View, money_wire, short
from domain.access.actor import Role
from domain.availability.schedule import SessionFormat
from domain.booking import ways_on
from domain.booking.cancel_service import CancelRequest
from domain.booking.details import Details
from domain.booking.ending_queries import HOLD_IN_ALL
from domain.booking.series import Scope
from domain.booking.states import Attendance, Origin, Status
from domain.booking.tables import Booking
from domain.booking.terms import CancellationTerms, FeeDue, Party, ReasonCode
from domain.booking.wanted import Wanted
from domain.booking.ways_on import WayOn
from domain.errors import Flaw, Invalid
from domain.ids import BookingId, MatchId, TherapistId
from domain.money import Money
from domain.therapists.session_access import SessionAccess

SessionTypeCode = Annotated[str, short(50)]
NEEDED = ("therapist_id", "session_type", "start", "session_format")


class AppointmentStatus(StrEnum):
    """Where an appointment stands."""

    CONFIRMED = "confirmed"
    CANCELLED = "cancelled"
    COMPLETED = "completed"
    NO_SHOW = "no_show"


class CreateHold(
    Body,
    json_schema_extra={
        "examples": [
            {
                "therapist_id": "01a206d2-0511-71af-b5b6-7a42e2744a94",
                "session_type": "individual_50",
                "start": "2027-03-01T15:00:00Z",
                "session_format": "video",
            }
        ]
    },
):
    """What to hold. jurisdiction: where you will be, if not where your profile says; match_id: what led here."""

    therapist_id: UUID
    session_type: SessionTypeCode
    start: Instant
    session_format: SessionFormat
    jurisdiction: Jurisdiction | None = None
    match_id: UUID | None = None

    def wanted(self) -> Wanted:
        """Give the domain's value."""
        return Wanted(
            therapist_id=TherapistId(self.therapist_id),
            session_type=self.session_type,
            starts_at=self.start.astimezone(UTC),
            session_format=self.session_format,
            jurisdiction=self.jurisdiction,
            match_id=None if self.match_id is None else MatchId(self.match_id),
        )


class CreateAppointment(Body, json_schema_extra={"examples": [{"hold_id": "01a206d2-1350-78de-9259-a1746504becb"}]}):
    """What to book: either a hold by `hold_id` alone, or what a hold would name."""

    hold_id: UUID | None = None
    therapist_id: UUID | None = None
    session_type: SessionTypeCode | None = None
    start: Instant | None = None
    session_format: SessionFormat | None = None
    jurisdiction: Jurisdiction | None = None
    match_id: UUID | None = None

    def wanted(self) -> BookingId | Wanted:
        """Give the hold to book, or what is to be booked straight away. Raises BookingUnclear."""
        if self.hold_id is not None:
            beside = sorted(self.model_fields_set - {"hold_id"})
            if beside:
                raise BookingUnclear(
                    *(Flaw(pointer=f"/{name}", detail="Leave this out beside hold_id.") for name in beside)
                )
            return BookingId(self.hold_id)
        therapist_id, session_type, start, session_format = (
            self.therapist_id,
            self.session_type,
            self.start,
            self.session_format,
        )
        if therapist_id is None or session_type is None or start is None or session_format is None:
            raise BookingUnclear(
                *(
                    Flaw(pointer=f"/{name}", detail="This is required without hold_id.")
                    for name in NEEDED
                    if getattr(self, name) is None
                )
            )
        return CreateHold(
            therapist_id=therapist_id,
            session_type=session_type,
            start=start,
            session_format=session_format,
            jurisdiction=self.jurisdiction,
            match_id=self.match_id,
        ).wanted()


class BookingUnclear(Invalid):
    """The body names a hold and more, or neither a hold nor all that a session needs."""


class CancelAppointment(Body, json_schema_extra={"examples": [{"reason_code": "illness"}]}):
    """Why you cancel. note: in your own words, kept encrypted.

    scope: how much of its series, of what is still ahead.
    """

    reason_code: ReasonCode
    scope: Scope = Scope.ONE
    note: Annotated[str, short(2000)] | None = None

    def request(self) -> CancelRequest:
        """Give the domain's value."""
        return CancelRequest(reason=self.reason_code, note=self.note)


class RescheduleAppointment(Body, json_schema_extra={"examples": [{"start": "2027-03-01T16:00:00Z"}]}):
    """The new start. scope: how much of its series goes with it, by the same difference on the therapist's wall."""

    start: Instant
    scope: Scope = Scope.ONE


class HoldView(View):
    """A session that is kept for you until `expires_at`.

    renewable_until: how far `POST …/renewal` can bring it, or null for one that was given to you.
    """

    id: UUID
    therapist_id: UUID
    session_type: str
    start: Instant
    end: Instant
    session_format: SessionFormat
    jurisdiction: str
    expires_at: Instant
    renewable_until: Instant | None


class CancellationPolicyView(View):
    """What cancelling costs and until when it is free, as it was when you booked."""

    free_until_hours: int
    late_fee_percent: int
    summary: str


class KeptView(View):
    """That a session is held for you already; book it with `POST /v1/appointments {hold_id}`."""

    hold_id: UUID
    expires_at: Instant


class WayOnView(AlternativeView):
    """A session you can have instead of one you lost. held: where it is kept for you; otherwise hold it."""

    held: KeptView | None


class CancellationView(View):
    """How an appointment was cancelled, and what is owed for it. message: for a client who did not cancel it."""

    fee: MoneyWire
    reason_code: ReasonCode
    cancelled_by: Party
    cancelled_at: Instant
    message: str | None


class SessionAccessView(View):
    """How to get into the session: the part of its format, the others null."""

    video_url: str | None
    phone: str | None
    address: str | None
    jurisdiction: str | None


class AttendanceView(View):
    """Whether the session took place. disputed: its parties differ, and no admin has decided yet."""

    outcome: Attendance
    disputed: bool


class AppointmentView(View):
    """An appointment, for both its parties.

    session_access: how to get in, while it is confirmed and where the therapist has said it. wall_start: what the
    therapist's wall shows at the start by the rules it was booked by, those of therapist_time_zone; a therapist who
    has moved since keeps the instant `start`, on another wall.
    cancellation: where it was cancelled. alternatives: for a client who did not cancel it, when read by itself; what
    is kept for them comes first.
    """

    id: UUID
    status: AppointmentStatus
    client_id: UUID
    therapist_id: UUID
    session_type: str
    start: Instant
    end: Instant
    session_format: SessionFormat
    jurisdiction: str
    session_access: SessionAccessView | None
    wall_start: str = Field(examples=["2027-03-01T09:00"])
    therapist_time_zone: str
    fee: MoneyWire
    cancellation_policy: CancellationPolicyView
    series_id: UUID | None = Field(description="the standing series it belongs to, if any")
    attendance: AttendanceView | None = Field(description="null while nobody has said whether it took place")
    cancellation: CancellationView | None
    alternatives: Sequence[WayOnView] | None


class ChangedAppointmentView(AppointmentView):
    """An appointment that was cancelled or moved. also: what of its series went with it, by start."""

    also: Sequence[AppointmentView]


class CancellationPreviewView(View):
    """What cancelling would cost now, in sum, and why."""

    fee: MoneyWire
    rule: str


class NotAnAppointment(Exception):
    """A mistake of ours: a group's own row was to be presented to a client or therapist."""


def hold_view(hold: Booking) -> HoldView:
    """Present a hold to its client."""
    if hold.session_format is None or hold.jurisdiction is None or hold.expires_at is None or hold.held_at is None:
        raise NotAnAppointment
    own = hold.origin is Origin.CLIENT
    return HoldView(
        id=hold.id,
        therapist_id=hold.therapist_id,
        session_type=hold.session_type,
        start=hold.starts_at,
        end=hold.ends_at,
        session_format=hold.session_format,
        jurisdiction=hold.jurisdiction,
        expires_at=hold.expires_at,
        renewable_until=hold.held_at + HOLD_IN_ALL if own else None,
    )


def appointment_view(
    appointment: Booking, *, details: Details, to: Role, alternatives: Sequence[WayOn] | None = None
) -> AppointmentView:
    """Present an appointment to one of its parties. details: what stands beside its row; to: whom it is shown to."""
    if appointment.client_id is None or appointment.session_format is None or appointment.jurisdiction is None:
        raise NotAnAppointment
    return AppointmentView(
        id=appointment.id,
        status=AppointmentStatus(appointment.status),
        client_id=appointment.client_id,
        therapist_id=appointment.therapist_id,
        session_type=appointment.session_type,
        start=appointment.starts_at,
        end=appointment.ends_at,
        session_format=appointment.session_format,
        jurisdiction=appointment.jurisdiction,
        session_access=_access_view(details.access),
        wall_start=appointment.wall_start.isoformat(timespec="minutes"),
        therapist_time_zone=appointment.zone,
        fee=money_wire(appointment.fee),
        cancellation_policy=_policy_view(appointment.terms),
        series_id=appointment.series_id,
        attendance=_attendance_view(appointment, details=details),
        cancellation=_cancellation_view(appointment, to=to),
        alternatives=None if alternatives is None else [_way_on_view(each) for each in alternatives],
    )


def preview_view(due: FeeDue) -> CancellationPreviewView:
    """Present what cancelling would cost."""
    return CancellationPreviewView(fee=money_wire(due.fee), rule=due.rule)


def statuses_of(status: AppointmentStatus | None) -> tuple[Status, ...]:
    """Give the states asked for, or all an appointment can have."""
    return tuple(Status(each) for each in (AppointmentStatus if status is None else (status,)))


def _policy_view(terms: CancellationTerms) -> CancellationPolicyView:
    return CancellationPolicyView(
        free_until_hours=terms.free_cancellation_hours,
        late_fee_percent=terms.late_fee_percent,
        summary=terms.summary(),
    )


def _attendance_view(appointment: Booking, *, details: Details) -> AttendanceView | None:
    outcome = appointment.attendance
    return None if outcome is None else AttendanceView(outcome=outcome, disputed=details.disputed)


def _access_view(access: SessionAccess | None) -> SessionAccessView | None:
    return None if access is None else SessionAccessView.model_validate(access)


def _cancellation_view(appointment: Booking, *, to: Role) -> CancellationView | None:
    if (
        appointment.cancelled_at is None
        or appointment.cancelled_by is None
        or appointment.reason_code is None
        or appointment.fee_due_minor is None
    ):
        return None
    return CancellationView(
        fee=money_wire(Money(amount=appointment.fee_due_minor, currency=appointment.fee.currency)),
        reason_code=appointment.reason_code,
        cancelled_by=appointment.cancelled_by,
        cancelled_at=appointment.cancelled_at,
        message=ways_on.message(cancelled_by=appointment.cancelled_by) if to is Role.CLIENT else None,
    )


def _way_on_view(way: WayOn) -> WayOnView:
    return WayOnView(
        therapist_id=way.therapist_id,
        start=way.starts_at,
        end=way.ends_at,
        session_type=way.session_type,
        held=None if way.kept is None else KeptView(hold_id=way.kept.hold_id, expires_at=way.kept.expires_at),
    )

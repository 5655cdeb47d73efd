"""What a refusal tells beyond its sentence, by its type."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Final

from api.alternatives import HeldView, alternative_views, conflict_views
from api.next_steps import COMPLETE_PROFILE, NextStep
from api.safety_view import ResourceView, safety_view
from domain.availability.service import ProfileNeeded
from domain.booking.feed_service import FeedNotFound, TooManyFeeds
from domain.booking.offer import Offer
from domain.booking.refusals import (
    Held,
    HoldExpired,
    HoldNotRenewable,
    LicenseNotValidAtSession,
    OwnTimeOverlaps,
    SlotNotOffered,
    SlotTaken,
    TooManyHolds,
    TransitionNotAllowed,
    WeeksRefused,
)
from domain.booking.waitlist_service import TooManyWaits
from domain.clients.ages import TooYoung
from domain.clients.service import ClientProfileMissing
from domain.errors import DomainError, Invalid
from domain.ids import BookingId, FeedId
from domain.intake.danger import AnswersRefused
from domain.licensing.claim_service import LicenseClaimed
from domain.licensing.decisions import TransitionNotAllowed as DecisionNotAllowed
from domain.licensing.information_service import NothingAsked, NotToBeAsked
from domain.licensing.submission_service import LicenseOnFile
from domain.safety.resources import Need, resources_for
from domain.tasks.service import TaskClosed, TaskNotFound
from domain.therapists.service import ProfileMissing
from domain.throttle.service import RateLimited

WRITE_PROFILE: Final = NextStep(action="write_profile", method="PUT", path="/v1/therapists/me")
SEE_LICENSES: Final = NextStep(action="see_licenses", method="GET", path="/v1/therapists/me/licenses")
SEE_WAITLIST: Final = NextStep(action="see_waitlist", method="GET", path="/v1/waitlist-entries")
SEE_FEEDS: Final = NextStep(action="see_calendar_feeds", method="GET", path="/v1/calendar-feeds")
MAKE_FEED: Final = NextStep(action="make_calendar_feed", method="POST", path="/v1/calendar-feeds")
SEE_TASKS: Final = NextStep(action="see_tasks", method="GET", path="/v1/admin/tasks")
SEE_QUEUE: Final = NextStep(action="see_queue", method="GET", path="/v1/admin/licenses")


@dataclass(frozen=True, slots=True, kw_only=True)
class Members:
    """Members for the problem's body, headers for the response, and steps that come before the usual ones."""

    body: Mapping[str, object] = field(default_factory=dict)
    headers: Mapping[str, str] = field(default_factory=dict)
    first_steps: Sequence[NextStep] = ()


def members(error: DomainError) -> Members:
    """Give the members of a refusal."""
    match error:
        case AnswersRefused():
            told = members(error.refusal)
            return replace(told, body={**told.body, "safety": safety_view(error.safety).model_dump(mode="json")})
        case TooYoung():
            return Members(body={**_flaws(error), "resources": _for_young_people(error.country)})
        case Invalid():
            return Members(body=_flaws(error))
        case RateLimited():
            return Members(headers={"Retry-After": str(error.retry_after_seconds)})
        case (
            ProfileNeeded()
            | ProfileMissing()
            | LicenseOnFile()
            | NothingAsked()
            | NotToBeAsked()
            | LicenseClaimed()
            | DecisionNotAllowed()
            | TaskClosed()
            | TaskNotFound()
        ):
            return Members(first_steps=(_step_outside_booking(error),))
        case _:
            return _of_booking(error)


def _step_outside_booking(
    error: ProfileNeeded
    | ProfileMissing
    | LicenseOnFile
    | NothingAsked
    | NotToBeAsked
    | LicenseClaimed
    | DecisionNotAllowed
    | TaskClosed
    | TaskNotFound,
) -> NextStep:
    match error:
        case ProfileNeeded() | ProfileMissing():
            return WRITE_PROFILE
        case LicenseOnFile() | NothingAsked():
            return SEE_LICENSES
        case DecisionNotAllowed() | LicenseClaimed() | NotToBeAsked():
            return SEE_QUEUE
        case TaskClosed() | TaskNotFound():
            return SEE_TASKS


def _of_booking(error: DomainError) -> Members:
    match error:
        case ClientProfileMissing():
            return Members(first_steps=(COMPLETE_PROFILE,))
        case SlotTaken() | SlotNotOffered() | LicenseNotValidAtSession() | HoldExpired():
            return _with_alternatives(error.alternatives)
        case WeeksRefused():
            return _with_conflicts(error)
        case TooManyHolds():
            return _with_holds(error.holds)
        case _:
            return Members(first_steps=_steps_of_own(error))


def _steps_of_own(error: DomainError) -> tuple[NextStep, ...]:
    """Give the steps that lead to what the client has already."""
    match error:
        case HoldNotRenewable():
            return _steps_of_hold(error.hold_id)
        case OwnTimeOverlaps():
            return _steps_of_own_time(error)
        case TooManyWaits():
            return (SEE_WAITLIST,)
        case TooManyFeeds() | FeedNotFound():
            return _steps_of_feeds(error)
        case TransitionNotAllowed():
            return (_see_appointment(error.appointment_id),)
        case _:
            return ()


def _with_alternatives(alternatives: Sequence[Offer]) -> Members:
    found = [view.model_dump(mode="json") for view in alternative_views(alternatives)]
    hold = NextStep(action="hold_alternative", method="POST", path="/v1/holds")
    return Members(body={"alternatives": found}, first_steps=(hold,) if found else ())


def _with_conflicts(error: WeeksRefused) -> Members:
    found = [view.model_dump(mode="json") for view in conflict_views(error.conflicts)]
    told = _with_alternatives(error.alternatives)
    return replace(told, body={"conflicts": found, **told.body})


def _steps_of_own_time(error: OwnTimeOverlaps) -> tuple[NextStep, ...]:
    if error.hold_id is not None:
        return _steps_of_hold(error.hold_id)
    return () if error.appointment_id is None else (_see_appointment(error.appointment_id),)


def _steps_of_hold(hold_id: BookingId) -> tuple[NextStep, NextStep]:
    return (
        NextStep(action="book_hold", method="POST", path="/v1/appointments"),
        NextStep(action="release_hold", method="DELETE", path=f"/v1/holds/{hold_id}"),
    )


def _with_holds(holds: Sequence[Held]) -> Members:
    found = [HeldView.of(hold).model_dump(mode="json") for hold in holds]
    return Members(
        body={"holds": found}, first_steps=tuple(step for hold in holds for step in _steps_of_hold(hold.hold_id))
    )


def _see_appointment(appointment_id: BookingId) -> NextStep:
    return NextStep(action="see_appointment", method="GET", path=f"/v1/appointments/{appointment_id}")


def _steps_of_feeds(error: TooManyFeeds | FeedNotFound) -> tuple[NextStep, ...]:
    if isinstance(error, FeedNotFound):
        return (MAKE_FEED,)
    return (SEE_FEEDS, *(_end_feed(feed_id) for feed_id in error.feed_ids))


def _end_feed(feed_id: FeedId) -> NextStep:
    return NextStep(action="end_calendar_feed", method="DELETE", path=f"/v1/calendar-feeds/{feed_id}")


def _flaws(error: Invalid) -> dict[str, object]:
    return {"errors": [{"pointer": flaw.pointer, "detail": flaw.detail} for flaw in error.flaws]}


def _for_young_people(country: str) -> list[dict[str, object]]:
    found = resources_for(country, Need.YOUNG_PEOPLE)
    return [ResourceView.model_validate(resource).model_dump(mode="json") for resource in found]

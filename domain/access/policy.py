"""Who may do what, as data: for each action, the party the actor must be.

A wrong role is refused as `not-permitted`. That something belongs to somebody else is never said: the queries of an
area load only what the actor is a party of, so that it is `not-found`.
"""

from enum import StrEnum
from typing import Final

from domain.access.actor import Actor, Role
from domain.errors import Forbidden


class Action(StrEnum):
    """What can be done; the names stand in the audit."""

    ACCOUNT_REGISTER = "account.register"
    ACCOUNT_VERIFY = "account.verify"
    ADMIN_CREATE = "admin.create"
    SESSION_START = "session.start"
    SESSION_REFRESH = "session.refresh"
    SESSION_END = "session.end"
    SESSION_FAMILY_REVOKE = "session.family_revoke"
    CLIENT_READ = "client.read"
    CLIENT_WRITE = "client.write"
    THERAPIST_READ_OWN = "therapist.read_own"
    THERAPIST_WRITE = "therapist.write"
    LICENSE_SUBMIT = "license.submit"
    LICENSE_READ_OWN = "license.read_own"
    LICENSE_REVIEW = "license.review"
    LICENSE_DECIDE = "license.decide"
    LICENSE_CLAIM = "license.claim"
    LICENSE_ASK = "license.ask"
    LICENSE_ANSWER = "license.answer"
    VERIFICATION_FILE_READ = "verification_file.read"
    MEMBERSHIP_READ = "compact_membership.read"
    MEMBERSHIP_WRITE = "compact_membership.write"
    REGISTER_IMPORT = "register.import"
    SCHEDULE_READ_OWN = "schedule.read_own"
    SCHEDULE_WRITE = "schedule.write"
    EXCEPTION_WRITE = "schedule_exception.write"
    CALENDAR_WRITE = "busy_calendar.write"
    SLOTS_OF_MATCH = "slots.of_match"
    MATCH_CREATE = "match.create"
    MATCH_READ = "match.read"
    HOLD_CREATE = "hold.create"
    HOLD_READ = "hold.read"
    HOLD_RENEW = "hold.renew"
    HOLD_RELEASE = "hold.release"
    HOLD_GIVE = "hold.give"
    HOLD_EXPIRE = "hold.expire"
    APPOINTMENT_BOOK = "appointment.book"
    APPOINTMENT_READ = "appointment.read"
    APPOINTMENT_CANCEL = "appointment.cancel"
    APPOINTMENT_RESCHEDULE = "appointment.reschedule"
    APPOINTMENT_PLACE = "appointment.place"
    APPOINTMENT_ATTEND = "appointment.attend"
    APPOINTMENT_COMPLETE = "appointment.complete"
    SERIES_CREATE = "series.create"
    SERIES_READ = "series.read"
    WAITLIST_JOIN = "waitlist.join"
    WAITLIST_READ = "waitlist.read"
    WAITLIST_LEAVE = "waitlist.leave"
    FEED_WRITE = "calendar_feed.write"
    FEED_READ = "calendar_feed.read"
    PRACTICE_CLOSE = "practice.close"
    LOST_SESSIONS_READ = "lost_sessions.read"
    TASK_OPEN = "task.open"
    TASK_READ = "task.read"
    TASK_RESOLVE = "task.resolve"
    FORM_RESPONSE_READ = "form_response.read"
    FORM_RESPONSE_WRITE = "form_response.write"
    FORM_RESPONSE_SUBMIT = "form_response.submit"
    MEASURE_SUBMIT = "measure.submit"
    NOTICE_SEND = "notice.send"


CLIENT: Final = frozenset({Role.CLIENT})
THERAPIST: Final = frozenset({Role.THERAPIST})
ADMIN: Final = frozenset({Role.ADMIN})
PARTIES: Final = CLIENT | THERAPIST
ANYONE: Final = frozenset(Role)

ROLES: Final[dict[Action, frozenset[Role]]] = {
    Action.SESSION_END: ANYONE,
    Action.CLIENT_READ: CLIENT,
    Action.CLIENT_WRITE: CLIENT,
    Action.THERAPIST_READ_OWN: THERAPIST,
    Action.THERAPIST_WRITE: THERAPIST,
    Action.LICENSE_SUBMIT: THERAPIST,
    Action.LICENSE_READ_OWN: THERAPIST,
    Action.LICENSE_REVIEW: ADMIN,
    Action.LICENSE_DECIDE: ADMIN,
    Action.LICENSE_CLAIM: ADMIN,
    Action.LICENSE_ASK: ADMIN,
    Action.LICENSE_ANSWER: THERAPIST,
    Action.VERIFICATION_FILE_READ: ADMIN,
    Action.MEMBERSHIP_READ: ADMIN,
    Action.MEMBERSHIP_WRITE: ADMIN,
    Action.SCHEDULE_READ_OWN: THERAPIST,
    Action.SCHEDULE_WRITE: THERAPIST,
    Action.EXCEPTION_WRITE: THERAPIST,
    Action.CALENDAR_WRITE: THERAPIST,
    Action.SLOTS_OF_MATCH: CLIENT,
    Action.MATCH_CREATE: CLIENT,
    Action.MATCH_READ: CLIENT,
    Action.HOLD_CREATE: CLIENT,
    Action.HOLD_READ: CLIENT,
    Action.HOLD_RENEW: CLIENT,
    Action.HOLD_RELEASE: CLIENT,
    Action.APPOINTMENT_BOOK: CLIENT,
    Action.APPOINTMENT_READ: PARTIES,
    Action.APPOINTMENT_CANCEL: PARTIES,
    Action.APPOINTMENT_RESCHEDULE: CLIENT,
    Action.APPOINTMENT_PLACE: CLIENT,
    Action.APPOINTMENT_ATTEND: PARTIES,
    Action.SERIES_CREATE: CLIENT,
    Action.SERIES_READ: PARTIES,
    Action.WAITLIST_JOIN: CLIENT,
    Action.WAITLIST_READ: CLIENT,
    Action.WAITLIST_LEAVE: CLIENT,
    Action.FEED_WRITE: PARTIES,
    Action.FEED_READ: PARTIES,
    Action.PRACTICE_CLOSE: THERAPIST,
    Action.LOST_SESSIONS_READ: ADMIN,
    Action.TASK_READ: ADMIN,
    Action.TASK_RESOLVE: ADMIN,
    Action.FORM_RESPONSE_READ: PARTIES,
    Action.FORM_RESPONSE_WRITE: CLIENT,
    Action.FORM_RESPONSE_SUBMIT: CLIENT,
    Action.MEASURE_SUBMIT: CLIENT,
}


class WrongRole(Forbidden):
    """The actor's role does not do this. needed: the roles that do."""

    def __init__(self, *, action: Action, needed: frozenset[Role]) -> None:
        super().__init__(f"This needs an account with the role {' or '.join(sorted(needed))}.")
        self.action = action
        self.needed = needed


def require(actor: Actor, action: Action) -> None:
    """Let the actor's role do the action. Raises WrongRole; KeyError for an action that no role does by request."""
    needed = ROLES[action]
    if actor.role not in needed:
        raise WrongRole(action=action, needed=needed)

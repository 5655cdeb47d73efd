"""A way on for every refusal: no answer of ours is a dead end.

Each slug has its steps. A refusal that knows better (which slot is free instead, which hold is live) adds its own in
front. The last step is always help that needs no account.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final


@dataclass(frozen=True, slots=True, kw_only=True)
class NextStep:
    """Something the caller can do now: a name for it, and the call."""

    action: str
    method: str
    path: str


SIGN_IN: Final = NextStep(action="sign_in", method="POST", path="/v1/sessions")
REGISTER: Final = NextStep(action="register", method="POST", path="/v1/accounts")
FIND_THERAPIST: Final = NextStep(action="find_therapist", method="POST", path="/v1/matches")
BROWSE: Final = NextStep(action="browse_therapists", method="GET", path="/v1/therapists")
SEE_APPOINTMENTS: Final = NextStep(action="see_appointments", method="GET", path="/v1/appointments")
SEE_ACCOUNT: Final = NextStep(action="see_account", method="GET", path="/v1/accounts/me")
COMPLETE_PROFILE: Final = NextStep(action="complete_profile", method="PUT", path="/v1/clients/me")
HELP_NOW: Final = NextStep(action="get_help_now", method="GET", path="/v1/crisis-resources?country=US")

BY_SLUG: Final[dict[str, tuple[NextStep, ...]]] = {
    "not-authenticated": (SIGN_IN, REGISTER),
    "otp-required": (SIGN_IN,),
    "not-permitted": (SEE_ACCOUNT, REGISTER),
    "not-found": (BROWSE, FIND_THERAPIST),
    "conflict": (SEE_APPOINTMENTS, FIND_THERAPIST),
    "slot-taken": (FIND_THERAPIST, BROWSE),
    "hold-expired": (FIND_THERAPIST, BROWSE),
    "transition-not-allowed": (SEE_APPOINTMENTS,),
    "slot-not-offered": (FIND_THERAPIST, BROWSE),
    "license-not-valid-at-session": (FIND_THERAPIST, BROWSE),
}
AGAIN: Final = frozenset(
    {
        "validation-failed",
        "idempotency-key-in-use",
        "idempotency-key-reused",
        "precondition-failed",
        "too-large",
        "rate-limited",
        "unavailable",
        "internal-error",
        "method-not-allowed",
    }
)
# A session is moved, or booked every week, by the same call: an alternative that is held would be one more.
BY_THE_SAME_CALL: Final = ("/reschedule", "/v1/series")
ABOUT_A_TIME: Final = frozenset({"slot-taken", "slot-not-offered", "license-not-valid-at-session", "conflict"})


def after(*, slug: str, method: str, path: str, first: Sequence[NextStep] = ()) -> tuple[NextStep, ...]:
    """Give the ways on, best first, never empty. first: what the refusal itself knows."""
    again = (NextStep(action="correct_and_retry", method=method, path=path),) if slug in AGAIN else ()
    other_time = slug in ABOUT_A_TIME and path.endswith(BY_THE_SAME_CALL)
    choose = (NextStep(action="choose_another_time", method=method, path=path),) if other_time else ()
    steps = (*choose, *first, *again, *BY_SLUG.get(slug, ()), HELP_NOW)
    return tuple(dict.fromkeys(steps))

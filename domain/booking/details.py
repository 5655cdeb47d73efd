"""What an appointment shows beside its own row: how to get in, and whether its parties differ on what took place."""

from dataclasses import dataclass, field

from domain.availability.schedule import SessionFormat
from domain.booking.states import Status
from domain.therapists.session_access import SealedAccess, SessionAccess
from domain.vault.cipher import Vault


@dataclass(frozen=True, slots=True, kw_only=True)
class Details:
    """What stands beside an appointment's row.

    access: the part of its format, or None where none is to be shown. disputed: its parties differ on whether it took
    place, and no admin has decided yet.
    """

    access: SessionAccess | None = field(repr=False)
    disputed: bool


def shows_access(status: Status) -> bool:
    """Tell whether an appointment in this state shows how to get in."""
    return status is Status.CONFIRMED


def shown_access(
    *, status: Status, session_format: SessionFormat, access: SealedAccess | None, vault: Vault
) -> SessionAccess | None:
    """Give how to get into one session, or None where nothing is to be shown. Raises SealBroken.

    access: that of the session's therapist, None while the therapist has not said it.
    """
    if access is None or not shows_access(status):
        return None
    part = _part_for(session_format, access=access.opened(vault=vault))
    return None if part.is_empty else part


def _part_for(session_format: SessionFormat, *, access: SessionAccess) -> SessionAccess:
    match session_format:
        case SessionFormat.VIDEO:
            return access.by_video()
        case SessionFormat.PHONE:
            return access.by_phone()
        case SessionFormat.IN_PERSON:
            return access.in_person()

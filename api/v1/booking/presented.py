"""Appointments as answers show them, with what stands beside their rows."""

from collections.abc import Sequence

from api.dependencies import Call
from api.v1.booking.schemas import AppointmentView, ChangedAppointmentView, appointment_view
from domain.booking import details_service
from domain.booking.at_once_service import Ready
from domain.booking.tables import Booking
from domain.booking.ways_on import WayOn
from domain.vault.cipher import Vault


async def one(appointment: Booking, call: Call, *, alternatives: Sequence[WayOn] | None = None) -> AppointmentView:
    """Present one appointment to one of its parties."""
    details = await details_service.details_of(call.session, appointments=(appointment,), vault=call.parts.vault)
    return appointment_view(appointment, details=details[appointment.id], to=call.actor.role, alternatives=alternatives)


async def several(appointments: Sequence[Booking], call: Call) -> list[AppointmentView]:
    """Present appointments to one of their parties, in the order given."""
    details = await details_service.details_of(call.session, appointments=appointments, vault=call.parts.vault)
    return [appointment_view(each, details=details[each.id], to=call.actor.role) for each in appointments]


async def changed(appointments: Sequence[Booking], call: Call) -> ChangedAppointmentView:
    """Present an appointment that was changed, the first, and what was changed with it."""
    named, *others = await several(appointments, call)
    return ChangedAppointmentView(**dict(named), also=others)


def at_once(ready: Ready, *, vault: Vault) -> AppointmentView:
    """Present an appointment that is about to be written to its client."""
    details = details_service.details(ready.booking, access=ready.access, disputed=False, vault=vault)
    return appointment_view(ready.booking, details=details, to=ready.actor.role)

"""How to get into sessions, loaded for appointments: one statement however many there are, none where none is shown."""

from collections.abc import Collection, Mapping, Sequence

from sqlalchemy.ext.asyncio import AsyncSession

from domain.booking.details import Details, shown_access, shows_access
from domain.booking.tables import Booking
from domain.ids import BookingId, TherapistId
from domain.therapists import queries as therapists
from domain.therapists.session_access import SealedAccess
from domain.vault.cipher import Vault


async def access_of(
    session: AsyncSession, *, therapist_ids: Collection[TherapistId]
) -> Mapping[TherapistId, SealedAccess]:
    """Give how to get into the sessions of these therapists, sealed; who has not said it is left out."""
    if not therapist_ids:
        return {}
    found = await therapists.session_access(session, therapist_ids=therapist_ids)
    return {each.therapist_id: each for each in found}


async def details_of(
    session: AsyncSession, *, appointments: Sequence[Booking], vault: Vault
) -> Mapping[BookingId, Details]:
    """Give what each of these appointments shows beside its row, by its id. Raises SealBroken."""
    shown = {each.therapist_id for each in appointments if shows_access(each.status)}
    found = await access_of(session, therapist_ids=shown)
    return {each.id: details(each, access=found.get(each.therapist_id), vault=vault) for each in appointments}


def details(appointment: Booking, *, access: SealedAccess | None, vault: Vault) -> Details:
    """Give what one appointment shows beside its row. access: its therapist's. ValueError for a group's own row."""
    if appointment.session_format is None:
        raise ValueError("a group's own row is nobody's appointment")
    return Details(
        access=shown_access(
            status=appointment.status, session_format=appointment.session_format, access=access, vault=vault
        )
    )

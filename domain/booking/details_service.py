"""What appointments show beside their rows: two statements however many there are, none where nothing is shown."""

from collections.abc import Mapping, Sequence

from sqlalchemy.ext.asyncio import AsyncSession

from domain.booking import access_service
from domain.booking.details import Details, shown_access, shows_access
from domain.booking.tables import Booking
from domain.ids import BookingId
from domain.tasks import service as tasks
from domain.tasks.tables import TaskKind
from domain.therapists.session_access import SealedAccess
from domain.vault.cipher import Vault


async def details_of(
    session: AsyncSession, *, appointments: Sequence[Booking], vault: Vault
) -> Mapping[BookingId, Details]:
    """Give what each of these appointments shows beside its row, by its id. Raises SealBroken."""
    access = await access_service.access_of(
        session, therapist_ids={each.therapist_id for each in appointments if shows_access(each.status)}
    )
    disputed = await tasks.open_subjects(
        session,
        kind=TaskKind.ATTENDANCE_DISPUTE,
        subject_ids=[each.id for each in appointments if each.attendance is not None],
    )
    return {
        each.id: details(each, access=access.get(each.therapist_id), disputed=each.id in disputed, vault=vault)
        for each in appointments
    }


def details(appointment: Booking, *, access: SealedAccess | None, disputed: bool, vault: Vault) -> Details:
    """Give what one appointment shows beside its row. access: its therapist's. ValueError for a group's own row."""
    if appointment.session_format is None:
        raise ValueError("a group's own row is nobody's appointment")
    return Details(
        access=shown_access(
            status=appointment.status, session_format=appointment.session_format, access=access, vault=vault
        ),
        disputed=disputed,
    )

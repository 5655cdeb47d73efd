"""Write to the people around a booking: that something waits behind sign-in, and nothing more. Each thing once."""

from datetime import datetime
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from domain.accounts import queries as accounts
from domain.booking.states import Status
from domain.booking.tables import Booking
from domain.ids import AccountId, BookingId, ClientId, TherapistId
from domain.notices import service as notices
from domain.notices import wording
from domain.notices.message import Message, NoticeKind
from domain.vault.cipher import Vault


async def tell(
    session: AsyncSession,
    *,
    whom: ClientId | TherapistId,
    about: UUID,
    kind: NoticeKind,
    message: Message,
    vault: Vault,
    now: datetime,
) -> bool:
    """Post a message to a client's or therapist's address, once for each kind and row; say whether it was posted now.

    Nobody is written to whose account is gone.
    """
    account = await accounts.by_id(session, account_id=AccountId(whom))
    if account is None:
        return False
    return await notices.post_once(
        session, about=about, whom=account.id, kind=kind, to=account.email, message=message, vault=vault, now=now
    )


async def tell_of_booking(session: AsyncSession, *, booking_id: BookingId, vault: Vault, now: datetime) -> None:
    """Write to client and therapist that an appointment was confirmed, once each, unless it is not any more."""
    found = await session.get(Booking, booking_id, populate_existing=True)
    if found is None or found.client_id is None or found.status is not Status.CONFIRMED:
        return
    for whom in (found.client_id, found.therapist_id):
        await tell(
            session,
            whom=whom,
            about=found.id,
            kind=NoticeKind.BOOKING_CONFIRMED,
            message=wording.booking_confirmed(),
            vault=vault,
            now=now,
        )

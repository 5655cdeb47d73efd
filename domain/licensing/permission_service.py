"""Write out what a therapist's credentials permit, with whatever changes it, in the same transaction.

Who takes something away waits for whoever relies on it, and sessions that are no longer permitted are looked at right
after the commit, whatever the cause was.
"""

from typing import TypeAlias

from sqlalchemy.ext.asyncio import AsyncSession

from domain import queue
from domain.ids import LicenseId, TherapistId
from domain.job import JobName
from domain.licensing import jurisdictions, permission_queries
from domain.licensing.jurisdictions import Stretch
from domain.licensing.permissions import Permit
from domain.licensing.places import Window

_Key: TypeAlias = tuple[LicenseId, str, Window, bool]


async def rewrite(session: AsyncSession, *, therapist_id: TherapistId) -> bool:
    """Bring the permissions of a therapist, who is locked, in line with their credentials, and say whether any was not.

    What stays the same stays the same row.
    """
    await session.flush()
    held = (await permission_queries.credentials(session, therapist_ids=(therapist_id,)))[therapist_id]
    wanted = {_key_of_stretch(each): each for each in jurisdictions.stretches(held)}
    rows = {
        _key_of_permit(permission_queries.permit(row)): row
        for row in await permission_queries.kept(session, therapist_id=therapist_id)
    }
    gone = [row.id for key, row in rows.items() if key not in wanted]
    new = [each for key, each in wanted.items() if key not in rows]
    changed = {
        row.id: wanted[key].bookable_until
        for key, row in rows.items()
        if key in wanted and row.bookable_until != wanted[key].bookable_until
    }
    if not (gone or new or changed):
        return False
    await permission_queries.keep(session, therapist_id=therapist_id, gone=gone, new=new, changed=changed)
    if gone:  # what it covered is looked at in a moment; nobody can book on it meanwhile
        await queue.enqueue(session, job=JobName.PRACTICE_REVIEW, row_id=therapist_id)
    return True


def _key_of_stretch(stretch: Stretch) -> _Key:
    return stretch.license_id, stretch.place, stretch.window, stretch.remote_only


def _key_of_permit(permit: Permit) -> _Key:
    return permit.license_id, permit.place, permit.window, permit.remote_only

"""How to get into a session: the address of a video room, a phone number, the rooms' address and their jurisdiction.

A therapist's own and sealed as a whole: it is opened for the therapist, and for both parties of a confirmed
appointment, who see the part of that session's format and no other.
"""

import json
from dataclasses import dataclass, field
from typing import Final, Self

from domain.ids import TherapistId
from domain.vault.cipher import Place, Vault

COLUMN: Final = "session_access_sealed"


@dataclass(frozen=True, slots=True, kw_only=True)
class SessionAccess:
    """How to get into sessions; None where that way is not said.

    video_url: https. address: one line or several. jurisdiction: where the rooms are, ISO 3166-2.
    """

    video_url: str | None = field(default=None, repr=False)
    phone: str | None = field(default=None, repr=False)
    address: str | None = field(default=None, repr=False)
    jurisdiction: str | None = None

    @property
    def is_empty(self) -> bool:
        """Tell whether no way in is said at all."""
        return self == SessionAccess()

    def by_video(self) -> Self:
        """Give the part for a session over video."""
        return type(self)(video_url=self.video_url)

    def by_phone(self) -> Self:
        """Give the part for a session over the phone."""
        return type(self)(phone=self.phone)

    def in_person(self) -> Self:
        """Give the part for a session in the therapist's rooms."""
        return type(self)(address=self.address, jurisdiction=self.jurisdiction)


@dataclass(frozen=True, slots=True, kw_only=True)
class SealedAccess:
    """How to get into a therapist's sessions, as it is stored."""

    therapist_id: TherapistId
    sealed: bytes = field(repr=False)

    def opened(self, *, vault: Vault) -> SessionAccess:
        """Open it. Raises SealBroken."""
        told = json.loads(vault.open(self.sealed, place=_place(self.therapist_id)))
        return SessionAccess(
            video_url=told["video_url"],
            phone=told["phone"],
            address=told["address"],
            jurisdiction=told["jurisdiction"],
        )


def seal(access: SessionAccess, *, therapist_id: TherapistId, vault: Vault) -> bytes:
    """Seal how to get into a therapist's sessions for the therapist's row."""
    told = {
        "video_url": access.video_url,
        "phone": access.phone,
        "address": access.address,
        "jurisdiction": access.jurisdiction,
    }
    return vault.seal(json.dumps(told, ensure_ascii=False), place=_place(therapist_id))


def _place(therapist_id: TherapistId) -> Place:
    return Place(table="therapist", row=therapist_id, column=COLUMN)

from typing import Final

import pytest

from domain.availability.schedule import SessionFormat
from domain.booking import details
from domain.booking.states import Status
from domain.ids import TherapistId, uuid7
from domain.therapists import session_access
from domain.therapists.session_access import SealedAccess, SessionAccess
from domain.vault.cipher import Vault

VAULT: Final = Vault(sealing_key_id="test", keys={"test": bytes(32)})
WHOLE: Final = SessionAccess(
    video_url="https://video.example/7", phone="+16145550100", address="1 Example Street", jurisdiction="US-OH"
)


def sealed(access: SessionAccess) -> SealedAccess:
    therapist_id = TherapistId(uuid7())
    return SealedAccess(
        therapist_id=therapist_id, sealed=session_access.seal(access, therapist_id=therapist_id, vault=VAULT)
    )


def shown(status: Status, session_format: SessionFormat, access: SealedAccess | None) -> SessionAccess | None:
    return details.shown_access(status=status, session_format=session_format, access=access, vault=VAULT)


@pytest.mark.parametrize(
    ("session_format", "part"),
    [
        (SessionFormat.VIDEO, SessionAccess(video_url="https://video.example/7")),
        (SessionFormat.PHONE, SessionAccess(phone="+16145550100")),
        (SessionFormat.IN_PERSON, SessionAccess(address="1 Example Street", jurisdiction="US-OH")),
    ],
)
def test_a_confirmed_session_shows_the_part_of_its_format(session_format: SessionFormat, part: SessionAccess) -> None:
    assert shown(Status.CONFIRMED, session_format, sealed(WHOLE)) == part


@pytest.mark.parametrize("status", sorted(set(Status) - {Status.CONFIRMED}))
@pytest.mark.parametrize("session_format", SessionFormat)
def test_in_any_other_state_nothing_is_shown(status: Status, session_format: SessionFormat) -> None:
    assert shown(status, session_format, sealed(WHOLE)) is None


def test_nothing_is_shown_of_what_the_therapist_has_not_said() -> None:
    assert shown(Status.CONFIRMED, SessionFormat.VIDEO, sealed(WHOLE.by_phone())) is None
    assert shown(Status.CONFIRMED, SessionFormat.VIDEO, None) is None

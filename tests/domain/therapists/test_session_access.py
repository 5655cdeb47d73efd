import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.ids import TherapistId, uuid7
from domain.therapists import session_access
from domain.therapists.session_access import SealedAccess, SessionAccess
from domain.vault.cipher import SealBroken, Vault

VAULT = Vault(sealing_key_id="test", keys={"test": bytes(32)})
WHOLE = SessionAccess(
    video_url="https://video.example/7", phone="+16145550100", address="1 Example Street", jurisdiction="US-OH"
)


@given(
    access=st.builds(
        SessionAccess,
        video_url=st.none() | st.text(),
        phone=st.none() | st.text(),
        address=st.none() | st.text(alphabet=st.characters(exclude_categories=["Cs"])),
        jurisdiction=st.none() | st.just("US-OH"),
    )
)
def test_what_is_sealed_is_opened_as_it_was(access: SessionAccess) -> None:
    therapist_id = TherapistId(uuid7())

    sealed = session_access.seal(access, therapist_id=therapist_id, vault=VAULT)

    assert SealedAccess(therapist_id=therapist_id, sealed=sealed).opened(vault=VAULT) == access


def test_what_is_sealed_for_one_therapist_opens_for_no_other() -> None:
    sealed = session_access.seal(WHOLE, therapist_id=TherapistId(uuid7()), vault=VAULT)

    with pytest.raises(SealBroken):
        SealedAccess(therapist_id=TherapistId(uuid7()), sealed=sealed).opened(vault=VAULT)


def test_each_way_in_tells_nothing_of_the_others() -> None:
    assert WHOLE.by_video() == SessionAccess(video_url="https://video.example/7")
    assert WHOLE.by_phone() == SessionAccess(phone="+16145550100")
    assert WHOLE.in_person() == SessionAccess(address="1 Example Street", jurisdiction="US-OH")


def test_nothing_of_it_stands_where_a_value_is_printed() -> None:
    assert "video.example" not in repr(WHOLE)
    assert "555" not in repr(WHOLE)
    assert "Example Street" not in repr(WHOLE)


def test_only_what_says_nothing_is_empty() -> None:
    assert SessionAccess().is_empty
    assert not WHOLE.by_phone().is_empty

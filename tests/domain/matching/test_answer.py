from uuid import UUID

from hypothesis import given
from hypothesis import strategies as st

from domain.ids import TherapistId
from domain.matching.answer import KeptAnswer

THERAPIST_IDS = st.lists(st.uuids().map(TherapistId), max_size=4).map(tuple)


@given(text=st.text(), therapist_ids=THERAPIST_IDS)
def test_a_kept_answer_is_given_again_to_the_letter(text: str, therapist_ids: tuple[TherapistId, ...]) -> None:
    kept = KeptAnswer(text=text, therapist_ids=therapist_ids)

    assert KeptAnswer.from_json(kept.to_json()) == kept


def test_a_kept_answer_shows_in_no_log_what_it_says() -> None:
    kept = KeptAnswer(text="canary", therapist_ids=(TherapistId(UUID(int=1)),))

    assert "canary" not in repr(kept)

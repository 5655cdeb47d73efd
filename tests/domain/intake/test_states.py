from itertools import product

import pytest

from domain.intake.states import TRANSITIONS, ResponseClosed, ResponseEvent, ResponseStatus, after


def test_a_draft_may_be_saved_again_and_again() -> None:
    assert after(ResponseStatus.DRAFT, ResponseEvent.SAVE) is ResponseStatus.DRAFT


def test_a_draft_is_submitted() -> None:
    assert after(ResponseStatus.DRAFT, ResponseEvent.SUBMIT) is ResponseStatus.SUBMITTED


@pytest.mark.parametrize("event", list(ResponseEvent))
def test_a_submitted_response_takes_no_event(event: ResponseEvent) -> None:
    with pytest.raises(ResponseClosed) as refused:
        after(ResponseStatus.SUBMITTED, event)

    assert refused.value.slug == "transition-not-allowed"


def test_every_pair_of_status_and_event_is_in_the_table_or_refused() -> None:
    for pair in set(product(ResponseStatus, ResponseEvent)) - set(TRANSITIONS):
        with pytest.raises(ResponseClosed):
            after(*pair)

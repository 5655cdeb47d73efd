from types import MappingProxyType

from hypothesis import given
from hypothesis import strategies as st

from domain.intake.answers import AnswerValue
from domain.intake.documents import Content, content_json, content_of, scores_json, scores_of
from domain.intake.instruments.instrument import Score
from domain.safety.levels import Level
from domain.safety.resources import Need

TEXT = st.text(alphabet=st.characters(codec="utf-8"), max_size=30)
ANSWER: st.SearchStrategy[AnswerValue] = st.one_of(
    TEXT, st.integers(), st.booleans(), st.floats(allow_nan=False, allow_infinity=False), st.lists(TEXT, max_size=3)
)


@given(
    answers=st.dictionaries(TEXT, ANSWER, max_size=5),
    level=st.sampled_from(Level),
    needs=st.lists(st.sampled_from(Need), max_size=3),
)
def test_what_is_written_of_answers_is_read_again(
    answers: dict[str, AnswerValue], level: Level, needs: list[Need]
) -> None:
    content = Content(answers=answers, level=level, needs=tuple(needs))

    assert content_of(content_json(content)) == content


def test_what_is_written_of_scores_is_read_again() -> None:
    scores = (
        Score(
            instrument="phq9",
            total=7,
            band="mild",
            subscales=MappingProxyType({"a": 2.5}),
            prorated=True,
            not_answered=("3",),
            syndrome="none",
        ),
    )

    assert scores_of(scores_json(scores)) == scores
    assert scores_of(scores_json(())) == ()


def test_content_shows_in_no_log_what_was_answered_nor_what_was_read_in_it() -> None:
    shown = repr(Content(answers={"why": "canary"}, level=Level.URGENT, needs=(Need.SUICIDE,)))

    assert shown == "Content()"

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.errors import Conflict, Flaw, Invalid
from domain.intake import danger
from domain.intake.built_in import FIRST_SESSION
from domain.safety.levels import Level
from domain.safety.resources import Need

DANGER = "I want to kill myself"


def test_a_text_that_sounds_like_danger_brings_help() -> None:
    safety = danger.of_answers(FIRST_SESSION, {"brings_you": DANGER}, country="US")

    assert safety.level is not Level.NONE
    assert safety.resources


@pytest.mark.parametrize(("chosen", "level"), [("yes", Level.NONE), ("not_sure", Level.ELEVATED), ("no", Level.URGENT)])
def test_a_chosen_option_counts_as_its_form_says(chosen: str, level: Level) -> None:
    safety = danger.of_answers(FIRST_SESSION, {"safe_now": chosen}, country="US")

    assert safety.level is level
    assert bool(safety.resources) is (level is not Level.NONE)


def test_who_is_not_safe_is_shown_help_against_violence_and_the_emergency_number() -> None:
    safety = danger.of_answers(FIRST_SESSION, {"safe_now": "no"}, country="US")

    assert {Need.EMERGENCY, Need.DOMESTIC_VIOLENCE} <= {need for each in safety.resources for need in each.needs}


@pytest.mark.parametrize(
    "sent",
    [
        {"brings_yuo": DANGER},
        {"brings_you": {"text": DANGER}},
        {"brings_you": [1, [DANGER]]},
        {"how_long": "weeks", "unknown": [None, {"deep": [DANGER]}]},
    ],
)
def test_a_mistake_in_the_answers_does_not_hide_a_call_for_help(sent: dict[str, object]) -> None:
    assert danger.of_answers(FIRST_SESSION, sent, country="US").level is not Level.NONE


@pytest.mark.parametrize("answer", [1, 2, 3, 7, "2", 1.0])
def test_the_watched_item_is_read_on_sheets_that_nobody_can_score(answer: object) -> None:
    assert danger.of_anything({"answers": {"9": answer, "77": "?"}}, country="US").level is not Level.NONE
    assert danger.of_anything({"9": answer}, country="US").level is not Level.NONE


def test_no_sign_is_no_danger() -> None:
    assert danger.of_anything({"answers": {"9": 0, "1": 3}}, country="US").level is Level.NONE
    assert danger.of_anything(None, country="US").level is Level.NONE


def test_what_was_seen_once_stays_whatever_is_read_later() -> None:
    seen = danger.remembered(Level.URGENT, (Need.SUICIDE,), country="US")

    later = danger.joined(seen, danger.of_anything({"fine": "all is well"}, country="US"), country="US")

    assert later.level is Level.URGENT
    assert Need.SUICIDE in later.needs
    assert later.resources


def test_a_refusal_carries_what_was_read_and_keeps_its_slug() -> None:
    safety = danger.of_anything(DANGER, country="US")

    with pytest.raises(danger.AnswersRefused) as invalid, danger.help_first(safety):
        raise Invalid(Flaw(pointer="/answers/1", detail="No."), detail="These don't fit.")
    with pytest.raises(danger.AnswersRefused) as conflict, danger.help_first(safety):
        raise Conflict("Not now.")

    assert (invalid.value.slug, conflict.value.slug) == ("validation-failed", "conflict")
    assert invalid.value.detail == "These don't fit."
    assert invalid.value.safety is safety


def test_a_form_filled_to_the_brim_is_read_to_the_end() -> None:
    texts = [item.link_id for item in FIRST_SESSION.items if item.read_for_danger]
    brim = "word " * 1_990
    sent = dict.fromkeys(texts, brim) | {texts[-1]: brim + DANGER}

    assert danger.of_answers(FIRST_SESSION, sent, country="US").level is not Level.NONE


def test_the_reading_is_bounded_and_the_first_texts_are_read() -> None:
    many = {f"item {number}": "word " * 200 for number in range(1000)}

    assert danger.of_anything({"first": DANGER, **many}, country="US").level is not Level.NONE
    assert danger.of_anything({**many, "last": DANGER}, country="US").level is Level.NONE


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | st.text(max_size=20),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=5) | st.just("9"), inner, max_size=4),
    max_leaves=12,
)


@given(sent=st.dictionaries(st.sampled_from(["brings_you", "safe_now", "9", "x"]), JSON))
def test_reading_never_fails_whatever_is_sent(sent: dict[str, object]) -> None:
    level = danger.of_answers(FIRST_SESSION, sent, country="ZZ").level

    # reading without the form knows no quiet items, and can only be graver where no option has a sign
    if "safe_now" not in sent:
        assert danger.of_anything(sent, country="ZZ").level.rank >= level.rank

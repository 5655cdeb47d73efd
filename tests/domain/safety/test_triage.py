import time
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.concepts import lexicon
from domain.concepts.package_data import parse, rows
from domain.safety import signals, triage
from domain.safety.levels import Level
from domain.safety.reading import interpret
from domain.safety.resources import Need


def labelled(name: str) -> tuple[tuple[str, ...], ...]:
    written = (Path(__file__).parent / name).read_text(encoding="utf-8")
    return parse(written, name=name, header=("level", "text"))


LABELLED = labelled("safety_texts.psv")
FRESH = labelled("fresh_texts.psv")
TEXT_CHARACTERS = 8_000
SLOW_MACHINE_FACTOR = 1.5  # the aim is 0.2 s; a shared machine runs slower at times, quadratic work ten times so
TEXTS = st.one_of(st.text(max_size=200), st.sampled_from([text for _, text in LABELLED]))


def level(text: str) -> Level:
    return triage.of_text(text, country="US").level


def processor_seconds(text: str) -> float:
    started = time.process_time()
    level(text)
    return time.process_time() - started


def of_label(label: Level) -> list[str]:
    return [text for labelled, text in LABELLED if labelled == label]


def test_the_labelled_texts_are_many_and_a_third_is_harmless() -> None:
    assert len(LABELLED) >= 150
    assert len(of_label(Level.NONE)) * 3 >= len(LABELLED)


@pytest.mark.parametrize("label", [Level.URGENT, Level.ELEVATED])
def test_no_fresh_text_that_sounds_like_danger_is_read_as_none(label: Level) -> None:
    assert [text for own, text in FRESH if own == label and level(text) is Level.NONE] == []


def test_at_most_one_fresh_harmless_text_in_twenty_is_raised() -> None:
    harmless = [text for label, text in FRESH if label == Level.NONE]

    raised = [text for text in harmless if level(text) is not Level.NONE]

    assert len(raised) <= 0.05 * len(harmless), raised


def test_no_urgent_text_is_read_as_none() -> None:
    assert [text for text in of_label(Level.URGENT) if level(text) is Level.NONE] == []


def test_urgent_texts_are_read_as_urgent() -> None:
    missed = [text for text in of_label(Level.URGENT) if level(text) is not Level.URGENT]

    assert len(missed) <= 0.05 * len(of_label(Level.URGENT)), missed


def test_no_text_that_calls_for_a_look_is_read_as_none() -> None:
    assert [text for text in of_label(Level.ELEVATED) if level(text) is Level.NONE] == []


def test_at_most_one_harmless_text_in_twenty_is_raised() -> None:
    raised = [text for text in of_label(Level.NONE) if level(text) is not Level.NONE]

    assert len(raised) <= 0.05 * len(of_label(Level.NONE)), raised


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("I'm not suicidal.", Level.NONE),
        ("I have never attempted or considered suicide.", Level.NONE),
        ("I have never attempted or considered suicide, but I am worthless.", Level.ELEVATED),
        ("I'm not suicidal, I just want to die.", Level.URGENT),
        ("I used to cut.", Level.ELEVATED),
        ("My son wants to kill himself.", Level.ELEVATED),
        ("I think about suicide.", Level.ELEVATED),
        ("I think about suicide and I have a gun.", Level.URGENT),
        ("I want to die", Level.URGENT),
        ("i dont want to die", Level.NONE),
        ("Killing time until class.", Level.NONE),
        ("My daughter says she wants to die.", Level.ELEVATED),
        ("My daughter says she wants to die and she took a bottle of pills.", Level.URGENT),
        ("My brother died by suicide.", Level.ELEVATED),
        ("I watched a film about suicide.", Level.NONE),
        ("I watched a film about suicide and want to end my life.", Level.URGENT),
        ("I feel hopeless.", Level.NONE),
        ("I'm not suicidal but I feel hopeless.", Level.ELEVATED),
        ("I feel like a burden to everyone.", Level.ELEVATED),
        ("I feel like a burden to everyone. Goodbye.", Level.URGENT),
        ("He hits me.", Level.ELEVATED),
        ("He hit me last night.", Level.URGENT),
        ("I hid in the closet, he is smashing everything.", Level.URGENT),
        ("Nobody gets it, I should be dead.", Level.ELEVATED),
        ("I\u2019m killing time until I kill myself.", Level.URGENT),
    ],
)
def test_denial_person_past_means_and_sayings_decide_the_level(text: str, expected: Level) -> None:
    assert level(text) is expected


@given(text=TEXTS, country=st.sampled_from(["US", "GB", "DE", "BR", ""]))
def test_resources_are_given_exactly_where_a_level_is(text: str, country: str) -> None:
    safety = triage.of_text(text, country=country)

    assert bool(safety.resources) is (safety.level is not Level.NONE)
    assert bool(safety.needs) is (safety.level is not Level.NONE)


@given(text=st.sampled_from(of_label(Level.URGENT)), harmless=st.sampled_from(of_label(Level.NONE)))
def test_a_harmless_sentence_beside_an_urgent_one_does_not_hide_it(text: str, harmless: str) -> None:
    assert level(f"{harmless} {text}") is not Level.NONE
    assert level(f"{text}\n{harmless}") is not Level.NONE


def test_resources_answer_the_need() -> None:
    safety = triage.of_text("My husband hits me.", country="US")

    assert safety.resources[0].id == "us.domestic_violence"


def test_an_urgent_text_names_the_emergency_services() -> None:
    safety = triage.of_text("I want to kill myself.", country="GB")

    assert {"gb.samaritans", "gb.999"} <= {resource.id for resource in safety.resources}


@pytest.mark.parametrize(
    ("answer", "expected"),
    [(None, Level.NONE), (0, Level.NONE), (1, Level.ELEVATED), (2, Level.URGENT), (3, Level.URGENT)],
)
def test_the_ninth_answer_raises_safety_from_one_on(answer: int | None, expected: Level) -> None:
    safety = triage.of_phq9_item9(answer, country="US")

    assert safety.level is expected
    assert bool(safety.resources) is (expected is not Level.NONE)


@pytest.mark.parametrize("answer", [-1, 4])
def test_an_answer_out_of_range_is_refused(answer: int) -> None:
    with pytest.raises(ValueError, match="0, 1, 2 or 3"):
        triage.of_phq9_item9(answer, country="US")


def test_judgements_join_into_the_gravest() -> None:
    joined = triage.worst(
        [triage.of_text("I hear voices.", country="US"), triage.of_phq9_item9(3, country="US"), triage.SAFE],
        country="US",
    )

    assert joined.level is Level.URGENT
    assert {Need.SUICIDE, Need.PSYCHOSIS, Need.EMERGENCY} <= set(joined.needs)


def test_joining_nothing_is_safe() -> None:
    assert triage.worst([], country="US") == triage.SAFE


def test_a_reading_carries_concerns_and_safety_of_one_text() -> None:
    reading = interpret("I am depressed and I want to die.", "US")

    assert reading.safety == triage.of_text("I am depressed and I want to die.", country="US")
    assert {"mood.dep", "safety.si"} <= {concern.concept_id for concern in reading.concerns}


@pytest.mark.parametrize(
    "said", ["kms ", "kill myself ", "I want to die. ", "I have a gun ", "suicidd ", "he hit me, goodbye, "]
)
def test_a_text_that_repeats_itself_stays_cheap(said: str) -> None:
    text = (said * TEXT_CHARACTERS)[:TEXT_CHARACTERS]
    level("warm up")

    seconds = min(processor_seconds(text) for _ in range(3))

    assert seconds <= 0.2 * SLOW_MACHINE_FACTOR


@given(said=st.sampled_from(["kill myself", "I want to die.", "my husband hits me", "I have a gun and", "goodbye"]))
def test_saying_it_again_does_not_lower_the_level(said: str) -> None:
    once, often = level(said), level(" ".join([said] * 40))

    assert often.rank >= once.rank


def test_signals_and_concerns_read_words_at_the_same_places() -> None:
    text = "I don\u2019t really sleep, I want to die."

    ours = signals.signal_patterns().words(text)
    theirs = lexicon.patterns().words(text)

    assert ours.tokens == theirs.tokens


def test_no_signal_is_named_twice_with_different_meaning() -> None:
    table = rows("domain.safety", "signals.psv", header=("signal", "level", "need", "patterns"))

    assert len({signal for signal, *_ in table}) == len(table)

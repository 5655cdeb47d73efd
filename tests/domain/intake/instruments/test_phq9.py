import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.intake.instruments import phq9
from domain.intake.instruments.instrument import Change, SheetInvalid
from domain.intake.instruments.phq9 import Syndrome

NUMBERS = tuple(str(number) for number in range(1, 10))
sheets = st.fixed_dictionaries(dict.fromkeys(NUMBERS, st.integers(0, 3)))
texts = st.text("0123. -x\x00\ud800é🌱", max_size=9)
anything = st.one_of(st.none(), st.booleans(), st.integers(), st.floats(), texts, st.lists(texts))


def sheet(values: str) -> dict[str, int]:
    """Read nine digits as the answers to items 1 to 9; `-` is an item that was skipped."""
    return {number: int(value) for number, value in zip(NUMBERS, values, strict=True) if value != "-"}


def pointers(refused: pytest.ExceptionInfo[SheetInvalid]) -> list[str]:
    return [flaw.pointer for flaw in refused.value.flaws]


def test_a_sheet_of_small_troubles_is_mild() -> None:
    score = phq9.score(sheet("121100101"))

    assert (score.instrument, score.total, score.band) == ("phq9", 7, "mild")
    assert not score.subscales
    assert not score.prorated
    assert score.not_answered == ()


@pytest.mark.parametrize(
    ("total", "band"),
    [
        (0, "minimal"),
        (4, "minimal"),
        (5, "mild"),
        (9, "mild"),
        (10, "moderate"),
        (14, "moderate"),
        (15, "moderately_severe"),
        (19, "moderately_severe"),
        (20, "severe"),
        (27, "severe"),
    ],
)
def test_bands_begin_at_5_10_15_and_20(total: int, band: str) -> None:
    filled, rest = divmod(total, 3)
    values = ("3" * filled + str(rest) * (rest > 0)).ljust(9, "0")

    score = phq9.score(sheet(values))

    assert (score.total, score.band) == (total, band)


@given(sheets)
def test_a_full_sheet_scores_as_an_independent_reading_of_the_rules_does(answers: dict[str, int]) -> None:
    total = sum(answers.values())
    edges = {"minimal": range(5), "mild": range(5, 10), "moderate": range(10, 15)}
    edges |= {"moderately_severe": range(15, 20), "severe": range(20, 28)}
    signs = [answers[number] >= 2 for number in NUMBERS[:8]] + [answers["9"] > 0]
    core = signs[0] or signs[1]
    expected = "none"
    if core and sum(signs) >= 2:
        expected = "major_depressive" if sum(signs) > 4 else "other_depressive"

    score = phq9.score(answers)

    assert score.total == total
    assert total in edges[score.band]
    assert score.syndrome == expected


@given(sheets, st.sampled_from(NUMBERS))
def test_a_higher_answer_never_lowers_the_total_or_the_syndrome(answers: dict[str, int], number: str) -> None:
    order = [Syndrome.NONE, Syndrome.OTHER_DEPRESSIVE, Syndrome.MAJOR_DEPRESSIVE]
    higher = {**answers, number: min(3, answers[number] + 1)}

    before, after = phq9.score(answers), phq9.score(higher)

    assert after.total - before.total == higher[number] - answers[number]
    assert before.syndrome is not None
    assert after.syndrome is not None
    assert order.index(Syndrome(after.syndrome)) >= order.index(Syndrome(before.syndrome))


@given(sheets, st.permutations(NUMBERS))
def test_the_total_does_not_depend_on_which_item_has_which_answer(answers: dict[str, int], order: list[str]) -> None:
    moved = {number: answers[other] for number, other in zip(NUMBERS, order, strict=True)}

    assert phq9.score(moved).total == phq9.score(answers).total


@given(sheets, st.permutations(NUMBERS))
def test_the_order_in_which_answers_are_sent_changes_nothing(answers: dict[str, int], order: list[str]) -> None:
    assert phq9.score({number: answers[number] for number in order}) == phq9.score(answers)


@given(sheets, st.permutations([str(number) for number in range(3, 9)]))
def test_the_syndrome_does_not_care_which_of_items_3_to_8_counts(answers: dict[str, int], order: list[str]) -> None:
    places = [str(number) for number in range(3, 9)]
    moved = {**answers, **{number: answers[other] for number, other in zip(places, order, strict=True)}}

    assert phq9.score(moved).syndrome == phq9.score(answers).syndrome


@pytest.mark.parametrize(
    ("values", "syndrome"),
    [
        ("222220000", Syndrome.MAJOR_DEPRESSIVE),
        ("022220001", Syndrome.MAJOR_DEPRESSIVE),
        ("222200000", Syndrome.OTHER_DEPRESSIVE),
        ("200000001", Syndrome.OTHER_DEPRESSIVE),
        ("200000000", Syndrome.NONE),
        ("113333333", Syndrome.NONE),
    ],
)
def test_syndromes_need_a_core_item_and_item_9_counts_from_1(values: str, syndrome: Syndrome) -> None:
    assert phq9.score(sheet(values)).syndrome is syndrome


@pytest.mark.parametrize(
    ("values", "total"), [("1111-0000", 5), ("33330000-", 14), ("-33333333", 27), ("00000000-", 0)]
)
def test_one_skipped_item_scales_the_total_and_rounds_a_half_up(values: str, total: int) -> None:
    score = phq9.score(sheet(values))

    assert score.total == total
    assert score.prorated


@given(sheets, st.sampled_from(NUMBERS))
def test_a_prorated_total_is_the_nearest_whole_number_in_range(answers: dict[str, int], skipped: str) -> None:
    del answers[skipped]

    score = phq9.score(answers)

    assert score.total == math.floor(sum(answers.values()) * 9 / 8 + 0.5)
    assert 0 <= score.total <= 27
    assert score.not_answered == (skipped,)


@given(sheets, st.sampled_from(NUMBERS))
def test_a_named_syndrome_holds_for_every_answer_to_the_skipped_item(answers: dict[str, int], skipped: str) -> None:
    full = {phq9.score({**answers, skipped: value}).syndrome for value in range(4)}
    del answers[skipped]

    syndrome = phq9.score(answers).syndrome

    assert full == {syndrome} if len(full) == 1 else syndrome is Syndrome.UNDETERMINED


def test_skipping_item_9_is_not_a_zero() -> None:
    score = phq9.score(sheet("22220000-"))

    assert score.not_answered == ("9",)
    assert score.syndrome is Syndrome.UNDETERMINED
    assert phq9.danger(sheet("22220000-")) is None


def test_null_is_an_item_that_was_skipped() -> None:
    assert phq9.score({**sheet("12110010-"), "9": None}) == phq9.score(sheet("12110010-"))


def test_two_skipped_items_are_named_and_not_scored() -> None:
    with pytest.raises(SheetInvalid) as refused:
        phq9.score(sheet("0000-000-"))

    assert refused.value.slug == "validation-failed"
    assert pointers(refused) == ["/answers/5", "/answers/9"]


@pytest.mark.parametrize("value", [-1, 4, 10**30, True, False, 1.0, "1", math.nan, [1]])
def test_an_answer_that_is_no_whole_number_from_0_to_3_is_refused(value: object) -> None:
    with pytest.raises(SheetInvalid) as refused:
        phq9.score({**sheet("000000000"), "5": value})

    assert pointers(refused) == ["/answers/5"]


def test_every_flaw_of_a_sheet_is_named_at_once() -> None:
    with pytest.raises(SheetInvalid) as refused:
        phq9.score({"1": 7, "2": True, "3": 1, "10": 0, "a/b~c": 0, "\ud800": 0})

    assert pointers(refused) == [
        "/answers/1",
        "/answers/2",
        "/answers/10",
        "/answers/a~1b~0c",
        "/answers",
        *[f"/answers/{number}" for number in range(4, 10)],
    ]


def test_a_sheet_of_seventeen_items_from_1_to_5_is_the_wrong_scale() -> None:
    answers = {str(number): 1 + number % 5 for number in range(1, 18)}

    with pytest.raises(SheetInvalid) as refused:
        phq9.score(answers)

    assert {"/answers/4", "/answers/10", "/answers/17"} <= set(pointers(refused))


@given(st.dictionaries(st.sampled_from([*NUMBERS, "0", "10", ""]), anything))
def test_scoring_anything_gives_a_score_in_range_or_a_refusal(answers: dict[str, object]) -> None:
    try:
        score = phq9.score(answers)
    except SheetInvalid as refused:
        assert refused.flaws  # noqa: PT017 - either outcome is right, and this is what a refusal must hold
    else:
        assert 0 <= score.total <= 27


@given(sheets)
def test_danger_is_item_9_whatever_the_total(answers: dict[str, int]) -> None:
    assert phq9.danger(answers) == answers["9"]


@pytest.mark.parametrize(
    ("value", "sign"),
    [(4, 3), (True, 1), (0.5, 1), (math.inf, 3), ("2", 2), (" 5 ", 3), (10**400, 3), (0, 0), ("0", 0)],
)
def test_danger_reads_a_sheet_that_can_not_be_scored(value: object, sign: int) -> None:
    assert phq9.danger({"9": value, "4": "nonsense"}) == sign


@given(st.dictionaries(st.sampled_from(["1", "9", "x"]), anything))
def test_danger_never_raises(answers: dict[str, object]) -> None:
    assert phq9.danger(answers) in {None, 0, 1, 2, 3}


def test_only_item_9_is_watched() -> None:
    assert [item.id for item in phq9.ITEMS if item.watched] == ["9"]


def test_codes_are_those_loinc_gives_in_the_published_order() -> None:
    loinc = phq9.INSTRUMENT.loinc

    codes = [item.loinc for item in phq9.ITEMS]

    assert (loinc.panel, loinc.total) == ("44249-1", "44261-6")
    assert codes == ["44250-9", "44255-8", "44259-0", "44254-1", "44251-7", "44258-2", "44252-5", "44253-3", "44260-8"]
    assert [loinc.answers[value] for value in range(4)] == ["LA6568-5", "LA6569-3", "LA6570-1", "LA6571-9"]


def test_thresholds_of_change_are_the_published_ones() -> None:
    points = {threshold.change: threshold.points for threshold in phq9.INSTRUMENT.changes}

    assert points == {Change.RELIABLE: 6, Change.RECOVERED: 10, Change.IMPORTANT: 5}
    assert phq9.INSTRUMENT.case_at_least == 10

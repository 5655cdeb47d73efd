import json
import math
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.intake import answers as answer
from domain.intake.answers import Answers, AnswersInvalid, AnswerValue
from domain.intake.form import Form, FormId, Item, ItemType, Option, Sign, check_form

OPTIONS = (
    Option(value="yes", label="Yes"),
    Option(value="unsure", label="Not sure", sign=Sign.POSSIBLE),
    Option(value="no", label="No", sign=Sign.CLEAR),
)
FORM = Form(
    id=FormId(UUID("01a2066b-0000-7000-8000-000000000002")),
    version=1,
    url=None,
    title="One item of every type",
    introduction="",
    language="en",
    items=(
        Item(link_id="group", type=ItemType.GROUP, label=""),
        Item(link_id="display", within="group", type=ItemType.DISPLAY, label=""),
        Item(link_id="boolean", within="group", type=ItemType.BOOLEAN, label="", required=True),
        Item(link_id="decimal", type=ItemType.DECIMAL, label=""),
        Item(link_id="integer", type=ItemType.INTEGER, label="", required=True),
        Item(link_id="date", type=ItemType.DATE, label=""),
        Item(link_id="dateTime", type=ItemType.DATE_TIME, label=""),
        Item(link_id="time", type=ItemType.TIME, label=""),
        Item(link_id="string", type=ItemType.STRING, label="", max_length=5),
        Item(link_id="text", type=ItemType.TEXT, label="", required=True, read_for_danger=True),
        Item(link_id="url", type=ItemType.URL, label=""),
        Item(link_id="choice", type=ItemType.CHOICE, label="", options=OPTIONS),
        Item(link_id="open-choice", type=ItemType.OPEN_CHOICE, label="", options=OPTIONS),
        Item(link_id="choices", type=ItemType.CHOICE, label="", options=OPTIONS, repeats=True),
        Item(link_id="texts", type=ItemType.TEXT, label="", repeats=True, read_for_danger=True),
        Item(link_id="dates", type=ItemType.DATE, label="", repeats=True),
    ),
)
LINK_IDS = [item.link_id for item in FORM.items]

likely = st.sampled_from(
    ["yes", "no", "2026-02-29", "2024-02-29", "10:00:00", "https://example.org", "http://[", "\x00"]
)
texts = st.text("abc 0129-:/~T\n\x00\ud800é🌱", max_size=12)
anything: st.SearchStrategy[AnswerValue | None] = st.one_of(
    st.none(), st.booleans(), st.integers(), st.floats(), texts, likely, st.lists(texts | likely)
)
bodies = st.dictionaries(st.sampled_from(LINK_IDS) | texts, anything)


def flawed(answers: Answers) -> list[str]:
    with pytest.raises(AnswersInvalid) as refused:
        answer.check_partial(FORM, answers)
    return [flaw.pointer for flaw in refused.value.flaws]


def test_the_form_of_these_tests_hangs_together() -> None:
    check_form(FORM)

    assert {item.type for item in FORM.items} == set(ItemType)


@pytest.mark.parametrize(
    ("link_id", "value"),
    [
        ("boolean", False),
        ("decimal", 1.5),
        ("decimal", 2),
        ("integer", -(2**31)),
        ("date", "2024-02-29"),
        ("dateTime", "2026-03-01T09:30:00+01:00"),
        ("dateTime", "2026-03-01T09:30:00Z"),
        ("time", "23:59:59"),
        ("string", "fünf!"),
        ("text", "line one\nline two 🌱"),
        ("text", "x" * 10_000),
        ("url", "https://example.org/a?b=c"),
        ("choice", "unsure"),
        ("open-choice", "something else"),
        ("choices", ["no", "yes"]),
        ("choices", []),
        ("texts", ["one", "two"]),
        ("dates", ["2026-01-31"]),
        ("choice", None),
    ],
)
def test_an_answer_that_fits_its_item_is_saved(link_id: str, value: AnswerValue | None) -> None:
    answer.check_partial(FORM, {link_id: value})


@pytest.mark.parametrize(
    ("link_id", "value"),
    [
        ("group", "x"),
        ("display", None),
        ("boolean", 1),
        ("boolean", "true"),
        ("decimal", True),
        ("decimal", math.nan),
        ("decimal", math.inf),
        ("decimal", 10**400),
        ("integer", 1.0),
        ("integer", True),
        ("integer", 2**31),
        ("date", "2026-02-29"),
        ("date", "20260228"),
        ("date", "2026-W01-1"),
        ("date", "2026-01-01\n"),
        ("date", "\u0662\u0660\u0662\u0666-01-01"),
        ("dateTime", "2026-03-01T09:30:00"),
        ("dateTime", "2026-03-01T25:30:00Z"),
        ("time", "24:01:00"),
        ("string", "sixsix"),
        ("text", "x" * 10_001),
        ("text", "a\x00b"),
        ("text", "a\ud800"),
        ("text", ["a list"]),
        ("url", "javascript:alert(1)"),
        ("url", "http://["),
        ("url", "https://"),
        ("choice", "maybe"),
        ("choice", ["yes"]),
        ("open-choice", "x" * 501),
        ("choices", "yes"),
        ("choices", ["yes", "maybe"]),
        ("choices", ["yes", "yes"]),
        ("texts", [str(number) for number in range(51)]),
        ("dates", ["2026-13-01"]),
    ],
)
def test_an_answer_that_does_not_fit_is_refused_at_its_place(link_id: str, value: AnswerValue | None) -> None:
    assert flawed({link_id: value}) == [f"/answers/{link_id}"]


def test_an_item_the_form_does_not_have_is_refused() -> None:
    assert flawed({"stranger/one": "x", "": "y", "l\x00ng": "z"}) == ["/answers/stranger~1one", "/answers/", "/answers"]


def test_every_flaw_is_named_and_no_answer_is_repeated() -> None:
    with pytest.raises(AnswersInvalid) as refused:
        answer.check_partial(FORM, {"choice": "my secret", "date": "my secret", "boolean": True})

    assert [flaw.pointer for flaw in refused.value.flaws] == ["/answers/choice", "/answers/date"]
    assert "secret" not in refused.value.detail + "".join(flaw.detail for flaw in refused.value.flaws)


def test_a_draft_may_leave_out_what_is_required_and_a_submission_may_not() -> None:
    answers: dict[str, AnswerValue | None] = {"text": " \n", "integer": None}

    answer.check_partial(FORM, answers)
    with pytest.raises(AnswersInvalid) as refused:
        answer.check_complete(FORM, answers)

    assert [flaw.pointer for flaw in refused.value.flaws] == ["/answers/boolean", "/answers/integer", "/answers/text"]


def test_false_and_0_are_answers() -> None:
    answer.check_complete(FORM, {"boolean": False, "integer": 0, "text": "here"})


@given(bodies)
def test_checking_a_draft_never_raises_anything_but_invalid(answers: dict[str, AnswerValue | None]) -> None:
    try:
        answer.check_partial(FORM, answers)
    except AnswersInvalid as refused:
        assert refused.flaws  # noqa: PT017 - either outcome is right, and this is what a refusal must hold


@given(bodies)
def test_what_is_accepted_can_be_stored_and_sent(answers: dict[str, AnswerValue | None]) -> None:
    try:
        answer.check_partial(FORM, answers)
    except AnswersInvalid as refused:
        sent = json.dumps([flaw.pointer for flaw in refused.flaws], ensure_ascii=False)
    else:
        sent = json.dumps(answers, ensure_ascii=False, allow_nan=False)

    assert sent.encode()
    assert "\\u0000" not in sent


@given(bodies)
def test_what_a_submission_accepts_a_draft_accepts(answers: dict[str, AnswerValue | None]) -> None:
    try:
        answer.check_complete(FORM, answers)
    except AnswersInvalid:
        return

    answer.check_partial(FORM, answers)


@given(bodies)
def test_looking_for_danger_never_raises(answers: dict[str, AnswerValue | None]) -> None:
    assert all(text.strip() for text in answer.texts_to_read(FORM, answers))
    assert set(answer.signs(FORM, answers)) <= set(Sign)


def test_changes_are_saved_over_the_draft_and_null_withdraws() -> None:
    draft: dict[str, AnswerValue] = {"text": "old", "integer": 1, "date": "2026-01-01"}

    saved = answer.merged(draft, {"text": "new", "integer": None, "boolean": True, "choice": None})

    assert saved == {"text": "new", "date": "2026-01-01", "boolean": True}
    assert draft["text"] == "old"


def test_texts_are_read_where_the_form_says_and_under_keys_it_does_not_know() -> None:
    answers: Answers = {"text": "one", "string": "a name", "choice": "yes", "texts": ["two", " "], "typo": "three"}

    assert answer.texts_to_read(FORM, answers) == ("one", "two", "three")


def test_a_text_too_long_to_save_is_still_read() -> None:
    assert answer.texts_to_read(FORM, {"text": "x" * 20_000}) == ("x" * 20_000,)


def test_a_chosen_option_gives_its_sign() -> None:
    assert answer.signs(FORM, {"choice": "no"}) == (Sign.CLEAR,)
    assert answer.signs(FORM, {"choice": "yes"}) == ()
    assert answer.signs(FORM, {"choices": ["no", "unsure", "nonsense"]}) == (Sign.POSSIBLE, Sign.CLEAR)

import re

import pytest

from domain.intake.answers import Answers, check_complete, signs, texts_to_read
from domain.intake.built_in import BUILT_IN, FIRST_SESSION, FIRST_SESSION_ID
from domain.intake.form import Form, ItemType, Sign, check_form

ITEMS = {item.link_id: item for item in FIRST_SESSION.items}


@pytest.mark.parametrize("form", BUILT_IN.values(), ids=lambda form: form.title)
def test_a_built_in_form_hangs_together(form: Form) -> None:
    check_form(form)

    assert BUILT_IN[form.id] is form


def test_the_id_of_the_first_session_form_never_changes() -> None:
    assert str(FIRST_SESSION_ID) == "01a2066b-f9a2-738b-a4ed-384589b36a7d"
    assert FIRST_SESSION_ID.version == 7


def test_the_first_session_form_may_be_sent_with_nothing_in_it() -> None:
    check_complete(FIRST_SESSION, {})

    assert "No answer is required to keep your booking" in FIRST_SESSION.introduction


def test_every_free_text_of_the_first_session_form_is_read_for_danger() -> None:
    texts = [item for item in FIRST_SESSION.items if item.type is ItemType.TEXT]

    assert len(texts) >= 5
    assert all(item.read_for_danger for item in texts)


def test_a_warning_stands_before_every_item_that_touches_on_danger_or_abuse() -> None:
    touching = re.compile(r"\b(safe|safety|danger|abuse|hurt|violence)\b", re.IGNORECASE)
    asked = [item for item in FIRST_SESSION.items if item.within == "safety" and item.answerable]

    assert all(item.content_warning for item in asked)
    assert ITEMS["safety"].content_warning
    assert all(touching.search(item.label) for item in asked)


@pytest.mark.parametrize(
    ("chosen", "expected"),
    [("yes", ()), ("not_sure", (Sign.POSSIBLE,)), ("no", (Sign.CLEAR,)), ("prefer_not_to_say", ())],
)
def test_not_being_safe_right_now_is_a_sign_of_danger(chosen: str, expected: tuple[Sign, ...]) -> None:
    answers: Answers = {"safe_now": chosen}

    check_complete(FIRST_SESSION, answers)

    assert signs(FIRST_SESSION, answers) == expected


def test_what_somebody_writes_is_read_and_who_they_name_is_not() -> None:
    answers: Answers = {"brings_you": "words", "emergency_contact_name": "Sam"}

    assert texts_to_read(FIRST_SESSION, answers) == ("words",)


def test_what_is_personal_says_why_it_is_asked() -> None:
    personal = ("brings_you", "place", "callback_number", "emergency_contact_name", "safe_now", "know_first", "avoid")

    assert all(ITEMS[link_id].why_we_ask for link_id in personal)

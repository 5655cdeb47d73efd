from dataclasses import replace
from uuid import UUID

import pytest

from domain.intake.form import Form, FormId, FormInvalid, Item, ItemType, Option, check_form

GROUP = Item(link_id="group", type=ItemType.GROUP, label="A group")
FORM = Form(
    id=FormId(UUID("01a2066b-0000-7000-8000-000000000001")),
    version=1,
    url=None,
    title="A form",
    introduction="",
    language="en",
    items=(GROUP, Item(link_id="words", within="group", type=ItemType.TEXT, label="Words")),
)
YES = Option(value="yes", label="Yes")


def test_a_form_that_hangs_together_is_accepted() -> None:
    check_form(FORM)


@pytest.mark.parametrize(
    ("item", "place"),
    [
        (Item(link_id="group", type=ItemType.TEXT, label=""), "link_id"),
        (Item(link_id=" ", type=ItemType.TEXT, label=""), "link_id"),
        (Item(link_id="a\x00", type=ItemType.TEXT, label=""), "link_id"),
        (Item(link_id="x" * 256, type=ItemType.TEXT, label=""), "link_id"),
        (Item(link_id="x", within="words", type=ItemType.TEXT, label=""), "within"),
        (Item(link_id="x", within="x", type=ItemType.GROUP, label=""), "within"),
        (Item(link_id="x", within="nowhere", type=ItemType.TEXT, label=""), "within"),
        (Item(link_id="x", type=ItemType.DISPLAY, label="", required=True), "required"),
        (Item(link_id="x", type=ItemType.GROUP, label="", repeats=True), "repeats"),
        (Item(link_id="x", type=ItemType.INTEGER, label="", repeats=True), "repeats"),
        (Item(link_id="x", type=ItemType.CHOICE, label=""), "options"),
        (Item(link_id="x", type=ItemType.TEXT, label="", options=(YES,)), "options"),
        (Item(link_id="x", type=ItemType.CHOICE, label="", options=(YES, YES)), "options"),
        (Item(link_id="x", type=ItemType.CHOICE, label="", options=(Option(value="", label=""),)), "options"),
        (Item(link_id="x", type=ItemType.TEXT, label="", max_length=0), "max_length"),
        (Item(link_id="x", type=ItemType.DATE, label="", max_length=9), "max_length"),
        (Item(link_id="x", type=ItemType.DATE, label="", read_for_danger=True), "read_for_danger"),
    ],
)
def test_an_item_that_contradicts_itself_or_its_place_is_named(item: Item, place: str) -> None:
    with pytest.raises(FormInvalid) as refused:
        check_form(replace(FORM, items=(*FORM.items, item)))

    assert [flaw.pointer for flaw in refused.value.flaws] == [f"/items/2/{place}"]


def test_versions_count_from_1() -> None:
    with pytest.raises(FormInvalid) as refused:
        check_form(replace(FORM, version=0))

    assert [flaw.pointer for flaw in refused.value.flaws] == ["/version"]

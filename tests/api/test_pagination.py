import base64

import pytest
from hypothesis import given
from hypothesis import strategies as st

from api.pagination import CursorInvalid, cut, decode, encode, page_of

KEY = b"k" * 32
LIST = "appointments"
keys = st.lists(st.text(st.characters(codec="utf-8")), min_size=1, max_size=4)


@given(key=keys)
def test_a_cursor_gives_back_the_key_it_was_made_of(key: list[str]) -> None:
    cursor = encode(key, of=LIST, digest_key=KEY)

    assert decode(cursor, of=LIST, parts=len(key), digest_key=KEY) == tuple(key)


def test_without_a_cursor_there_is_no_key() -> None:
    assert decode(None, of=LIST, parts=1, digest_key=KEY) is None


@pytest.mark.parametrize(
    ("of", "parts", "digest_key"),
    [("therapists", 2, KEY), (LIST, 1, KEY), (LIST, 3, KEY), (LIST, 2, b"another key")],
    ids=["another list", "fewer parts", "more parts", "another service"],
)
def test_a_cursor_of_something_else_is_refused(of: str, parts: int, digest_key: bytes) -> None:
    cursor = encode(("2027-03-01T15:00:00Z", "1"), of=LIST, digest_key=KEY)

    with pytest.raises(CursorInvalid):
        decode(cursor, of=of, parts=parts, digest_key=digest_key)


@given(at=st.integers(min_value=0), bit=st.integers(0, 7))
def test_a_cursor_with_any_bit_changed_is_refused(at: int, bit: int) -> None:
    raw = bytearray(base64.urlsafe_b64decode(encode(("12345678",), of=LIST, digest_key=KEY) + "=="))
    raw[at % len(raw)] ^= 1 << bit

    with pytest.raises(CursorInvalid):
        decode(base64.urlsafe_b64encode(bytes(raw)).decode(), of=LIST, parts=1, digest_key=KEY)


@given(cursor=st.text())
def test_no_made_up_cursor_is_taken_and_none_breaks_anything(cursor: str) -> None:
    with pytest.raises(CursorInvalid) as refused:
        decode(cursor, of=LIST, parts=1, digest_key=KEY)

    assert [flaw.pointer for flaw in refused.value.flaws] == ["/cursor"]


@given(raw=st.binary())
def test_no_made_up_bytes_are_taken_for_a_cursor(raw: bytes) -> None:
    with pytest.raises(CursorInvalid):
        decode(base64.urlsafe_b64encode(raw).decode(), of=LIST, parts=1, digest_key=KEY)


@given(length=st.integers(0, 40), limit=st.integers(1, 15))
def test_page_after_page_gives_every_row_once_and_in_order(length: int, limit: int) -> None:
    rows = [f"row {number}" for number in range(length)]
    read: list[str] = []
    pages = 0
    cursor = None

    while pages == 0 or cursor is not None:
        page, cursor = page_of(rows, cursor=cursor, limit=limit, of=LIST, digest_key=KEY, key=lambda row: row)
        read.extend(page)
        pages += 1

    assert read == rows
    assert pages == max(1, -(-length // limit))


def test_a_cursor_whose_row_is_gone_is_refused() -> None:
    cursor = encode(("gone",), of=LIST, digest_key=KEY)

    with pytest.raises(CursorInvalid):
        page_of(["here"], cursor=cursor, limit=5, of=LIST, digest_key=KEY, key=lambda row: row)


def test_a_page_that_is_just_full_is_the_last() -> None:
    assert cut(["a", "b"], limit=2, of=LIST, digest_key=KEY, key=lambda row: row) == (["a", "b"], None)

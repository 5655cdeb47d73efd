import json
from contextlib import suppress
from json import JSONDecodeError

import pytest
from hypothesis import given
from hypothesis import strategies as st
from starlette.types import Message

from api.strict_json import StrictRequest, holds_null_byte

MARKER = "m4rk3r"
printable = st.text(st.characters(codec="utf-8", exclude_characters="\x00"))
leaves = st.none() | st.booleans() | st.integers(-(2**70), 2**70) | st.floats(allow_nan=False, allow_infinity=False)
values = st.recursive(leaves | printable, lambda inner: st.lists(inner) | st.dictionaries(printable, inner))


async def read(body: bytes) -> object:
    async def receive() -> Message:
        return {"type": "http.request", "body": body, "more_body": False}

    return await StrictRequest({"type": "http", "method": "POST", "headers": []}, receive).json()


async def refused(body: bytes) -> str:
    """Read what must not be read, and give all that the refusal says."""
    with pytest.raises(JSONDecodeError) as refusal:
        await read(body)
    return f"{refusal.value} {refusal.value.doc} {refusal.value.__cause__}"


@given(value=values, escaped=st.booleans())
async def test_plain_json_is_read_as_it_stands(value: object, escaped: bool) -> None:  # noqa: FBT001 - hypothesis draws it
    assert await read(json.dumps(value, ensure_ascii=escaped).encode()) == value


@pytest.mark.parametrize(
    "body",
    [
        b'"\\u0000 m4rk3r"',
        b'{"m4rk3r\\u0000": 1}',
        b'[[{"a": ["m4rk3r\\u0000"]}]]',
        b'"\x00 m4rk3r"',
        b'"m4rk3r \\ud800"',
        b'"m4rk3r \\udc00\\ud800"',
        b'["m4rk3r", NaN]',
        b'["m4rk3r", Infinity]',
        b'["m4rk3r", -Infinity]',
        b'"m4rk3r \xff"',
        b'"m4rk3r \xed\xa0\x80"',
        b'\xef\xbb\xbf"m4rk3r"',
        '"m4rk3r"'.encode("utf-16"),
        b"[" * 201 + b'"m4rk3r"' + b"]" * 201,
        b"[" * 100_000,
        b'["m4rk3r", ' + b"9" * 5000 + b"]",
        b'{"m4rk3r": 1,}',
        b"{'m4rk3r': 1}",
        b'"m4rk3r" 1',
        b"",
    ],
    ids=range(20),
)
async def test_what_could_not_be_kept_is_refused_and_not_repeated(body: bytes) -> None:
    assert MARKER not in await refused(body)


@given(junk=st.binary())
async def test_no_bytes_raise_anything_but_the_refusal(junk: bytes) -> None:
    with suppress(JSONDecodeError):
        await read(junk)


@given(value=values)
def test_a_null_character_is_found_wherever_it_stands(value: object) -> None:
    assert not holds_null_byte(value)
    for hidden in ([value, "a\x00"], {"a\x00": value}, {"a": [value, {"b": "\x00"}]}):
        assert holds_null_byte(hidden)


@pytest.mark.parametrize(
    "body",
    [json.dumps([0] * 5001), json.dumps({str(number): 0 for number in range(5001)}), json.dumps([[0] * 50] * 100)],
    ids=["list", "object", "nested"],
)
async def test_more_values_than_anybody_means_to_send_are_refused(body: str) -> None:
    assert "too many values" in await refused(body.encode())


async def test_as_many_values_as_may_be_sent_are_read() -> None:
    assert await read(json.dumps([0] * 5000).encode()) == [0] * 5000

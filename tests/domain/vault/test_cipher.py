import base64
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.vault.cipher import Place, SealBroken, Vault, decode_key, vault_of

KEY = bytes(range(32))
ROW = UUID("018f0000-0000-7000-8000-000000000001")
PLACE = Place(table="form_response", row=ROW, column="answers_sealed")
VAULT = Vault(sealing_key_id="k1", keys={"k1": KEY})

texts = st.text(st.characters(codec="utf-8"))


@given(plain=texts, table=texts, row=st.uuids(), column=texts)
def test_what_was_sealed_opens_in_its_place(plain: str, table: str, row: UUID, column: str) -> None:
    place = Place(table=table, row=row, column=column)

    assert VAULT.open(VAULT.seal(plain, place=place), place=place) == plain


@pytest.mark.parametrize(
    "elsewhere",
    [
        Place(table="notice", row=ROW, column="answers_sealed"),
        Place(table="form_response", row=UUID(int=ROW.int + 1), column="answers_sealed"),
        Place(table="form_response", row=ROW, column="narrative_sealed"),
    ],
    ids=["table", "row", "column"],
)
def test_a_sealed_value_does_not_open_anywhere_else(elsewhere: Place) -> None:
    sealed = VAULT.seal("I have not told anybody.", place=PLACE)

    with pytest.raises(SealBroken):
        VAULT.open(sealed, place=elsewhere)


def test_parts_of_a_place_do_not_run_into_each_other() -> None:
    assert Place(table="ab", row=ROW, column="c").encoded() != Place(table="a", row=ROW, column="bc").encoded()


@given(plain=texts, at=st.integers(min_value=0), bit=st.integers(0, 7))
def test_a_value_with_any_bit_changed_does_not_open(plain: str, at: int, bit: int) -> None:
    sealed = bytearray(VAULT.seal(plain, place=PLACE))
    sealed[at % len(sealed)] ^= 1 << bit

    with pytest.raises(SealBroken):
        VAULT.open(bytes(sealed), place=PLACE)


@given(junk=st.binary())
def test_what_was_never_sealed_is_broken_and_nothing_else(junk: bytes) -> None:
    with pytest.raises(SealBroken):
        VAULT.open(junk, place=PLACE)


@given(body=st.binary(max_size=40))
def test_a_value_cut_short_after_its_key_id_is_broken_and_nothing_else(body: bytes) -> None:
    with pytest.raises(SealBroken):
        VAULT.open(b"\x01\x02k1" + body, place=PLACE)


def test_the_same_words_are_sealed_differently_each_time() -> None:
    assert VAULT.seal("Sleep.", place=PLACE) != VAULT.seal("Sleep.", place=PLACE)


def test_a_value_is_opened_with_the_key_it_names() -> None:
    old = VAULT.seal("Sleep.", place=PLACE)
    rotated = Vault(sealing_key_id="k2", keys={"k2": bytes(32), "k1": KEY})

    assert rotated.open(old, place=PLACE) == "Sleep."
    assert rotated.seal("Sleep.", place=PLACE)[:4] == b"\x01\x02k2"


def test_a_value_of_a_key_that_is_not_held_does_not_open() -> None:
    sealed = Vault(sealing_key_id="k2", keys={"k2": KEY}).seal("Sleep.", place=PLACE)

    with pytest.raises(SealBroken):
        VAULT.open(sealed, place=PLACE)


def test_a_vault_needs_the_key_it_seals_with() -> None:
    with pytest.raises(ValueError, match="sealing key"):
        Vault(sealing_key_id="k2", keys={"k1": KEY})


@given(key=st.binary(min_size=32, max_size=32), padded=st.booleans())
def test_a_key_is_read_with_and_without_padding(key: bytes, padded: bool) -> None:  # noqa: FBT001 - hypothesis draws it
    written = base64.urlsafe_b64encode(key).decode()

    assert decode_key(written if padded else written.rstrip("=")) == key


@pytest.mark.parametrize(
    "written", ["", "c2hvcnQ", "hunter2-hunter2-hunter2", "schlüssel", "A" * 45, "A" * 400, "A!" * 43]
)
def test_a_refused_key_is_not_repeated(written: str) -> None:
    with pytest.raises(ValueError, match="32 bytes") as refused:
        decode_key(written)

    assert not written or written not in str(refused.value)


@pytest.mark.parametrize("setting", ["", "s3cret-without-id", ":s3cret", "id:s3cret", "ü" * 200 + ":s3cret", "k" * 256])
def test_a_refused_vault_setting_is_not_repeated(setting: str) -> None:
    with pytest.raises(ValueError, match="32 bytes") as refused:
        vault_of(setting)

    assert "s3cret" not in str(refused.value)


def test_a_vault_of_a_setting_seals_under_the_id_in_front() -> None:
    vault = vault_of("2027-03:" + base64.urlsafe_b64encode(KEY).decode())

    sealed = vault.seal("Sleep.", place=PLACE)

    assert sealed[2:9] == b"2027-03"
    assert Vault(sealing_key_id="2027-03", keys={"2027-03": KEY}).open(sealed, place=PLACE) == "Sleep."


def test_the_longest_key_id_seals_and_opens() -> None:
    vault = vault_of("k" * 255 + ":" + base64.urlsafe_b64encode(KEY).decode())

    assert vault.open(vault.seal("Sleep.", place=PLACE), place=PLACE) == "Sleep."

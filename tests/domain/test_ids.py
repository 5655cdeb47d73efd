import time
from uuid import RFC_4122

from domain.ids import uuid7, uuid7_of


def test_an_id_is_a_uuid_of_version_7() -> None:
    drawn = [uuid7() for _ in range(1000)]

    assert {each.version for each in drawn} == {7}
    assert {each.variant for each in drawn} == {RFC_4122}


def test_an_id_begins_with_the_millisecond_it_was_drawn_in() -> None:
    before = time.time_ns() // 1_000_000
    drawn = uuid7()
    after = time.time_ns() // 1_000_000

    assert before <= drawn.int >> 80 <= after


def test_ids_of_later_milliseconds_sort_after_earlier_ones() -> None:
    drawn = []
    for _ in range(20):
        drawn.append(uuid7())
        time.sleep(0.002)

    assert drawn == sorted(drawn)
    assert [str(each) for each in drawn] == sorted(str(each) for each in drawn)


def test_ids_are_drawn_once_and_use_every_random_bit() -> None:
    drawn = [uuid7().int for _ in range(20_000)]
    ever_set = ever_clear = 0
    for each in drawn:
        ever_set |= each
        ever_clear |= ~each
    random_bits = ((1 << 80) - 1) & ~(0xF << 76) & ~(0x3 << 62)

    assert len(set(drawn)) == len(drawn)
    assert ever_set & ever_clear & random_bits == random_bits


def test_a_derived_id_is_a_uuid_of_version_7_and_the_same_each_time() -> None:
    row = uuid7()

    derived = uuid7_of(row, label="told")

    assert (derived.version, derived.variant) == (7, RFC_4122)
    assert derived == uuid7_of(row, label="told")
    assert derived.int >> 80 == row.int >> 80
    assert len({derived, uuid7_of(row, label="asked"), uuid7_of(uuid7(), label="told"), row}) == 4

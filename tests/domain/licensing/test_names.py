import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.licensing import names
from domain.licensing.names import Agreement, PersonName


def name(family: str, first: str, middle: str = "") -> PersonName:
    made = names.person_name(family=family, first=first, middle=middle)
    assert made is not None
    return made


@pytest.mark.parametrize(
    ("written", "normal"),
    [
        ("Muñoz", "MUNOZ"),
        ("Łukasz Øster", "LUKASZ OSTER"),
        ("Weiß", "WEISS"),
        ("O'Testa", "OTESTA"),
        ("O\u2019Testa", "OTESTA"),
        ("Probe-Sample", "PROBE SAMPLE"),
        ("SAMPLE (FORMER)", "SAMPLE FORMER"),
        ("St. Sample", "ST SAMPLE"),
        ("Sample Jr.", "SAMPLE"),
        ("Sample III", "SAMPLE"),
        ("Dr. Ann Sample, Ph.D.", "ANN SAMPLE"),
        ("Ann Sample MD PhD", "ANN SAMPLE"),
        ("Ann Sample LCSW-C", "ANN SAMPLE"),
        ("J.R. Sample", "J R SAMPLE"),
        ("Md", "MD"),  # a given name in Bengali
        ("Terry Test 123", "TERRY TEST 123"),
        ("  ", ""),
        ("-", ""),
    ],
)
def test_a_name_is_written_one_way(written: str, normal: str) -> None:
    assert names.normalise(written) == normal


@given(st.one_of(st.text(), st.text("aÉ.'-, JrMDIœßİŉǅ\u2019", max_size=12)))
def test_normalising_twice_changes_nothing(text: str) -> None:
    once = names.normalise(text)

    assert names.normalise(once) == once


@pytest.mark.parametrize(
    ("one", "other"),
    [
        (name("O'TESTA", "ANN"), name("O Testa", "Ann")),
        (name("VAN SAMPLE", "ANN"), name("Vansample", "Ann")),
        (name("VAN SAMPLE", "ANN"), name("Sample", "Ann")),
        (name("DE LA MUESTRA", "ANA"), name("Muestra de la", "Ana")),
        (name("MENDEZ-DELAMUESTRA", "ANA"), name("de la Muestra", "Ana")),
        (name("PROBE-SAMPLE", "ANN"), name("Sample", "Ann")),
        (name("PROBE-SAMPLE", "ANN"), name("Probe Sample", "Ann")),
        (name("MUESTRA PRUEBA", "ANA"), name("Prueba Muestra", "Ana")),
        (name("SAMPLE (FORMER)", "ANN"), name("Former", "Ann")),
        (name("MC SAMPLE", "ANN"), name("McSample", "Ann")),
        (name("ST SAMPLE", "ANN"), name("St. Sample", "Ann")),
        (name("SAMPLE JR", "ANN"), name("Sample", "Ann")),
        (name("MÜSTER", "JOSÉ"), name("MUSTER", "JOSE")),
        (name("SAMPLE", "A"), name("Sample", "Ann")),
        (name("SAMPLE", "R", "TERRY"), name("Sample", "Terry")),
        (name("SAMPLE", "ROBERT", "TERRY"), name("Sample", "Terry")),
        (name("SAMPLE", "ANN", "B "), name("Sample", "Ann", "Beth")),
        (name("SAMPLE", "MARY ANN"), name("Sample", "Maryann")),
        (name("SAMPLE", "GRETA-LEE", "A "), name("Sample", "Greta")),
    ],
)
def test_two_ways_of_writing_a_name_are_the_same_name(one: PersonName, other: PersonName) -> None:
    assert names.same_person_name(one, other)
    assert names.same_person_name(other, one)
    assert set(names.keys(one)) & set(names.keys(other))


@pytest.mark.parametrize(
    ("one", "other", "expected"),
    [
        (name("SAMPLE", "ANN"), name("SAMPLE", "ROBERT"), Agreement.FAMILY_ONLY),
        (name("SAMPLE", "ANN"), name("MUSTER", "ANN"), Agreement.GIVEN_ONLY),
        (name("SAMPLE", "ANN"), name("MUSTER", "ROBERT"), Agreement.NONE),
        (name("SAMPLE", "A"), name("MUSTER", "A"), Agreement.NONE),  # an initial alone says nothing
        (name("SAMPLE", "ROBERT", "J"), name("SAMPLE", "JOHN"), Agreement.FAMILY_ONLY),
        (name("SAMPLE", "JOHN", "LEE"), name("SAMPLE", "ANN", "LEE"), Agreement.FAMILY_ONLY),
        (name("MC SAMPLE", "ANN"), name("SAMPLE", "ANN"), Agreement.GIVEN_ONLY),
        (name("DE LA MUESTRA", "ANA"), name("DE LA PRUEBA", "ANA"), Agreement.GIVEN_ONLY),
        (name("TEST 27", "TERRY"), name("TEST 28", "TERRY"), Agreement.NONE),
        (name("TEST 27", "TERRY"), name("TEST 27", "TERRY"), Agreement.FULL),
        (name("TEST", "TERRY"), name("TEST 27", "TERRY"), Agreement.FULL),
        (name("SAMPLE", ""), name("SAMPLE", "ANN"), Agreement.FAMILY_ONLY),
    ],
)
def test_names_agree_as_far_as_their_parts_do(one: PersonName, other: PersonName, expected: Agreement) -> None:
    assert names.agreement(one, other) is expected
    assert names.agreement(other, one) is expected


@pytest.mark.parametrize(
    ("full_name", "family", "first"),
    [
        ("Terry Test 123", "TEST 123", "TERRY"),
        ("Terry Test 123", "123", "TERRY TEST"),
        ("Ann B. Sample", "SAMPLE", "ANN"),
        ("Sample, Ann B.", "SAMPLE", "ANN"),
        ("Sample, Ann, Ph.D.", "SAMPLE", "ANN"),
        ("Ann Sample, LPCC, NCC", "SAMPLE", "ANN"),
        ("Ana de la Muestra", "DELAMUESTRA", "ANA"),
        ("Yu Ma", "MA", "YU"),
        ("Muster, Do", "MUSTER", "DO"),
        ("Ann Muster, MA", "MUSTER", "ANN"),
        ("Dr. Ann Sample-Former, MD", "FORMER", "ANN"),
    ],
)
def test_a_name_in_one_line_is_read_as_family_and_given(full_name: str, family: str, first: str) -> None:
    assert any(names.same_person_name(each, name(family, first)) for each in names.readings(full_name))


def test_a_single_word_is_a_family_name() -> None:
    assert names.readings("Sample") == (PersonName(given=(), family=("SAMPLE",)),)


@pytest.mark.parametrize("nothing", ["", "  ", ",", "-- '"])
def test_what_holds_no_letter_is_no_name(nothing: str) -> None:
    assert names.readings(nothing) == ()
    assert names.person_name(family=nothing, first="Ann") is None


words = st.text("ABCDÉ'- ", min_size=1, max_size=10)


@given(words, words, words, words)
def test_names_agree_in_the_family_only_when_they_share_a_key(
    family: str,
    first: str,
    other_family: str,
    other_first: str,
) -> None:
    one = names.person_name(family=family, first=first)
    other = names.person_name(family=other_family, first=other_first)
    if one is None or other is None:
        return

    shared = bool(set(names.keys(one)) & set(names.keys(other)))

    assert (names.agreement(one, other) in {Agreement.FULL, Agreement.FAMILY_ONLY}) == shared
    assert names.agreement(one, other) is names.agreement(other, one)


@given(words, words)
def test_every_name_has_a_key_and_agrees_with_itself(family: str, first: str) -> None:
    one = names.person_name(family=family, first=first)
    if one is None:
        return

    assert names.keys(one)
    assert names.agreement(one, one) in ({Agreement.FULL} if one.given else {Agreement.FAMILY_ONLY})


def test_a_root_is_never_parted_from_what_follows() -> None:
    assert names.keys(name("Mac Den", "Ann")) == ("MACDEN",)

import csv
import io
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.licensing import exclusion_list
from domain.licensing.exclusion_list import COLUMNS, ExclusionRow
from domain.licensing.refusals import RefusedRow, UnreadableRegister

HEADER = ",".join(f'"{column}"' for column in COLUMNS).encode() + b"\r\n"

PERSON = {
    "LASTNAME": "SAMPLE",
    "FIRSTNAME": "ANN",
    "MIDNAME": "B ",
    "BUSNAME": "",
    "GENERAL": "IND- LIC HC SERV PRO",
    "SPECIALTY": "COUNSELOR",
    "UPIN": "",
    "NPI": "0000000000",
    "DOB": "02/29/84",
    "ADDRESS": "1 MADE UP STREET, #2",
    "CITY": "TESTVILLE",
    "STATE": "OH",
    "ZIP": "00000",
    "EXCLTYPE": "1128b4   ",
    "EXCLDATE": "20160218",
    "REINDATE": "00000000",
    "WAIVERDATE": "00000000",
    "WVRSTATE": "",
}
ENTITY = {
    "LASTNAME": "",
    "FIRSTNAME": "",
    "MIDNAME": " ",
    "BUSNAME": "MADE UP CLINIC, INC",
    "DOB": "",
    "NPI": "1234567893",
}


def line(**changes: str) -> bytes:
    out = io.StringIO()
    csv.writer(out, quoting=csv.QUOTE_ALL).writerow((PERSON | changes)[column] for column in COLUMNS)
    return out.getvalue().encode("latin-1")


def parsed(*lines: bytes) -> list[ExclusionRow | RefusedRow]:
    return list(exclusion_list.parse([HEADER, *lines]))


def row(**changes: str) -> ExclusionRow:
    (found,) = parsed(line(**changes))
    assert isinstance(found, ExclusionRow), found
    return found


def test_a_person_is_read_with_the_quirks_of_the_file() -> None:
    found = row()

    assert (found.last_name, found.first_name, found.middle_name) == ("SAMPLE", "ANN", "B")
    assert (found.npi, found.born_on, found.exclusion_type) == (None, date(1984, 2, 29), "1128b4")
    assert (found.excluded_on, found.reinstated_on, found.waived_on) == (date(2016, 2, 18), None, None)
    assert (found.address, found.jurisdiction) == ("1 MADE UP STREET, #2", "US-OH")
    assert found.person_name is not None


def test_an_entity_has_a_business_name_and_no_birth_date() -> None:
    found = row(**ENTITY)

    assert (found.business_name, found.person_name, found.born_on) == ("MADE UP CLINIC, INC", None, None)
    assert found.npi == "1234567893"


def test_a_reinstatement_and_a_waiver_keep_their_dates() -> None:
    found = row(REINDATE="20160921", WAIVERDATE="20140428", WVRSTATE="PR")

    assert (found.reinstated_on, found.waived_on) == (date(2016, 9, 21), date(2014, 4, 28))
    assert found.waiver_state == "PR"


@pytest.mark.parametrize(
    ("written", "excluded", "born_on"),
    [
        ("19840229", "20160218", date(1984, 2, 29)),
        ("02/29/1984", "20160218", date(1984, 2, 29)),
        ("07/04/00", "20160218", date(2000, 7, 4)),
        ("07/04/01", "20160218", date(1901, 7, 4)),  # no child is excluded
        ("07/04/16", "20160218", date(1916, 7, 4)),
        ("07/04/99", "20160218", date(1999, 7, 4)),
        ("07/04/01", "20260218", date(2001, 7, 4)),
        ("07/04/65", "19770218", date(1865, 7, 4)),
        ("00000000", "20160218", None),
        ("", "20160218", None),
        (" ", "20160218", None),
    ],
)
def test_birth_dates_of_either_shape_lie_far_enough_before_the_exclusion(
    written: str,
    excluded: str,
    born_on: date | None,
) -> None:
    assert row(DOB=written, EXCLDATE=excluded).born_on == born_on


@pytest.mark.parametrize(
    ("changes", "reason"),
    [
        ({"LASTNAME": " "}, "neither a person nor a business"),
        ({"LASTNAME": "-"}, "neither a person nor a business"),
        ({"NPI": "12345"}, "NPI"),
        ({"NPI": "1.23E+09"}, "NPI"),
        ({"DOB": "13/40/84"}, "DOB"),
        ({"DOB": "1/1/84"}, "DOB"),
        ({"DOB": "//////84"}, "DOB"),
        ({"DOB": "19840230"}, "DOB"),
        ({"EXCLDATE": "00000000"}, "date of exclusion"),
        ({"EXCLDATE": "2016-02-18"}, "EXCLDATE"),
        ({"REINDATE": "soon"}, "REINDATE"),
        ({"WAIVERDATE": "20161301"}, "WAIVERDATE"),
        ({"EXCLTYPE": "  "}, "kind of exclusion"),
        ({"STATE": "OHIO"}, "STATE"),
        ({"CITY": "A\x00B"}, "zero byte"),
    ],
)
def test_what_can_not_be_read_is_refused_with_line_and_reason(changes: dict[str, str], reason: str) -> None:
    first, refused = parsed(line(), line(**changes))

    assert isinstance(first, ExclusionRow)
    assert isinstance(refused, RefusedRow)
    assert refused.number == 3
    assert reason in refused.reason


def test_a_reason_repeats_nothing_of_the_line() -> None:
    (refused,) = parsed(line(DOB="31/31/84"))

    assert isinstance(refused, RefusedRow)
    assert not {"SAMPLE", "ANN", "31"} & set(refused.reason.split())


@pytest.mark.parametrize(
    "broken",
    [
        b"\r\n",
        b"",
        b"   \n",
        b'"SAMPLE","ANN"\r\n',
        line()[:-2] + b',"more"\r\n',
        line()[:40],
        b'"open\r\n',
        b'"a"b,c\n',
    ],
)
def test_a_broken_line_is_refused_and_the_next_one_is_read(broken: bytes) -> None:
    refused, after = parsed(broken, line())

    assert isinstance(refused, RefusedRow)
    assert isinstance(after, ExclusionRow)


@pytest.mark.parametrize("encoding", ["utf-8", "latin-1"])
def test_utf_8_and_latin_1_say_the_same(encoding: str) -> None:
    written = line(LASTNAME="MUÑOZ").decode("latin-1").encode(encoding)

    (found,) = parsed(written)

    assert isinstance(found, ExclusionRow)
    assert found.last_name == "MUÑOZ"


@pytest.mark.parametrize("header", [b"\xef\xbb\xbf" + HEADER, HEADER.lower(), HEADER.replace(b'"', b"")])
def test_the_header_may_be_written_in_other_ways(header: bytes) -> None:
    assert len(list(exclusion_list.parse([header, line()]))) == 1


@pytest.mark.parametrize(
    "lines", [[], [b""], [line()], [b"a,b,c\r\n"], [b'"open\r\n'], [HEADER.replace(b"NPI", b"ID")]]
)
def test_a_file_without_the_header_is_refused_as_a_whole(lines: list[bytes]) -> None:
    with pytest.raises(UnreadableRegister):
        list(exclusion_list.parse(lines))


def test_the_digest_is_of_what_the_row_says_and_not_of_how_it_is_written() -> None:
    same = [row(), row(DOB="19840229"), row(EXCLTYPE="1128b4"), row(NPI=""), row(MIDNAME="B")]
    other = [row(DOB="19840228"), row(REINDATE="20160921"), row(CITY="TESTBURG"), row(NPI="1234567893")]

    assert {each.digest for each in same} == {row().digest}
    assert len({each.digest for each in (row(), *other)}) == 5


def test_every_column_counts_in_the_digest() -> None:
    changed = dict.fromkeys(COLUMNS, "X1") | {
        "NPI": "1234567893",
        "DOB": "19700101",
        "STATE": "TX",
        "WVRSTATE": "TX",
        "EXCLDATE": "20150101",
        "REINDATE": "20170101",
        "WAIVERDATE": "20170101",
    }

    digests = {row(**{column: value}).digest for column, value in changed.items()}

    assert len(digests | {row().digest}) == len(COLUMNS) + 1


some_field = st.one_of(
    st.sampled_from(["", " ", "SAMPLE", "20160218", "00000000", "1234567893", "OH", "a,b", 'a"b', "a\nb"]),
    st.text(max_size=6),
)


@given(
    st.lists(
        st.one_of(st.binary(max_size=60), st.just(line()), st.builds(lambda city: line(CITY=city), st.text("ab\"',\r")))
    )
)
def test_every_line_is_a_row_or_a_refusal_in_its_order(lines: list[bytes]) -> None:
    found = parsed(*lines)

    assert len(found) == len(lines)
    assert all(each.number == at + 2 for at, each in enumerate(found) if isinstance(each, RefusedRow))


@given(st.dictionaries(st.sampled_from(COLUMNS), some_field))
def test_a_line_of_any_content_is_read_or_refused_and_never_breaks_the_import(changes: dict[str, str]) -> None:
    out = io.StringIO()
    csv.writer(out, quoting=csv.QUOTE_ALL).writerow((PERSON | changes)[column] for column in COLUMNS)

    assert len(parsed(out.getvalue().encode("utf-8", errors="replace"))) == 1


@given(st.dates(date(1900, 1, 1), date(2010, 12, 31)), st.integers(16, 115))
def test_a_two_digit_year_is_read_back_right_for_everyone_of_working_age(born_on: date, age_years: int) -> None:
    excluded_on = date(born_on.year + age_years, 12, 31)

    found = row(DOB=f"{born_on:%m/%d}/{born_on.year % 100:02d}", EXCLDATE=f"{excluded_on:%Y%m%d}")

    assert found.born_on == born_on

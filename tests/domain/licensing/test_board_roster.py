from collections.abc import Sequence
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.licensing import board_mappings, board_record, board_roster
from domain.licensing.board_mappings import COLORADO, ActionEffect
from domain.licensing.board_record import BoardRecord
from domain.licensing.board_roster import Roster
from domain.licensing.licenses import LicenseType
from domain.licensing.refusals import UnreadableRegister
from domain.licensing.standing import Standing
from tests.build import rosters
from tests.build.rosters import AS_OF, COLUMNS, HEADER, line


def read(*lines: bytes, header: bytes = HEADER) -> Roster:
    return board_roster.read([header, *lines], mapping=COLORADO, as_of=AS_OF)


def record(*lines: bytes) -> BoardRecord:
    found = read(*lines)
    assert not found.refusals, found.refusals
    (entry,) = found.entries
    assert entry.lines == len(lines)
    return entry.record


def reasons(found: Roster) -> list[str]:
    return [refusal.reason for refusal in found.refusals]


def test_a_line_is_read_by_the_columns_of_its_board() -> None:
    found = record(line(First_Name="  Ann ", Suffix="PhD"))

    assert (found.board, found.jurisdiction, found.license_type) == ("us-co", "US-CO", LicenseType.LPC)
    assert (found.number, found.number_key) == ("LPC.0012345", "12345")
    assert (found.last_name, found.first_name, found.middle_name, found.suffix) == ("SAMPLE", "Ann", "BETH", "PhD")
    assert (found.issued_on, found.renewed_on) == (date(2019, 3, 1), date(2025, 9, 1))
    assert (found.expires_on, found.as_of) == (date(2031, 8, 31), AS_OF)
    assert (found.standing, found.encumbered, found.actions) == (Standing.VALID, False, ())


@pytest.mark.parametrize(
    ("words", "standing", "limit"),
    [
        ("Active", Standing.VALID, None),
        ("Expired", Standing.LAPSED, None),
        ("Voluntary Surrender", Standing.SURRENDERED, None),
        ("Active - Telehealth ONLY", Standing.VALID_TELEHEALTH_ONLY, None),
        ("Inactive", Standing.INACTIVE, None),
        ("Revoked", Standing.REVOKED, "limited"),
        ("Active - With Conditions", Standing.VALID_CONDITIONS, "limited"),
        ("Surrendered", Standing.SURRENDERED, None),
        ("Suspended", Standing.SUSPENDED, "limited"),
        ("Active - Restricted", Standing.VALID_CONDITIONS, "limited"),
        ("Pending", Standing.PENDING, None),
    ],
)
def test_every_status_word_has_its_meaning_however_it_is_written(
    words: str, standing: Standing, limit: str | None
) -> None:
    """Source: status words of the Colorado roster of licensed professional counselors, 18 September 2026.

    Pending is not among them, and is read as the word says.
    """
    for written in (words, words.upper(), f"  {words.lower()} ", words.replace(" - ", "-")):
        found = record(line(License_Status_Description=written))

        assert (found.standing, found.encumbered) == (standing, limit is not None)


@pytest.mark.parametrize(
    ("words", "effect"),
    [
        ("CLS Stipulation", ActionEffect.LIMITS),
        ("CLS Letter of Admonition", ActionEffect.NOTED),
        ("CLS Combined w/other case for action", ActionEffect.NOTED),
        ("CLS Voluntary Surrender/Relinquishment", ActionEffect.LIMITS),
        ("ID Hearing Formal Complaint/Charges Filed with OAC", ActionEffect.CHARGE),
        ("ITRM Summary Suspension", ActionEffect.LIMITS),
        ("ITRM Stipulation in Abeyance", ActionEffect.LIMITS),
        ("CLS Revocation", ActionEffect.LIMITS),
        ("CLS Cease & Desist Order", ActionEffect.LIMITS),
        ("ITRM Cessation of Practice", ActionEffect.LIMITS),
        ("CLS Final Agency Order", ActionEffect.LIMITS),
        ("CLS Suspension", ActionEffect.LIMITS),
        ("Stipulation", ActionEffect.LIMITS),
        ("Formal Complaint-Charges with OAC", ActionEffect.CHARGE),
        ("CLS Injunction", ActionEffect.LIMITS),
        ("CLS Suspension Terminated", ActionEffect.NOTED),
        ("Letter of Admonition", ActionEffect.NOTED),
        ("Letter of Admonition and Probation", ActionEffect.LIMITS),
        ("what nobody has heard of", ActionEffect.LIMITS),
        ("", ActionEffect.LIMITS),
    ],
)
def test_an_action_that_is_not_known_to_be_harmless_limits_the_license(words: str, effect: ActionEffect) -> None:
    """Source: program actions of the Colorado roster of licensed professional counselors, 18 September 2026."""
    found = record(line(Case_Number="2025-1", Program_Action=words))

    assert [action.effect for action in found.actions] == [effect]
    assert found.encumbered is (effect is ActionEffect.LIMITS)
    assert found.standing is Standing.VALID


@pytest.mark.parametrize(
    ("effective", "completed", "limit"),
    [
        ("01/10/2026", "", "limited"),
        ("", "", "limited"),
        ("09/18/2026", "", "limited"),
        ("09/19/2026", "", None),
        ("01/10/2026", "09/18/2026", "limited"),
        ("01/10/2026", "09/17/2026", None),
        ("", "09/17/2026", None),
        ("01/10/2026", "01/10/2025", "limited"),  # completed before it began: a mistake
    ],
)
def test_an_action_counts_while_it_is_in_effect(effective: str, completed: str, limit: str | None) -> None:
    found = record(
        line(Program_Action="CLS Stipulation", Discipline_Effective_Date=effective, Discipline_Complete_Date=completed)
    )

    assert found.encumbered is (limit is not None)


def test_an_action_of_the_future_counts_from_its_day_on() -> None:
    found = record(line(Program_Action="CLS Suspension", Discipline_Effective_Date="10/01/2026"))

    assert [found.is_encumbered(day) for day in (AS_OF, date(2026, 9, 30), date(2026, 10, 1))] == [False, False, True]


def test_the_lines_of_a_license_are_one_record_wherever_they_stand() -> None:
    other = line(License_Number="0099999", Last_Name="OTHER")

    found = read(
        line(Case_Number="1", Program_Action="CLS Letter of Admonition"),
        other,
        line(Case_Number="2", Program_Action="CLS Stipulation", License_Number="12345"),
    )

    assert [(entry.record.number_key, entry.lines) for entry in found.entries] == [("12345", 2), ("99999", 1)]
    assert [action.case_number for action in found.entries[0].record.actions] == ["1", "2"]
    assert found.entries[0].record.encumbered


def test_the_gravest_of_two_statuses_counts() -> None:
    found = record(line(), line(License_Status_Description="Suspended", License_Expiration_Date="08/31/2027"))

    assert (found.standing, found.status_words) == (Standing.SUSPENDED, "Active; Suspended")
    assert found.expires_on == date(2027, 8, 31)


def test_conditions_are_not_lost_where_another_line_says_telehealth_only() -> None:
    found = record(
        line(License_Status_Description="Active - With Conditions"),
        line(License_Status_Description="Active - Telehealth ONLY"),
    )

    assert (found.standing, found.encumbered) == (Standing.VALID_TELEHEALTH_ONLY, True)


@pytest.mark.parametrize(
    ("changes", "reason"),
    [
        ({"License_Status_Description": "Active - Provisional"}, "not known of this board"),
        ({"License_Status_Description": ""}, "status is missing"),
        ({"License_Type": "NLC"}, "none that is kept"),
        ({"License_Number": "LPC"}, "no digit"),
        ({"License_Number": ""}, "no digit"),
        ({"Last_Name": " "}, "names no person"),
        ({"License_Expiration_Date": "31/12/2027"}, "expires_on"),
        ({"License_First_Issue_Date": "01/01/1016"}, "issued_on"),
        ({"Program_Action": "x", "Discipline_Effective_Date": "soon"}, "effective_on"),
        ({"City": "A\x00B"}, "zero byte"),
    ],
)
def test_what_can_not_be_read_is_refused_with_line_and_reason(changes: dict[str, str], reason: str) -> None:
    found = read(line(License_Number="1"), line(**changes))

    assert [entry.record.number_key for entry in found.entries] == ["1"]
    (refused,) = found.refusals
    assert refused.number == 3
    assert reason in refused.reason
    assert "SAMPLE" not in refused.reason


def test_a_line_that_can_not_be_read_refuses_its_license_and_no_other() -> None:
    found = read(line(), line(License_Status_Description="?"), line(License_Number="2"))

    assert [entry.record.number_key for entry in found.entries] == ["2"]
    assert [refusal.number for refusal in found.refusals] == [2, 3]
    assert "Another line" in found.refusals[0].reason


def test_lines_that_name_different_people_are_refused() -> None:
    found = read(line(), line(Last_Name="OTHER"))

    assert not found.entries
    assert all("different people" in reason for reason in reasons(found))


@pytest.mark.parametrize("broken", [b"\r\n", b"   \n", b'"SAMPLE","ANN"\r\n', b'"open,\r\n', b'"a"b,c\n', line()[:30]])
def test_a_broken_line_is_refused_and_the_next_one_is_read(broken: bytes) -> None:
    found = read(broken, line())

    assert [refusal.number for refusal in found.refusals] == [2]
    assert len(found.entries) == 1


def test_the_columns_of_the_open_feed_are_read_too() -> None:
    """Source: columns and days of the feed 7s5z-vewr of data.colorado.gov, September 2026."""
    columns = (
        *("lastname", "firstname", "middlename", "suffix", "city", "licensetype", "licensenumber"),
        *("licensefirstissuedate", "licenselastreneweddate", "licenseexpirationdate", "licensestatusdescription"),
        *("casenumber", "programaction", "disciplineeffectivedate", "disciplinecompletedate", "linktoverifylicense"),
    )
    fields = [
        *("Sample", "Ann", "", "", "Testville", "CSW", "0012345"),
        *("2019-03-01T00:00:00.000", "", "2031-08-31T00:00:00.000", "Active", "", "", "", "", ""),
    ]

    (entry,) = read(rosters.csv_line(fields), header=rosters.csv_line(list(columns))).entries

    assert (entry.record.license_type, entry.record.expires_on) == (LicenseType.LCSW, date(2031, 8, 31))


@pytest.mark.parametrize(
    "header",
    [
        b"\xef\xbb\xbf" + HEADER,
        HEADER.upper(),
        HEADER.replace(b" ", b"_"),
        HEADER.replace(b"License First", b"First").replace(b"License Status", b"Status"),
        HEADER.rstrip() + b",\r\n",
    ],
)
def test_the_header_may_be_written_in_other_ways(header: bytes) -> None:
    assert len(read(line(), line().rstrip() + b",\r\n", header=header).entries) == 1


@pytest.mark.parametrize(
    "lines",
    [
        [],
        [b""],
        [line()],
        [b'"open\r\n'],
        [HEADER.replace(b"Program Action", b"Something")],
        [HEADER.replace(b"Attention", b"License Number")],
        [HEADER.replace(b"Attention", b"Expiration Date")],
    ],
)
def test_a_file_whose_header_lacks_or_repeats_a_column_is_refused_as_a_whole(lines: list[bytes]) -> None:
    with pytest.raises(UnreadableRegister):
        board_roster.read(lines, mapping=COLORADO, as_of=AS_OF)


@pytest.mark.parametrize("encoding", ["utf-8", "latin-1"])
def test_utf_8_and_latin_1_say_the_same(encoding: str) -> None:
    found = record(line(Last_Name="MUÑOZ").decode().encode(encoding))

    assert found.last_name == "MUÑOZ"


@pytest.mark.parametrize(
    ("license_type", "number", "key"),
    [
        ("LPC", "LPC.0012345", "12345"),
        ("LPC", "0012345", "12345"),
        ("LPC", "LPC 12345", "12345"),
        ("LPC", "lpc-00 123 45", "12345"),
        ("LPC", "LPCC.0012345", "lpcc0012345"),  # another title's number
        ("LCSW", "CSW.09923", "9923"),
        ("LCSW", "LCSW 09923", "9923"),
        ("LMFT", "MFT.0000001", "1"),
        ("LPC", "000", "000"),
        ("LPC", "LPC", "lpc"),
        ("LPC", " - ", ""),
        ("PMHNP", "E.0012345", "e0012345"),
    ],
)
def test_numbers_are_compared_without_type_and_leading_zeros(license_type: str, number: str, key: str) -> None:
    title = COLORADO.title(license_type)

    assert board_mappings.number_key(number, title=title) == key


def test_actions_are_kept_as_they_are() -> None:
    actions = (
        rosters.action(),
        rosters.action(words="CLS Letter of Admonition", effect=ActionEffect.NOTED, effective_on=None),
        rosters.action(completed_on=date(2026, 5, 5)),
    )

    assert board_record.restored_actions(board_record.stored_actions(actions)) == actions


some_field = st.one_of(
    st.sampled_from(["", " ", "SAMPLE", "LPC", "1", "2", "Active", "Suspended", "08/31/2027", 'a"b', "a\nb"]),
    st.text(max_size=6),
)
some_line = st.one_of(
    st.binary(max_size=60),
    st.just(line()),
    st.builds(
        lambda changes: line(**changes),
        st.dictionaries(st.sampled_from([column.replace(" ", "_") for column in COLUMNS]), some_field),
    ),
)


@given(st.lists(some_line))
def test_every_line_is_counted_once_and_none_breaks_the_reading(lines: Sequence[bytes]) -> None:
    found = read(*lines)

    assert sum(entry.lines for entry in found.entries) + len(found.refusals) == len(lines)
    assert all(2 <= refusal.number <= len(lines) + 1 for refusal in found.refusals)


@given(st.binary(max_size=200))
def test_bytes_of_any_kind_are_a_roster_or_refused_as_a_whole(content: bytes) -> None:
    with pytest.raises(UnreadableRegister):
        board_roster.read(content.splitlines(keepends=True), mapping=COLORADO, as_of=AS_OF)


@given(st.lists(st.sampled_from(["Active", "Suspended", "Revoked", "Expired", "Active - Restricted"]), min_size=1))
def test_the_order_of_lines_changes_no_standing(words: list[str]) -> None:
    lines = [line(License_Status_Description=each) for each in words]

    one, other = record(*lines), record(*reversed(lines))

    assert (one.standing, one.encumbered) == (other.standing, other.encumbered)

import json
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.licensing import provider_register
from domain.licensing.provider_register import ProviderKind, ProviderName, ProviderRecord, ProviderType
from domain.licensing.refusals import RefusedRow, UnreadableRegister

OLDER: dict[str, object] = {
    "npi": 1234567893,
    "enumeration_type": "Individual",
    "basic": [
        {
            "first_name": "ANN",
            "last_name": "SAMPLE",
            "middle_name": "B",
            "credential": "LPCC",
            "last_updated": "2018-06-16",
            "status": "A",
            "name": "SAMPLE ANN",
        },
    ],
    "other_names": [],
    "taxonomies": [
        {"code": "101YP2500X", "desc": "Counselor", "primary": True, "state": "OH", "license": "T.0001"},
        {"code": "101Y00000X", "desc": "Counselor", "primary": False, "state": None, "license": None},
    ],
    "addresses": [],
    "created_date": 1477008000.0,
}
NEWER: dict[str, object] = {
    "number": "1234567893",
    "enumeration_type": "NPI-1",
    "basic": {
        "first_name": "ANN",
        "last_name": "SAMPLE",
        "middle_name": "B",
        "sole_proprietor": "NO",
        "last_updated": "2018-06-16",
        "status": "A",
    },
    "other_names": [
        {"type": "Former Name", "code": "1", "first_name": "ANN", "last_name": "FORMER", "middle_name": "--"},
    ],
    "taxonomies": [
        {"code": "101YP2500X", "taxonomy_group": "", "state": "OH", "license": "T.0001", "primary": True},
    ],
}
ORGANIZATION: dict[str, object] = {
    "number": "1234567893",
    "enumeration_type": "NPI-2",
    "basic": {"organization_name": "MADE UP CLINIC, PLLC", "status": "A", "authorized_official_last_name": "SAMPLE"},
    "taxonomies": [],
}


def parsed(content: object) -> list[ProviderRecord | RefusedRow]:
    return list(provider_register.parse(json.dumps(content).encode()))


def record(entry: object) -> ProviderRecord:
    (found,) = parsed([entry])
    assert isinstance(found, ProviderRecord), found
    return found


def with_basic(**changes: object) -> dict[str, object]:
    basic = NEWER["basic"]
    assert isinstance(basic, dict)
    return NEWER | {"basic": basic | changes}


def test_a_record_of_the_older_shape_is_read() -> None:
    assert record(OLDER) == ProviderRecord(
        npi="1234567893",
        kind=ProviderKind.INDIVIDUAL,
        names=(ProviderName(first="ANN", middle="B", last="SAMPLE"),),
        organization_name="",
        provider_types=(
            ProviderType(code="101YP2500X", license_number="T.0001", jurisdiction="US-OH", is_primary=True),
            ProviderType(code="101Y00000X", license_number="", jurisdiction=None, is_primary=False),
        ),
        is_active=True,
        deactivated_on=None,
        last_updated_on=date(2018, 6, 16),
    )


def test_an_answer_of_the_api_is_read_with_other_names() -> None:
    (found,) = parsed({"result_count": 1, "results": [NEWER]})

    assert isinstance(found, ProviderRecord)
    assert [name.last for name in found.names] == ["SAMPLE", "FORMER"]
    assert found.names[1].middle == ""


def test_an_organization_has_no_personal_name() -> None:
    found = record(ORGANIZATION)

    assert (found.kind, found.organization_name, found.names) == (
        ProviderKind.ORGANIZATION,
        "MADE UP CLINIC, PLLC",
        (),
    )


@pytest.mark.parametrize(
    ("changes", "is_active", "deactivated_on"),
    [
        ({}, True, None),
        ({"status": None}, True, None),
        ({"status": "D"}, False, None),
        ({"deactivation_date": "2020-01-31"}, False, date(2020, 1, 31)),
        ({"deactivation_date": "01/31/2020"}, False, date(2020, 1, 31)),
        ({"deactivation_date": "2020-01-31", "reactivation_date": "2020-03-01"}, True, None),
        ({"deactivation_date": "2020-01-31", "reactivation_date": "2019-03-01"}, False, date(2020, 1, 31)),
    ],
)
def test_a_deactivation_holds_until_a_later_reactivation(
    changes: dict[str, object],
    is_active: bool,  # noqa: FBT001 - an expectation
    deactivated_on: date | None,
) -> None:
    found = record(with_basic(**changes))

    assert (found.is_active, found.deactivated_on) == (is_active, deactivated_on)


def test_a_deactivated_number_may_have_lost_its_name() -> None:
    entry = {"number": "1234567893", "enumeration_type": "NPI-1", "basic": {"deactivation_date": "2020-01-31"}}

    assert record(entry).names == ()


@pytest.mark.parametrize("key", ["other_names", "taxonomies", "addresses"])
def test_null_is_the_same_as_nothing(key: str) -> None:
    assert record(OLDER | {key: None}).npi == "1234567893"


@pytest.mark.parametrize(
    ("entry", "reason"),
    [
        (None, "not an object"),
        ([], "not an object"),
        ({}, "well-formed NPI"),
        (OLDER | {"npi": 1234567890}, "well-formed NPI"),
        (OLDER | {"npi": None}, "well-formed NPI"),
        (OLDER | {"enumeration_type": "NPI-3"}, "neither an individual nor an organization"),
        (OLDER | {"basic": None}, "without a name"),
        (with_basic(last_updated="yesterday"), "last_updated"),
        (with_basic(last_name="SAM\x00PLE"), "characters"),
        (with_basic(last_name="SAM\ud800PLE"), "characters"),
    ],
)
def test_what_can_not_be_read_is_refused_with_its_place_and_a_reason(entry: object, reason: str) -> None:
    first, refused = parsed([NEWER, entry])

    assert isinstance(first, ProviderRecord)
    assert isinstance(refused, RefusedRow)
    assert refused.number == 2
    assert reason in refused.reason


@pytest.mark.parametrize(
    "document",
    [
        b"",
        b"{",
        b"null",
        b"3",
        b'"text"',
        b'{"Errors": [{"description": "No valid search"}]}',
        b"\xff\xfe\xfd",
        b"[" * 99999,
    ],
)
def test_a_document_of_another_kind_is_refused_as_a_whole(document: bytes) -> None:
    with pytest.raises(UnreadableRegister):
        list(provider_register.parse(document))


leaves = st.one_of(st.none(), st.booleans(), st.integers(), st.floats(allow_nan=False), st.text(max_size=5))
anything = st.recursive(leaves, lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=3), inner))


@given(
    st.lists(st.one_of(anything, st.dictionaries(st.sampled_from(sorted(NEWER)), anything).map(lambda it: NEWER | it)))
)
def test_every_entry_is_a_record_or_a_refusal(entries: list[object]) -> None:
    assert len(parsed(entries)) == len(entries)

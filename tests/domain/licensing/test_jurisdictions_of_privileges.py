"""What a privilege permits, rule by rule: one that would do, with one thing about it another way.

Sources: PSYPACT article IV and its rules on the E.Passport (remote, clients in other members); Counseling Compact model
legislation, sections 3 to 5 (a privilege for each state, an unencumbered license at home); Social Work Compact model
legislation, sections 4 and 5. Enacted is not operating: states that issue privileges, June 2026.
"""

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from typing import TypeAlias

import pytest

from domain.ids import LicenseId, uuid7
from domain.licensing import jurisdictions
from domain.licensing.compacts import Compact, Membership
from domain.licensing.jurisdictions import Credentials, Reason
from domain.licensing.licenses import License, LicenseStatus, LicenseType, Privilege
from domain.licensing.places import Window
from domain.licensing.standing import Standing

NOON = datetime(2027, 4, 15, 16, tzinfo=UTC)
SESSION = Window(starts_at=NOON, ends_at=NOON + timedelta(minutes=50))
ASKED_AT = datetime(2027, 3, 1, tzinfo=UTC)
FRESH, STALE = datetime(2027, 4, 1, tzinfo=UTC), datetime(2027, 2, 1, tzinfo=UTC)
BEFORE, AFTER = date(2027, 4, 14), date(2027, 4, 16)
TITLES = {
    Compact.PSYPACT: LicenseType.PSYCHOLOGIST,
    Compact.COUNSELING_COMPACT: LicenseType.LPC,
    Compact.SOCIAL_WORK_COMPACT: LicenseType.LCSW,
}
ByHome: TypeAlias = Callable[[License], License]
ByPrivilege: TypeAlias = Callable[[Privilege], Privilege]


def held(compact: Compact) -> tuple[License, Privilege]:
    """A license in Ohio and a privilege for Arizona."""
    home = License(
        license_id=LicenseId(uuid7()),
        license_type=TITLES[compact],
        jurisdiction="US-OH",
        issued_on=date(2020, 1, 1),
        expires_on=date(2030, 1, 1),
        status=LicenseStatus.VERIFIED,
        fresh_until=FRESH,
    )
    privilege = Privilege(
        license_id=LicenseId(uuid7()),
        compact=compact,
        home_license_id=home.license_id,
        jurisdictions=frozenset({"US-AZ"}),
        issued_on=date(2026, 1, 1),
        expires_on=date(2028, 1, 1),
        status=LicenseStatus.VERIFIED,
        fresh_until=FRESH,
    )
    return home, privilege


def member(compact: Compact, jurisdiction: str, **days: date | None) -> Membership:
    return Membership(
        compact=compact,
        jurisdiction=jurisdiction,
        enacted_on=date(2019, 1, 1),
        operational_on=days.get("operational_on", date(2020, 7, 1)),
        ended_on=days.get("ended_on"),
    )


def why(
    home: License, privilege: Privilege, *memberships: Membership, place: str = "US-AZ", in_person: bool = False
) -> Reason | None:
    known = memberships or tuple(member(privilege.compact, each) for each in ("US-OH", "US-AZ"))
    credentials = Credentials(held=(home, privilege), memberships=known)
    return jurisdictions.may_practice(
        credentials, place=place, during=SESSION, in_person=in_person, asked_at=ASKED_AT
    ).reason


@pytest.mark.parametrize(
    ("compact", "in_person", "reason"),
    [
        (Compact.PSYPACT, False, None),
        (Compact.PSYPACT, True, Reason.REMOTE_ONLY),
        (Compact.COUNSELING_COMPACT, False, None),
        (Compact.COUNSELING_COMPACT, True, None),
        (Compact.SOCIAL_WORK_COMPACT, False, None),
        (Compact.SOCIAL_WORK_COMPACT, True, None),
    ],
)
def test_a_privilege_permits_what_its_compact_is_for(compact: Compact, in_person: bool, reason: Reason | None) -> None:  # noqa: FBT001 - a case of the table
    assert why(*held(compact), in_person=in_person) is reason


@pytest.mark.parametrize(
    ("compact", "reason"),
    [
        (Compact.PSYPACT, None),
        (Compact.SOCIAL_WORK_COMPACT, None),
        (Compact.COUNSELING_COMPACT, Reason.NO_LICENSE_HERE),
    ],
)
def test_only_the_counseling_compact_needs_the_state_by_name(compact: Compact, reason: Reason | None) -> None:
    home, privilege = held(compact)

    assert why(home, replace(privilege, jurisdictions=None)) is reason


def test_a_state_that_is_not_named_is_not_permitted() -> None:
    home, privilege = held(Compact.SOCIAL_WORK_COMPACT)

    assert why(home, replace(privilege, jurisdictions=frozenset({"US-TX"}))) is Reason.NO_LICENSE_HERE


@pytest.mark.parametrize(
    ("changed", "reason"),
    [
        (lambda home: replace(home, status=LicenseStatus.SUSPENDED), Reason.NO_LICENSE_HERE),
        (lambda home: replace(home, status=LicenseStatus.REJECTED), Reason.NO_LICENSE_HERE),
        (lambda home: replace(home, status=LicenseStatus.SUBMITTED, was_verified=True), Reason.NOT_VERIFIED),
        (lambda home: replace(home, standing=Standing.VALID_CONDITIONS), Reason.NO_LICENSE_HERE),
        (lambda home: replace(home, standing=Standing.VALID_TELEHEALTH_ONLY), Reason.NO_LICENSE_HERE),
        (lambda home: replace(home, standing=Standing.REVOKED), Reason.NO_LICENSE_HERE),
        (lambda home: replace(home, encumbered=True), Reason.NO_LICENSE_HERE),
        (lambda home: replace(home, license_type=LicenseType.LMFT), Reason.NO_LICENSE_HERE),
        (lambda home: replace(home, license_type=LicenseType.LPC_ASSOCIATE), Reason.NO_LICENSE_HERE),
        (lambda home: replace(home, expires_on=BEFORE), Reason.EXPIRED),
        (lambda home: replace(home, board_expires_on=BEFORE), Reason.EXPIRED),
        (lambda home: replace(home, issued_on=AFTER), Reason.NOT_YET_VALID),
        (lambda home: replace(home, fresh_until=STALE), Reason.NOT_CHECKED_LATELY),
        (lambda home: replace(home, fresh_until=None), Reason.NOT_CHECKED_LATELY),
        (lambda home: replace(home, license_id=LicenseId(uuid7())), Reason.NO_LICENSE_HERE),
    ],
)
@pytest.mark.parametrize("compact", Compact)
def test_a_privilege_is_as_good_as_the_license_at_home(compact: Compact, changed: ByHome, reason: Reason) -> None:
    home, privilege = held(compact)

    assert why(changed(home), privilege) is reason


@pytest.mark.parametrize(
    ("changed", "reason"),
    [
        (lambda each: replace(each, status=LicenseStatus.SUBMITTED), Reason.NOT_VERIFIED),
        (lambda each: replace(each, status=LicenseStatus.SUSPENDED), Reason.SUSPENDED),
        (lambda each: replace(each, standing=Standing.INACTIVE), Reason.NOT_IN_FORCE),
        (lambda each: replace(each, expires_on=BEFORE), Reason.EXPIRED),
        (lambda each: replace(each, board_expires_on=BEFORE), Reason.EXPIRED),
        (lambda each: replace(each, issued_on=AFTER), Reason.NOT_YET_VALID),
        (lambda each: replace(each, fresh_until=STALE), Reason.NOT_CHECKED_LATELY),
    ],
)
@pytest.mark.parametrize("compact", Compact)
def test_a_privilege_stands_for_itself_too(compact: Compact, changed: ByPrivilege, reason: Reason) -> None:
    home, privilege = held(compact)

    assert why(home, changed(privilege)) is reason


@pytest.mark.parametrize("compact", [Compact.COUNSELING_COMPACT, Compact.SOCIAL_WORK_COMPACT])
def test_a_privilege_for_telehealth_alone_permits_no_session_in_person(compact: Compact) -> None:
    home, privilege = held(compact)
    limited = replace(privilege, standing=Standing.VALID_TELEHEALTH_ONLY)

    assert why(home, limited) is None
    assert why(home, limited, in_person=True) is Reason.REMOTE_ONLY


@pytest.mark.parametrize("where", ["US-OH", "US-AZ"])
@pytest.mark.parametrize(
    ("days", "reason"),
    [
        ({"operational_on": None}, Reason.COMPACT_NOT_OPERATING),  # enacted, and no more
        ({"operational_on": AFTER}, Reason.NOT_YET_VALID),
        ({"ended_on": BEFORE}, Reason.EXPIRED),
        ({"ended_on": AFTER}, None),
    ],
)
@pytest.mark.parametrize("compact", Compact)
def test_the_compact_operates_at_home_and_where_the_client_is(
    compact: Compact, days: dict[str, date | None], reason: Reason | None, where: str
) -> None:
    other = "US-AZ" if where == "US-OH" else "US-OH"

    assert why(*held(compact), member(compact, where, **days), member(compact, other)) is reason


@pytest.mark.parametrize("where", ["US-OH", "US-AZ"])
def test_a_state_that_is_no_member_is_not_permitted(where: str) -> None:
    alone = member(Compact.PSYPACT, where)

    assert why(*held(Compact.PSYPACT), alone) is Reason.COMPACT_NOT_OPERATING


def test_one_compact_says_nothing_of_another() -> None:
    others = [member(Compact.COUNSELING_COMPACT, each) for each in ("US-OH", "US-AZ")]

    assert why(*held(Compact.PSYPACT), *others) is Reason.COMPACT_NOT_OPERATING


def test_at_home_a_privilege_permits_nothing() -> None:
    home, privilege = held(Compact.PSYPACT)
    everywhere = replace(privilege, jurisdictions=None)
    credentials = Credentials(
        held=(home, everywhere), memberships=tuple(member(Compact.PSYPACT, each) for each in ("US-OH", "US-AZ"))
    )

    found = {(each.license_id, each.place) for each in jurisdictions.stretches(credentials)}

    assert found == {(home.license_id, "US-OH"), (everywhere.license_id, "US-AZ")}

"""The gate against a slow oracle that asks every clock of every jurisdiction concerned, minute by minute.

Licenses, privileges, memberships and supervisors begin and end in one week in March 2027, in which the clocks change.
"""

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from typing import TypedDict
from zoneinfo import ZoneInfo

from hypothesis import given, settings
from hypothesis import strategies as st

from domain.ids import LicenseId, PermissionId, uuid7
from domain.licensing import compacts, jurisdictions, permissions, places
from domain.licensing.compacts import Compact, Membership
from domain.licensing.jurisdictions import Credentials
from domain.licensing.licenses import ASSOCIATES, Credential, License, LicenseStatus, LicenseType, Privilege
from domain.licensing.permissions import Permit
from domain.licensing.places import Window
from domain.licensing.standing import Standing

MINUTE = timedelta(minutes=1)
FRESH, STALE = datetime(2027, 4, 1, tzinfo=UTC), datetime(2027, 2, 1, tzinfo=UTC)
ASKED_AT = datetime(2027, 3, 1, tzinfo=UTC)
IN_FORCE = {Standing.VALID, Standing.VALID_CONDITIONS, Standing.VALID_TELEHEALTH_ONLY}
WAITING = {LicenseStatus.SUBMITTED, LicenseStatus.NEEDS_INFO}

STATES = ("US-AZ", "US-GU", "US-ID", "US-OH", "US-TX")
states = st.sampled_from(STATES)
days = st.dates(date(2027, 3, 11), date(2027, 3, 17))
spans = st.tuples(days, days).map(sorted)
usually_valid = st.sampled_from([Standing.VALID] * 4 + list(Standing))
usually_verified = st.sampled_from([LicenseStatus.VERIFIED] * 6 + list(LicenseStatus))
usually_fresh = st.sampled_from([FRESH, FRESH, FRESH, STALE, None])
seldom = st.sampled_from([False, False, False, True])
TYPES = [LicenseType.PSYCHOLOGIST, LicenseType.LPC, LicenseType.LCSW, LicenseType.LMFT, LicenseType.LPC_ASSOCIATE]
HOME_TYPES = {
    Compact.PSYPACT: LicenseType.PSYCHOLOGIST,
    Compact.COUNSELING_COMPACT: LicenseType.LPC,
    Compact.SOCIAL_WORK_COMPACT: LicenseType.LCSW,
}
TWISTS = ("home", "home again", "privilege", "privilege again", "named", "membership", "membership again")


class Change(TypedDict, total=False):
    """What is another way about a license or a privilege."""

    issued_on: date
    expires_on: date
    board_expires_on: date
    status: LicenseStatus
    was_verified: bool
    standing: Standing
    fresh_until: datetime | None


class HomeChange(Change, total=False):
    """What is another way about a license that a privilege rests on."""

    encumbered: bool
    license_type: LicenseType


@st.composite
def some_license(draw: st.DrawFn) -> License:
    issued_on, expires_on = draw(spans)
    license_type = draw(st.sampled_from(TYPES))
    return License(
        license_id=LicenseId(uuid7()),
        license_type=license_type,
        jurisdiction=draw(states),
        issued_on=issued_on,
        expires_on=expires_on,
        status=draw(usually_verified),
        standing=draw(usually_valid),
        encumbered=draw(seldom),
        board_expires_on=draw(st.none() | days),
        supervised_until=draw(st.none() | days) if license_type in ASSOCIATES else None,
        was_verified=draw(st.booleans()),
        fresh_until=draw(usually_fresh),
    )


@st.composite
def some_privilege(draw: st.DrawFn, homes: list[License]) -> Privilege:
    """A privilege, most often on one of these licenses; sometimes the license at home is missing."""
    missing = LicenseId(uuid7())
    issued_on, expires_on = draw(spans)
    return Privilege(
        license_id=LicenseId(uuid7()),
        compact=draw(st.sampled_from(Compact)),
        home_license_id=draw(st.sampled_from([each.license_id for each in homes] + [missing])),
        jurisdictions=draw(st.none() | st.frozensets(states, min_size=1)),
        issued_on=issued_on,
        expires_on=expires_on,
        status=draw(usually_verified),
        standing=draw(usually_valid),
        board_expires_on=draw(st.none() | days),
        was_verified=draw(st.booleans()),
        fresh_until=draw(usually_fresh),
    )


@st.composite
def some_memberships(draw: st.DrawFn) -> tuple[Membership, ...]:
    """For each compact and state: not a member, a member that does not issue, or one that does, perhaps for a while."""
    found = []
    for compact in Compact:
        for jurisdiction in STATES:
            kind = draw(st.sampled_from(["none", "enacted", "long since", "long since", "begins", "ends"]))
            if kind == "none":
                continue
            begins = {"long since": date(2020, 7, 1), "ends": date(2020, 7, 1), "begins": draw(days), "enacted": None}
            ended_on = draw(days) if kind == "ends" else None
            found.append(
                Membership(
                    compact=compact,
                    jurisdiction=jurisdiction,
                    enacted_on=date(2019, 1, 1),
                    operational_on=begins[kind],
                    ended_on=ended_on,
                )
            )
    return tuple(found)


@st.composite
def some_credentials(draw: st.DrawFn) -> Credentials:
    own = draw(st.lists(some_license(), min_size=1, max_size=3))
    away = draw(st.lists(some_privilege(own), max_size=3))
    return Credentials(held=tuple(draw(st.permutations([*own, *away]))), memberships=draw(some_memberships()))


@st.composite
def sound_privilege(draw: st.DrawFn) -> tuple[str, Credentials]:
    """A privilege that would do, for the state that is given, with at most two things about it that are not right."""
    compact = draw(st.sampled_from(Compact))
    at_home, away = draw(st.permutations(STATES))[:2]
    first, last = date(2027, 3, 1), date(2027, 3, 31)
    home = License(
        license_id=LicenseId(uuid7()),
        license_type=HOME_TYPES[compact],
        jurisdiction=at_home,
        issued_on=first,
        expires_on=last,
        status=LicenseStatus.VERIFIED,
        fresh_until=FRESH,
    )
    privilege = Privilege(
        license_id=LicenseId(uuid7()),
        compact=compact,
        home_license_id=home.license_id,
        jurisdictions=frozenset({away}) if compact is Compact.COUNSELING_COMPACT else None,
        issued_on=first,
        expires_on=last,
        status=LicenseStatus.VERIFIED,
        fresh_until=FRESH,
    )
    members = {
        place: Membership(
            compact=compact, jurisdiction=place, enacted_on=first, operational_on=date(2020, 7, 1), ended_on=None
        )
        for place in (at_home, away)
    }
    for twist in draw(st.lists(st.sampled_from(TWISTS), max_size=2, unique=True)):
        match twist:
            case "home" | "home again":
                changed = (
                    some_bearing(draw) if draw(st.booleans()) else draw(st.sampled_from([some_days, some_look]))(draw)
                )
                home = replace(home, **changed)
            case "privilege" | "privilege again":
                privilege = replace(privilege, **draw(st.sampled_from([some_days, some_look]))(draw))
            case "named":
                named = draw(st.sampled_from([None, frozenset({away}), frozenset({at_home})]))
                privilege = replace(privilege, jurisdictions=named)
            case _:
                where = draw(st.sampled_from([at_home, away]))
                begins, ends = draw(st.sampled_from([(None, None), (draw(days), None), (date(2020, 7, 1), draw(days))]))
                members[where] = replace(members[where], operational_on=begins, ended_on=ends)
    # at home the license counts, and a privilege never does
    asked = draw(st.sampled_from([away, away, away, at_home]))
    held = draw(st.sampled_from([(home, privilege)] * 9 + [(privilege,)]))
    return asked, Credentials(held=held, memberships=tuple(members.values()))


def some_days(draw: st.DrawFn) -> Change:
    issued_on, expires_on = draw(spans)
    stated = Change(issued_on=issued_on, expires_on=expires_on)
    return draw(st.sampled_from([stated, Change(board_expires_on=draw(days))]))


def some_look(draw: st.DrawFn) -> Change:
    status = Change(status=draw(st.sampled_from(LicenseStatus)), was_verified=draw(st.booleans()))
    standing = Change(standing=draw(st.sampled_from(Standing)))
    return draw(st.sampled_from([status, standing, Change(fresh_until=draw(st.sampled_from([STALE, None])))]))


def some_bearing(draw: st.DrawFn) -> HomeChange:
    return draw(st.sampled_from([HomeChange(encumbered=True), HomeChange(license_type=draw(st.sampled_from(TYPES)))]))


@st.composite
def some_case(draw: st.DrawFn) -> tuple[str, Credentials]:
    """A state a client is in, and what a therapist holds: a privilege that nearly does, or anything at all."""
    if draw(st.booleans()):
        return draw(sound_privilege())
    return draw(states), draw(some_credentials())


@st.composite
def some_session(draw: st.DrawFn, place: str) -> Window:
    """A session that starts within two hours of a midnight, there or in a state where a license may be held."""
    zone = ZoneInfo(draw(st.sampled_from([*places.zones(place), *places.zones(draw(states))])))
    day = draw(days)
    midnight = datetime(day.year, day.month, day.day, tzinfo=zone).astimezone(UTC)
    starts_at = midnight + draw(st.integers(-120, 120)) * MINUTE
    return Window(starts_at=starts_at, ends_at=starts_at + draw(st.integers(1, 90)) * MINUTE)


def is_day_of(place: str, minute: datetime, first: date | None, last: date | None) -> bool:
    """Whether every clock of the place shows one of these days."""
    shown = [minute.astimezone(ZoneInfo(zone)).date() for zone in places.zones(place)]
    return all((first is None or first <= day) and (last is None or day <= last) for day in shown)


def lets(each: Credential) -> bool:
    """Whether we and the board let it be used for what is booked."""
    ours = each.status is LicenseStatus.VERIFIED or (each.status in WAITING and each.was_verified)
    return ours and each.standing in IN_FORCE


def home_of(each: Privilege, held: Credentials) -> License | None:
    return next((one for one in held.held if isinstance(one, License) and one.license_id == each.home_license_id), None)


def operates(compact: Compact, place: str, minute: datetime, held: Credentials) -> bool:
    return any(
        one.compact is compact
        and one.jurisdiction == place
        and one.operational_on is not None
        and is_day_of(place, minute, one.operational_on, one.ended_on)
        for one in held.memberships
    )


def license_covers(each: License, place: str, minute: datetime) -> bool:
    if each.jurisdiction != place or (each.license_type in ASSOCIATES and each.supervised_until is None):
        return False
    lasts = (each.expires_on, each.board_expires_on, each.supervised_until)
    return lets(each) and all(is_day_of(place, minute, each.issued_on, last) for last in lasts)


def covers(each: Credential, place: str, minute: datetime, held: Credentials) -> bool:
    """Whether a credential lets a client who is in the place be served in that minute, were it booked long ago."""
    if isinstance(each, License):
        return license_covers(each, place, minute)
    home = home_of(each, held)
    rules = compacts.RULES[each.compact]
    named = not rules.named_only if each.jurisdictions is None else place in each.jurisdictions
    return (
        home is not None
        and named
        and place != home.jurisdiction
        and home.license_type in rules.license_types
        and home.standing is Standing.VALID
        and not home.encumbered
        and license_covers(home, home.jurisdiction, minute)
        and operates(each.compact, home.jurisdiction, minute, held)
        and operates(each.compact, place, minute, held)
        and lets(each)
        and is_day_of(place, minute, each.issued_on, each.expires_on)
        and is_day_of(place, minute, each.issued_on, each.board_expires_on)
    )


def remote_only(each: Credential) -> bool:
    by_compact = isinstance(each, Privilege) and each.compact is Compact.PSYPACT
    return by_compact or each.standing is Standing.VALID_TELEHEALTH_ONLY


def bookable(each: Credential, held: Credentials, *, asked_at: datetime | None) -> bool:
    """Whether something new may be booked on it, as far as its status and the age of its checks go."""
    rests_on = [each] if isinstance(each, License) else [each, home_of(each, held)]
    return all(
        one is not None
        and one.status is LicenseStatus.VERIFIED
        and (asked_at is None or (one.fresh_until is not None and asked_at < one.fresh_until))
        for one in rests_on
    )


def minutes(during: Window, *, step: timedelta = MINUTE) -> Iterator[datetime]:
    minute = during.starts_at
    while minute < during.ends_at:
        yield minute
        minute += step


def permits(held: Credentials) -> tuple[Permit, ...]:
    """The stretches as they are kept."""
    return tuple(
        Permit(
            permission_id=PermissionId(uuid7()),
            license_id=each.license_id,
            place=each.place,
            window=each.window,
            remote_only=each.remote_only,
        )
        for each in jurisdictions.stretches(held)
    )


@given(st.data())
@settings(max_examples=400)
def test_what_may_be_booked_agrees_with_every_minute_on_every_clock(data: st.DataObject) -> None:
    place, held = data.draw(some_case())
    during = data.draw(some_session(place))
    in_person = data.draw(st.booleans())
    asked_at = data.draw(st.sampled_from([None, ASKED_AT]))
    usable = [
        each for each in held.held if bookable(each, held, asked_at=asked_at) and not (in_person and remote_only(each))
    ]

    permission = jurisdictions.may_practice(held, place=place, during=during, in_person=in_person, asked_at=asked_at)

    assert permission.permitted == all(
        any(covers(each, place, minute, held) for each in usable) for minute in minutes(during)
    )
    assert permission.permitted == bool(permission.by)
    assert set(permission.by) <= {each.license_id for each in usable}


@given(st.data())
@settings(max_examples=400)
def test_what_stays_lawful_agrees_with_every_minute_on_every_clock(data: st.DataObject) -> None:
    place, held = data.draw(some_case())
    during = data.draw(some_session(place))
    in_person = data.draw(st.booleans())
    usable = [each for each in held.held if not (in_person and remote_only(each))]

    found = permissions.covering(permits(held), place=place, during=during, in_person=in_person)

    assert bool(found) == all(any(covers(each, place, minute, held) for each in usable) for minute in minutes(during))


@given(st.data())
@settings(max_examples=300)
def test_a_stretch_begins_and_ends_where_the_clocks_say(data: st.DataObject) -> None:
    _, held = data.draw(some_case())
    by_id = {each.license_id: each for each in held.held}

    for stretch in jurisdictions.stretches(held):
        each = by_id[stretch.license_id]
        window = stretch.window
        assert covers(each, stretch.place, window.starts_at, held)
        assert not covers(each, stretch.place, window.starts_at - MINUTE, held)
        assert covers(each, stretch.place, window.ends_at - MINUTE, held)
        assert not covers(each, stretch.place, window.ends_at, held)
        assert stretch.remote_only == remote_only(each)
        is_fresh = stretch.bookable_until is not None and stretch.bookable_until > ASKED_AT
        assert is_fresh == bookable(each, held, asked_at=ASKED_AT)


@given(st.data())
@settings(max_examples=150)
def test_where_practice_may_be_booked_on_a_day_agrees_with_every_quarter_of_its_hours(data: st.DataObject) -> None:
    _, held = data.draw(some_case())
    on = data.draw(days)
    asked_at = data.draw(st.sampled_from([None, ASKED_AT]))
    usable = [each for each in held.held if bookable(each, held, asked_at=asked_at)]

    expected = tuple(
        place
        for place in STATES
        if any(
            covers(each, place, minute, held)
            for each in usable
            for minute in minutes(places.days(place, first=on, last=on), step=timedelta(minutes=15))
        )
    )

    assert jurisdictions.practicable_on(held, on=on, asked_at=asked_at) == expected

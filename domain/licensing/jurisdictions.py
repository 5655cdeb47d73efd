"""Whether credentials may serve a client in a place, at a time.

1. The place is where the client is during the session. Every instant of the session must be covered by a verified
   credential for that place; what is unknown is not permitted. Two credentials that follow each other without a gap
   cover a session that runs from one into the other.
2. A license is for its own jurisdiction, from its first to its last day by everything that is known: what was stated,
   what the board says, and for a title held under supervision the supervisor's license. What a board calls lapsed,
   inactive, surrendered, suspended, revoked or pending permits nothing.
3. A privilege is for each member of its compact that it names, as far as the compact operates there and at home, and
   as far as the license at home holds (`compacts.py`).
4. Telehealth alone, by a board's word or a compact's rule, permits no session in person.
5. Sessions that were booked stay lawful while an admin looks again at what was verified. New ones need a verified
   credential, and a good check that is not too old when they are booked (`freshness.py`).
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from typing import Final, Protocol, TypeAlias, TypeVar

from domain.ids import LicenseId
from domain.licensing import compacts, places
from domain.licensing.compacts import Compact, Membership
from domain.licensing.licenses import (
    ASSOCIATES,
    EARLIEST_DAY,
    LATEST_DAY,
    WAITING,
    Credential,
    License,
    LicenseStatus,
    Privilege,
)
from domain.licensing.places import Period, Window
from domain.licensing.standing import IN_FORCE, Standing


class Reason(StrEnum):
    """Why a session is not permitted, the nearest to permission first."""

    EXPIRES_DURING_SESSION = "expires_during_session"
    NOT_YET_VALID = "not_yet_valid"
    EXPIRED = "expired"
    NOT_CHECKED_LATELY = "not_checked_lately"
    REMOTE_ONLY = "remote_only"
    NOT_IN_FORCE = "not_in_force"
    SUSPENDED = "suspended"
    NOT_VERIFIED = "not_verified"
    REJECTED = "rejected"
    COMPACT_NOT_OPERATING = "compact_not_operating"
    NO_LICENSE_HERE = "no_license_here"
    PLACE_NOT_SERVED = "place_not_served"


_NEARNESS: Final = {reason: place for place, reason in enumerate(Reason)}

_UNVERIFIED: Final = {
    LicenseStatus.SUBMITTED: Reason.NOT_VERIFIED,
    LicenseStatus.NEEDS_INFO: Reason.NOT_VERIFIED,
    LicenseStatus.SUSPENDED: Reason.SUSPENDED,
    LicenseStatus.REJECTED: Reason.REJECTED,
}


# Days of a jurisdiction's calendar, both ends included.
_Span: TypeAlias = tuple[str, date, date]
_Members: TypeAlias = Mapping[str, tuple[date, date]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Credentials:
    """All that one therapist holds, and the memberships their privileges depend on."""

    held: tuple[Credential, ...]
    memberships: tuple[Membership, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Stretch:
    """An unbroken time in which a credential permits sessions with clients in a place.

    remote_only: none of them in person. bookable_until: when the last good check is too old for new bookings (aware);
    None: nothing new is booked on it at all, only what was booked stays lawful.
    """

    license_id: LicenseId
    place: str
    window: Window
    remote_only: bool
    bookable_until: datetime | None


class _Lasting(Protocol):
    """Something by which a credential permits sessions for a while."""

    @property
    def license_id(self) -> LicenseId:
        """Whose it is."""

    @property
    def window(self) -> Window:
        """For how long."""


Lasting = TypeVar("Lasting", bound=_Lasting)


@dataclass(frozen=True, slots=True, kw_only=True)
class Permission:
    """The answer: which credentials permit it, in the order they are used, or (with none) the reason why not."""

    by: tuple[LicenseId, ...]
    reason: Reason | None

    @property
    def permitted(self) -> bool:
        """Whether the session may be held."""
        return self.reason is None


@dataclass(frozen=True, slots=True, kw_only=True)
class _Ground:
    """A credential with all that it rests on, reckoned once.

    stands: whether we and the board let it permit anything at all, new or booked before. verified: whether it is, and
    what it rests on too. rests: whether a privilege has a license at home that can bear it. spans: for each known place
    it is for, the days that must all hold there.
    """

    credential: Credential
    stands: bool
    verified: bool
    rests: bool
    remote_only: bool
    bookable_until: datetime | None
    spans: Mapping[str, tuple[_Span, ...]]


def may_practice(
    credentials: Credentials, *, place: str, during: Period, in_person: bool = False, asked_at: datetime | None = None
) -> Permission:
    """Decide whether a session may be booked with a client in that place.

    during: the whole session, half-open and not empty. asked_at: when it is to be booked (aware), None to leave the age
    of checks aside. Of several credentials that would do, the one that lasts longest is named; of several reasons, the
    one nearest to permission.
    """
    if during.ends_at <= during.starts_at:
        message = "a session ends after it starts"
        raise ValueError(message)
    if not places.is_known(place):
        return Permission(by=(), reason=Reason.PLACE_NOT_SERVED)
    grounds = _grounds(credentials)
    usable = [
        stretch
        for ground in grounds
        if ground.verified
        and not (in_person and ground.remote_only)
        and _is_fresh(ground.bookable_until, asked_at=asked_at)
        for stretch in _stretches(ground, places_asked=frozenset({place}))
    ]
    chain = chain_of(usable, during=during)
    if chain:
        return Permission(by=tuple(each.license_id for each in chain), reason=None)
    reasons = _reasons(grounds, place=place, during=during, in_person=in_person)
    return Permission(by=(), reason=min(reasons, key=_NEARNESS.__getitem__, default=Reason.NO_LICENSE_HERE))


def stretches(credentials: Credentials, *, places_asked: Iterable[str] | None = None) -> tuple[Stretch, ...]:
    """Give every stretch of permission, also of what is looked at again. places_asked: None for all there are."""
    asked = None if places_asked is None else frozenset(places_asked)
    return tuple(stretch for ground in _grounds(credentials) for stretch in _stretches(ground, places_asked=asked))


def chain_of(usable: Sequence[Lasting], *, during: Period) -> tuple[Lasting, ...]:
    """Give the fewest stretches for one place that cover the session one after another, or none."""
    chain: list[Lasting] = []
    reached = during.starts_at
    while reached < during.ends_at:
        fitting = [each for each in usable if each.window.holds(reached)]
        if not fitting:
            return ()
        longest = max(fitting, key=lambda each: (each.window.ends_at, each.license_id))
        chain.append(longest)
        reached = longest.window.ends_at
    return tuple(chain)


def merged(windows: Iterable[Window]) -> tuple[Window, ...]:
    """Join windows that overlap or touch: disjoint, not touching, in order.

    A session is covered by the windows exactly when one of the joined ones covers it.
    """
    joined: list[Window] = []
    for window in sorted(windows, key=lambda each: (each.starts_at, each.ends_at)):
        if joined and window.starts_at <= joined[-1].ends_at:
            last = joined.pop()
            joined.append(Window(starts_at=last.starts_at, ends_at=max(last.ends_at, window.ends_at)))
        else:
            joined.append(window)
    return tuple(joined)


def practicable_on(credentials: Credentials, *, on: date, asked_at: datetime | None = None) -> tuple[str, ...]:
    """Give the jurisdictions, sorted, where practice may be booked at some time of that day of their own calendars."""
    if not EARLIEST_DAY <= on <= LATEST_DAY:
        return ()
    return tuple(
        sorted(
            {
                stretch.place
                for ground in _grounds(credentials)
                if ground.verified and _is_fresh(ground.bookable_until, asked_at=asked_at)
                for stretch in _stretches(ground, places_asked=None)
                if stretch.window.overlaps(places.days(stretch.place, first=on, last=on))
            },
        ),
    )


def supervisors(credentials: Credentials, *, at: datetime) -> tuple[str, ...]:
    """Give the names, sorted, of those under whom a verified license is held at that instant."""
    return tuple(
        sorted(
            {
                ground.credential.supervised_by
                for ground in _grounds(credentials)
                if isinstance(ground.credential, License)
                and ground.credential.license_type in ASSOCIATES
                and ground.credential.supervised_by is not None
                and ground.verified
                and any(stretch.window.holds(at) for stretch in _stretches(ground, places_asked=None))
            },
        ),
    )


def _grounds(credentials: Credentials) -> tuple[_Ground, ...]:
    own = {each.license_id: each for each in credentials.held if isinstance(each, License)}
    operating: dict[Compact, dict[str, tuple[date, date]]] = {compact: {} for compact in Compact}
    for each in credentials.memberships:
        if each.operational_on is not None and places.is_known(each.jurisdiction):
            operating[each.compact][each.jurisdiction] = each.operational_on, each.ended_on or LATEST_DAY
    return tuple(
        _of_license(each)
        if isinstance(each, License)
        else _of_privilege(each, home=own.get(each.home_license_id), members=operating[each.compact])
        for each in credentials.held
    )


def _of_license(held: License) -> _Ground:
    verified = held.status is LicenseStatus.VERIFIED
    supervised = held.license_type not in ASSOCIATES or held.supervised_until is not None
    spans = {}
    if supervised and places.is_known(held.jurisdiction):
        spans[held.jurisdiction] = ((held.jurisdiction, held.issued_on, held.last_day),)
    return _Ground(
        credential=held,
        stands=_stands(held),
        verified=verified,
        rests=True,
        remote_only=held.standing is Standing.VALID_TELEHEALTH_ONLY,
        bookable_until=held.fresh_until if verified else None,
        spans=spans,
    )


def _of_privilege(held: Privilege, *, home: License | None, members: _Members) -> _Ground:
    rules = compacts.RULES[held.compact]
    rests = (
        home is not None
        and home.license_type in rules.license_types
        and home.standing is Standing.VALID
        and not home.encumbered
        and _stands(home)
    )
    verified = home is not None and held.status is home.status is LicenseStatus.VERIFIED
    looks = (held.fresh_until, None if home is None else home.fresh_until)
    return _Ground(
        credential=held,
        stands=_stands(held),
        verified=verified,
        rests=rests,
        remote_only=rules.remote_only or held.standing is Standing.VALID_TELEHEALTH_ONLY,
        bookable_until=min((each for each in looks if each), default=None) if verified and all(looks) else None,
        spans=_spans_away(held, home=home, members=members) if rests and home is not None else {},
    )


def _spans_away(held: Privilege, *, home: License, members: _Members) -> Mapping[str, tuple[_Span, ...]]:
    """Give the days that must all hold, for each member the privilege names, as far as the compact operates at home."""
    if home.jurisdiction not in members:
        return {}
    at_home: tuple[_Span, ...] = (
        (home.jurisdiction, home.issued_on, home.last_day),
        (home.jurisdiction, *members[home.jurisdiction]),
    )
    return {
        place: ((place, held.issued_on, held.last_day), (place, *members[place]), *at_home)
        for place in sorted(members)
        if place != home.jurisdiction and _names(held, place=place)
    }


def _names(held: Privilege, *, place: str) -> bool:
    if held.jurisdictions is None:
        return not compacts.RULES[held.compact].named_only
    return place in held.jurisdictions


def _stands(held: Credential) -> bool:
    ours = held.status is LicenseStatus.VERIFIED or (held.status in WAITING and held.was_verified)
    return ours and held.standing in IN_FORCE


def _is_fresh(bookable_until: datetime | None, *, asked_at: datetime | None) -> bool:
    return asked_at is None or (bookable_until is not None and asked_at < bookable_until)


def _stretches(ground: _Ground, *, places_asked: frozenset[str] | None) -> Iterator[Stretch]:
    if not ground.stands:
        return
    for place, spans in ground.spans.items():
        window = _shared(spans) if places_asked is None or place in places_asked else None
        if window is not None:
            yield Stretch(
                license_id=ground.credential.license_id,
                place=place,
                window=window,
                remote_only=ground.remote_only,
                bookable_until=ground.bookable_until,
            )


def _shared(spans: Sequence[_Span]) -> Window | None:
    """Give the instants at which all of the days hold, None where there are none."""
    if not spans or any(last < first for _, first, last in spans):
        return None
    windows = [places.days(where, first=first, last=last) for where, first, last in spans]
    starts_at, ends_at = max(each.starts_at for each in windows), min(each.ends_at for each in windows)
    return Window(starts_at=starts_at, ends_at=ends_at) if starts_at < ends_at else None


def _reasons(grounds: Iterable[_Ground], *, place: str, during: Period, in_person: bool) -> Iterator[Reason]:
    """Say of each credential that could be for the place why it does not cover the session by itself."""
    for ground in grounds:
        held = ground.credential
        if held.jurisdiction == place if isinstance(held, License) else place in ground.spans:
            yield _reason(ground, place=place, during=during, in_person=in_person)
        elif isinstance(held, Privilege) and ground.rests and _names(held, place=place):
            yield Reason.COMPACT_NOT_OPERATING


def _reason(ground: _Ground, *, place: str, during: Period, in_person: bool) -> Reason:
    unverified = _UNVERIFIED.get(ground.credential.status)
    if unverified is not None:
        return unverified
    if not ground.verified:
        return Reason.NOT_VERIFIED
    window = _shared(ground.spans.get(place, ()))
    if not ground.stands or window is None:
        return Reason.NOT_IN_FORCE
    if not window.covers(during):
        return _against_days(window, during=during)
    return Reason.REMOTE_ONLY if in_person and ground.remote_only else Reason.NOT_CHECKED_LATELY


def _against_days(window: Window, *, during: Period) -> Reason:
    if window.ends_at <= during.starts_at:
        return Reason.EXPIRED
    return Reason.NOT_YET_VALID if during.starts_at < window.starts_at else Reason.EXPIRES_DURING_SESSION

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

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from typing import Final, Protocol, TypeVar

from domain.ids import LicenseId
from domain.licensing import compacts, places
from domain.licensing.compacts import Membership
from domain.licensing.licenses import (
    ASSOCIATES,
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
    usable = [
        each
        for each in stretches(credentials, places_asked=(place,))
        if each.license_id in _verified(credentials) and _may_be_booked(each, in_person=in_person, asked_at=asked_at)
    ]
    chain = chain_of(usable, during=during)
    if chain:
        return Permission(by=tuple(each.license_id for each in chain), reason=None)
    reasons = tuple(_reasons(credentials, place=place, during=during, in_person=in_person, asked_at=asked_at))
    return Permission(by=(), reason=min(reasons, key=_NEARNESS.__getitem__, default=Reason.NO_LICENSE_HERE))


def stretches(credentials: Credentials, *, places_asked: Iterable[str] | None = None) -> tuple[Stretch, ...]:
    """Give every stretch of permission, also of what is looked at again. places_asked: None for all there are."""
    asked = None if places_asked is None else frozenset(places_asked)
    return tuple(
        Stretch(
            license_id=each.license_id,
            place=place,
            window=window,
            remote_only=_is_remote_only(each),
            bookable_until=_bookable_until(each, credentials=credentials),
        )
        for each in credentials.held
        if _stands(each)
        for place in sorted(_places(each, credentials=credentials))
        if asked is None or place in asked
        for window in _window(each, place=place, credentials=credentials)
    )


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
    """Give the jurisdictions, sorted, where practice may be booked for that day of each jurisdiction's own calendar."""
    verified = _verified(credentials)
    return tuple(
        sorted(
            {
                place
                for each in credentials.held
                if each.license_id in verified
                and _stands(each)
                and _is_fresh(_bookable_until(each, credentials=credentials), asked_at=asked_at)
                for place in _places(each, credentials=credentials)
                if all(first <= on <= last for first, last in _days(each, place=place, credentials=credentials))
            },
        ),
    )


def supervisors(credentials: Credentials) -> tuple[str, ...]:
    """Give the names, sorted, of those under whom a verified license is held."""
    return tuple(
        sorted(
            {
                each.supervised_by
                for each in credentials.held
                if isinstance(each, License)
                and each.license_type in ASSOCIATES
                and each.status is LicenseStatus.VERIFIED
                and each.supervised_by is not None
            },
        ),
    )


def _stands(credential: Credential) -> bool:
    """Tell whether we and the board let it permit anything at all, new or booked before."""
    ours = credential.status is LicenseStatus.VERIFIED or (credential.status in WAITING and credential.was_verified)
    return ours and credential.standing in IN_FORCE


def _verified(credentials: Credentials) -> frozenset[LicenseId]:
    """Give what is verified: a privilege only while the license at home is too."""
    alone = {each.license_id for each in credentials.held if each.status is LicenseStatus.VERIFIED}
    return frozenset(
        each.license_id
        for each in credentials.held
        if each.license_id in alone and (isinstance(each, License) or each.home_license_id in alone)
    )


def _is_remote_only(credential: Credential) -> bool:
    by_rule = isinstance(credential, Privilege) and compacts.RULES[credential.compact].remote_only
    return by_rule or credential.standing is Standing.VALID_TELEHEALTH_ONLY


def _may_be_booked(stretch: Stretch, *, in_person: bool, asked_at: datetime | None) -> bool:
    return not (in_person and stretch.remote_only) and _is_fresh(stretch.bookable_until, asked_at=asked_at)


def _is_fresh(bookable_until: datetime | None, *, asked_at: datetime | None) -> bool:
    return asked_at is None or (bookable_until is not None and asked_at < bookable_until)


def _bookable_until(credential: Credential, *, credentials: Credentials) -> datetime | None:
    """Give when the last good check of it, and of what it rests on, is too old; None where it is not verified."""
    if credential.license_id not in _verified(credentials) or credential.fresh_until is None:
        return None
    if isinstance(credential, License):
        return credential.fresh_until
    home = _home(credential, credentials=credentials)
    if home is None or home.fresh_until is None:
        return None
    return min(credential.fresh_until, home.fresh_until)


def _home(privilege: Privilege, *, credentials: Credentials) -> License | None:
    """Give the license a privilege rests on, where it is one that can bear it."""
    for each in credentials.held:
        if isinstance(each, License) and each.license_id == privilege.home_license_id:
            fit = each.license_type in compacts.RULES[privilege.compact].license_types
            sound = _stands(each) and not each.encumbered and each.standing is Standing.VALID
            return each if fit and sound else None
    return None


def _places(credential: Credential, *, credentials: Credentials) -> frozenset[str]:
    """Give the known places it is for, whatever its days: of a privilege, where and from where its compact operates."""
    match credential:
        case License():
            return frozenset({credential.jurisdiction} & places.known())
        case Privilege():
            home = _home(credential, credentials=credentials)
            members = _members(credential, credentials=credentials)
            if home is None or home.jurisdiction not in members:
                return frozenset()
            named = members.keys() if credential.jurisdictions is None else credential.jurisdictions
            if compacts.RULES[credential.compact].named_only:
                named = credential.jurisdictions or frozenset()
            return frozenset(members.keys() & named & places.known()) - {home.jurisdiction}


def _members(privilege: Privilege, *, credentials: Credentials) -> dict[str, tuple[date, date]]:
    """Give the members in which its compact operates, with the first and last day."""
    return {
        each.jurisdiction: (each.operational_on, each.ended_on or LATEST_DAY)
        for each in credentials.memberships
        if each.compact is privilege.compact and each.operational_on is not None
    }


def _days(credential: Credential, *, place: str, credentials: Credentials) -> Iterator[tuple[date, date]]:
    """Give the spans of days that must all hold, of whatever jurisdiction's calendar each is."""
    yield credential.issued_on, credential.last_day
    if isinstance(credential, License):
        return
    home = _home(credential, credentials=credentials)
    if home is not None:
        members = _members(credential, credentials=credentials)
        yield members[place]
        yield members[home.jurisdiction]
        yield home.issued_on, home.last_day


def _window(credential: Credential, *, place: str, credentials: Credentials) -> Iterator[Window]:
    """Give the one window in which it permits sessions there, where it is not empty."""
    if isinstance(credential, License):
        if credential.license_type in ASSOCIATES and credential.supervised_until is None:
            return
        spans = [(place, credential.issued_on, credential.last_day)]
    else:
        home = _home(credential, credentials=credentials)
        if home is None:
            return
        members = _members(credential, credentials=credentials)
        spans = [
            (place, credential.issued_on, credential.last_day),
            (place, *members[place]),
            (home.jurisdiction, *members[home.jurisdiction]),
            (home.jurisdiction, home.issued_on, home.last_day),
        ]
    if any(last < first for _, first, last in spans):
        return
    windows = [places.days(where, first=first, last=last) for where, first, last in spans]
    starts_at, ends_at = max(each.starts_at for each in windows), min(each.ends_at for each in windows)
    if starts_at < ends_at:
        yield Window(starts_at=starts_at, ends_at=ends_at)


def _reasons(
    credentials: Credentials, *, place: str, during: Period, in_person: bool, asked_at: datetime | None
) -> Iterator[Reason]:
    """Say of each credential that could be for the place why it does not cover the session by itself."""
    for each in credentials.held:
        if isinstance(each, License):
            if each.jurisdiction != place:
                continue
        elif place not in _places(each, credentials=credentials):
            if _names(each, place=place) and _home(each, credentials=credentials) is not None:
                yield Reason.COMPACT_NOT_OPERATING
            continue
        yield _reason(each, credentials=credentials, place=place, during=during, in_person=in_person, asked_at=asked_at)


def _names(privilege: Privilege, *, place: str) -> bool:
    if privilege.jurisdictions is None:
        return not compacts.RULES[privilege.compact].named_only
    return place in privilege.jurisdictions


def _reason(
    credential: Credential,
    *,
    credentials: Credentials,
    place: str,
    during: Period,
    in_person: bool,
    asked_at: datetime | None,
) -> Reason:
    unverified = _UNVERIFIED.get(credential.status)
    if unverified is not None:
        return unverified
    if credential.license_id not in _verified(credentials):
        return Reason.NOT_VERIFIED
    windows = tuple(_window(credential, place=place, credentials=credentials))
    if credential.standing not in IN_FORCE or not windows:
        return Reason.NOT_IN_FORCE
    if not windows[0].covers(during):
        return _against_days(windows[0], during=during)
    if in_person and _is_remote_only(credential):
        return Reason.REMOTE_ONLY
    is_fresh = _is_fresh(_bookable_until(credential, credentials=credentials), asked_at=asked_at)
    return Reason.EXPIRES_DURING_SESSION if is_fresh else Reason.NOT_CHECKED_LATELY


def _against_days(window: Window, *, during: Period) -> Reason:
    if window.ends_at <= during.starts_at:
        return Reason.EXPIRED
    return Reason.NOT_YET_VALID if during.starts_at < window.starts_at else Reason.EXPIRES_DURING_SESSION

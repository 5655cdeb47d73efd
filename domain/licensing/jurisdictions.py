"""Whether credentials may serve a client in a place, at a time.

The place is where the client is during the session. Every instant of the session must be covered by a verified
credential for that place; what is unknown is not permitted. Two licenses that follow each other without a gap cover a
session that runs from one into the other.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from typing import Final, TypeAlias

from domain.ids import LicenseId
from domain.licensing import places
from domain.licensing.licenses import License, LicenseStatus
from domain.licensing.places import Period, Window

# What can permit practice. Another kind joins as a further member of this union and a further case in `serves` and
# `validity`; the rules below speak of credentials only.
Credential: TypeAlias = License


class Reason(StrEnum):
    """Why a session is not permitted, the nearest to permission first."""

    EXPIRES_DURING_SESSION = "expires_during_session"
    NOT_YET_VALID = "not_yet_valid"
    EXPIRED = "expired"
    SUSPENDED = "suspended"
    NOT_VERIFIED = "not_verified"
    REJECTED = "rejected"
    NO_LICENSE_HERE = "no_license_here"
    PLACE_NOT_SERVED = "place_not_served"


_NEARNESS: Final = {reason: place for place, reason in enumerate(Reason)}

_UNVERIFIED: Final = {
    LicenseStatus.SUBMITTED: Reason.NOT_VERIFIED,
    LicenseStatus.SUSPENDED: Reason.SUSPENDED,
    LicenseStatus.REJECTED: Reason.REJECTED,
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Permission:
    """The answer: which licenses permit it, in the order they are used, or (with none) the reason why not."""

    by: tuple[LicenseId, ...]
    reason: Reason | None

    @property
    def permitted(self) -> bool:
        """Whether the session may be held."""
        return self.reason is None


def serves(credential: Credential, *, place: str) -> bool:
    """Tell whether the credential is for that place, whatever its status and days."""
    return credential.jurisdiction == place


def validity(credential: Credential) -> Window:
    """Give the instants between which the credential's days lie, whatever its status. Raises UnknownJurisdiction."""
    return places.days(credential.jurisdiction, first=credential.issued_on, last=credential.expires_on)


def valid_at(credential: Credential, *, instant: datetime) -> bool:
    """Tell whether the credential is verified and its days include the instant (aware)."""
    return (
        credential.status is LicenseStatus.VERIFIED
        and places.is_known(credential.jurisdiction)
        and validity(credential).holds(instant)
    )


def may_practice(credentials: Iterable[Credential], *, place: str, during: Period) -> Permission:
    """Decide whether a session may be held with a client in that place.

    during: the whole session, half-open and not empty. Of several licenses that would do, the one that lasts longest
    is named; of several reasons, the one nearest to permission.
    """
    if during.ends_at <= during.starts_at:
        message = "a session ends after it starts"
        raise ValueError(message)
    if not places.is_known(place):
        return Permission(by=(), reason=Reason.PLACE_NOT_SERVED)
    here = [credential for credential in credentials if serves(credential, place=place)]
    if not here:
        return Permission(by=(), reason=Reason.NO_LICENSE_HERE)
    chain = _chain([(validity(each), each) for each in here if each.status is LicenseStatus.VERIFIED], during=during)
    if chain:
        return Permission(by=tuple(each.license_id for each in chain), reason=None)
    return Permission(by=(), reason=min((_reason(each, during=during) for each in here), key=_NEARNESS.__getitem__))


def permitted_windows(credentials: Iterable[Credential], *, place: str) -> tuple[Window, ...]:
    """Give all instants at which a client in that place may be served: disjoint, not touching, in order.

    A session is permitted exactly when one of these windows covers it.
    """
    if not places.is_known(place):
        return ()
    windows = sorted(
        (validity(each) for each in credentials if serves(each, place=place) and each.status is LicenseStatus.VERIFIED),
        key=lambda window: (window.starts_at, window.ends_at),
    )
    merged: list[Window] = []
    for window in windows:
        if merged and window.starts_at <= merged[-1].ends_at:
            last = merged.pop()
            merged.append(Window(starts_at=last.starts_at, ends_at=max(last.ends_at, window.ends_at)))
        else:
            merged.append(window)
    return tuple(merged)


def practicable_on(credentials: Iterable[Credential], *, on: date) -> tuple[str, ...]:
    """Give the jurisdictions, sorted, where practice is permitted on that day of each jurisdiction's own calendar."""
    return tuple(
        sorted(
            {
                each.jurisdiction
                for each in credentials
                if each.status is LicenseStatus.VERIFIED
                and places.is_known(each.jurisdiction)
                and each.issued_on <= on <= each.expires_on
            },
        ),
    )


def _chain(valid: Sequence[tuple[Window, Credential]], *, during: Period) -> tuple[Credential, ...]:
    """Give the fewest credentials that cover the session one after another, or none."""
    chain: list[Credential] = []
    reached = during.starts_at
    while reached < during.ends_at:
        fitting = [(window, each) for window, each in valid if window.holds(reached)]
        if not fitting:
            return ()
        window, longest = max(fitting, key=lambda pair: (pair[0].ends_at, pair[1].license_id))
        chain.append(longest)
        reached = window.ends_at
    return tuple(chain)


def _reason(credential: Credential, *, during: Period) -> Reason:
    """Say why this credential for the right place does not cover the session by itself."""
    unverified = _UNVERIFIED.get(credential.status)
    if unverified is not None:
        return unverified
    window = validity(credential)
    if window.ends_at <= during.starts_at:
        return Reason.EXPIRED
    if during.starts_at < window.starts_at:
        return Reason.NOT_YET_VALID
    return Reason.EXPIRES_DURING_SESSION

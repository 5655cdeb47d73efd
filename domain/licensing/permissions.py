"""Permissions as they are kept: what was reckoned from credentials (`jurisdictions.py`), looked up by who books.

A permission's stretch never changes; what changes it takes its place as another one. So who relies on one need only
make sure that it is still there.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from domain.ids import LicenseId, PermissionId
from domain.licensing import jurisdictions
from domain.licensing.places import Period, Window


@dataclass(frozen=True, slots=True, kw_only=True)
class Permit:
    """A kept stretch of permission; see `jurisdictions.Stretch`."""

    permission_id: PermissionId
    license_id: LicenseId
    place: str
    window: Window
    remote_only: bool


def windows(permits: Iterable[Permit], *, place: str, in_person: bool) -> tuple[Window, ...]:
    """Give all instants at which a client in that place may be served: disjoint, not touching, in order.

    A session is permitted exactly when one of these windows covers it.
    """
    return jurisdictions.merged(each.window for each in permits if _would_do(each, place=place, in_person=in_person))


def covering(permits: Iterable[Permit], *, place: str, during: Period, in_person: bool) -> tuple[PermissionId, ...]:
    """Give the fewest permissions that cover a session there one after another, or none."""
    usable = [each for each in permits if _would_do(each, place=place, in_person=in_person)]
    return tuple(each.permission_id for each in jurisdictions.chain_of(usable, during=during))


def is_fresh(bookable_until: datetime | None, *, now: datetime) -> bool:
    """Tell whether something new may be booked on a permission now."""
    return bookable_until is not None and now < bookable_until


def _would_do(permit: Permit, *, place: str, in_person: bool) -> bool:
    return permit.place == place and not (in_person and permit.remote_only)

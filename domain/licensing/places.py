"""The jurisdictions we serve, and the calendar each one keeps.

A date on a license is a day of the jurisdiction's own calendar. Where a jurisdiction spans zones nobody can tell from
the license alone whose midnight is meant, so a day counts only once it has begun in all of its zones, and no longer
than it lasts in all of them. A jurisdiction that is not listed here is unknown, and the unknown is never permitted.
"""

from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from functools import lru_cache
from typing import Final, Protocol
from zoneinfo import ZoneInfo

from domain.errors import Flaw, Invalid

_EASTERN: Final = "America/New_York"
_CENTRAL: Final = "America/Chicago"
_MOUNTAIN: Final = "America/Denver"
_PACIFIC: Final = "America/Los_Angeles"

# Every zone of the tz database that is kept somewhere in the jurisdiction by law; habits of single towns are left out.
# Source: ISO 3166-2:US for the codes; 49 CFR part 71 and tzdata zone.tab for the zones.
_ZONES: Final[dict[str, tuple[str, ...]]] = {
    "US-AK": (
        "America/Anchorage",
        "America/Juneau",
        "America/Sitka",
        "America/Metlakatla",
        "America/Yakutat",
        "America/Nome",
        "America/Adak",
    ),
    "US-AL": (_CENTRAL,),
    "US-AR": (_CENTRAL,),
    "US-AS": ("Pacific/Pago_Pago",),
    "US-AZ": ("America/Phoenix", _MOUNTAIN),  # the Navajo Nation changes its clocks, the rest does not
    "US-CA": (_PACIFIC,),
    "US-CO": (_MOUNTAIN,),
    "US-CT": (_EASTERN,),
    "US-DC": (_EASTERN,),
    "US-DE": (_EASTERN,),
    "US-FL": (_EASTERN, _CENTRAL),
    "US-GA": (_EASTERN,),
    "US-GU": ("Pacific/Guam",),
    "US-HI": ("Pacific/Honolulu",),
    "US-IA": (_CENTRAL,),
    "US-ID": ("America/Boise", _PACIFIC),
    "US-IL": (_CENTRAL,),
    "US-IN": (
        "America/Indiana/Indianapolis",
        "America/Indiana/Vincennes",
        "America/Indiana/Winamac",
        "America/Indiana/Marengo",
        "America/Indiana/Petersburg",
        "America/Indiana/Vevay",
        "America/Indiana/Tell_City",
        "America/Indiana/Knox",
        "America/Kentucky/Louisville",
        _EASTERN,
        _CENTRAL,
    ),
    "US-KS": (_CENTRAL, _MOUNTAIN),
    "US-KY": (_EASTERN, "America/Kentucky/Louisville", "America/Kentucky/Monticello", _CENTRAL),
    "US-LA": (_CENTRAL,),
    "US-MA": (_EASTERN,),
    "US-MD": (_EASTERN,),
    "US-ME": (_EASTERN,),
    "US-MI": ("America/Detroit", "America/Menominee"),
    "US-MN": (_CENTRAL,),
    "US-MO": (_CENTRAL,),
    "US-MP": ("Pacific/Saipan",),
    "US-MS": (_CENTRAL,),
    "US-MT": (_MOUNTAIN,),
    "US-NC": (_EASTERN,),
    "US-ND": (
        _CENTRAL,
        _MOUNTAIN,
        "America/North_Dakota/Center",
        "America/North_Dakota/New_Salem",
        "America/North_Dakota/Beulah",
    ),
    "US-NE": (_CENTRAL, _MOUNTAIN),
    "US-NH": (_EASTERN,),
    "US-NJ": (_EASTERN,),
    "US-NM": (_MOUNTAIN,),
    "US-NV": (_PACIFIC, _MOUNTAIN),  # West Wendover
    "US-NY": (_EASTERN,),
    "US-OH": (_EASTERN,),
    "US-OK": (_CENTRAL,),
    "US-OR": (_PACIFIC, "America/Boise"),
    "US-PA": (_EASTERN,),
    "US-PR": ("America/Puerto_Rico",),
    "US-RI": (_EASTERN,),
    "US-SC": (_EASTERN,),
    "US-SD": (_CENTRAL, _MOUNTAIN),
    "US-TN": (_EASTERN, _CENTRAL),
    "US-TX": (_CENTRAL, _MOUNTAIN),
    "US-UT": (_MOUNTAIN,),
    "US-VA": (_EASTERN,),
    "US-VI": ("America/St_Thomas",),
    "US-VT": (_EASTERN,),
    "US-WA": (_PACIFIC,),
    "US-WI": (_CENTRAL,),
    "US-WV": (_EASTERN,),
    "US-WY": (_MOUNTAIN,),
}


class UnknownJurisdiction(Invalid):
    """No jurisdiction that is served has this code."""

    def __init__(self) -> None:
        super().__init__(Flaw(pointer="/jurisdiction", detail="This is not a jurisdiction we serve, such as US-OH."))


class Period(Protocol):
    """Anything that lasts from one instant on and ends before another (aware, half-open)."""

    @property
    def starts_at(self) -> datetime:
        """The first instant."""

    @property
    def ends_at(self) -> datetime:
        """The first instant that no longer belongs to it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Window:
    """The instants from `starts_at` on and before `ends_at` (aware UTC, half-open)."""

    starts_at: datetime
    ends_at: datetime

    def holds(self, instant: datetime) -> bool:
        """Tell whether the instant lies inside."""
        return self.starts_at <= instant < self.ends_at

    def covers(self, period: Period) -> bool:
        """Tell whether the first and the last instant of the period lie inside."""
        return self.starts_at <= period.starts_at and period.ends_at <= self.ends_at

    def overlaps(self, period: Period) -> bool:
        """Tell whether any instant of the period lies inside."""
        return self.starts_at < period.ends_at and period.starts_at < self.ends_at


def known() -> frozenset[str]:
    """Give every jurisdiction that is served, as ISO 3166-2 codes."""
    return frozenset(_ZONES)


def is_known(code: str) -> bool:
    """Tell whether the code is a jurisdiction that is served; codes are upper case, with the country (US-OH)."""
    return code in _ZONES


def country(jurisdiction: str) -> str:
    """Give the country of a jurisdiction as its ISO 3166-1 code. Raises UnknownJurisdiction."""
    if jurisdiction not in _ZONES:
        raise UnknownJurisdiction
    return jurisdiction.partition("-")[0]


def zones(jurisdiction: str) -> tuple[str, ...]:
    """Give the IANA zones kept in a jurisdiction, never empty. Raises UnknownJurisdiction."""
    found = _ZONES.get(jurisdiction)
    if found is None:
        raise UnknownJurisdiction
    return found


@lru_cache(maxsize=8192)
def days(jurisdiction: str, *, first: date, last: date) -> Window:
    """Give the instants that lie in the days from first to last, both included, in all zones of the jurisdiction.

    Raises UnknownJurisdiction. The last day of the calendar (9999-12-31) has no end and is not accepted.
    """
    kept = [ZoneInfo(zone) for zone in zones(jurisdiction)]
    return Window(
        starts_at=max(_start_of_day(first, zone=zone) for zone in kept),
        ends_at=min(_start_of_day(last + timedelta(days=1), zone=zone) for zone in kept),
    )


def today(jurisdiction: str, *, now: datetime) -> date:
    """Give the day it is in a jurisdiction, where it spans zones that of the one ahead. Raises UnknownJurisdiction."""
    return max(now.astimezone(ZoneInfo(zone)).date() for zone in zones(jurisdiction))


def _start_of_day(day: date, *, zone: ZoneInfo) -> datetime:
    """Give the day's first instant; where midnight is skipped that is the change itself, where repeated the first."""
    return datetime.combine(day, time(), tzinfo=zone).astimezone(UTC)

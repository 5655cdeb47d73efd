"""What a therapist states about a privilege of a compact, and whether it can be one at all.

A state that enacted the compact may be named before it issues: the privilege is on file, and permits nothing there yet.
The license it rests on is the therapist's own, of a type and a state the compact is for, and neither rejected nor
suspended; it need not be verified yet.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Final

from domain.errors import Flaw
from domain.ids import LicenseId
from domain.licensing import compacts, licenses, places
from domain.licensing.compacts import Compact, Membership
from domain.licensing.licenses import Credential, FlawedClaim, License, LicenseStatus, Privilege

LOST: Final = frozenset({LicenseStatus.REJECTED, LicenseStatus.SUSPENDED})
HOME: Final = "/home_license_id"
NAMES: Final = {
    Compact.PSYPACT: "PSYPACT",
    Compact.COUNSELING_COMPACT: "The Counseling Compact",
    Compact.SOCIAL_WORK_COMPACT: "The Social Work Compact",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class PrivilegeClaim:
    """A privilege as its therapist states it. jurisdictions: None for all members; the days are both included."""

    compact: Compact
    home_license_id: LicenseId
    number: str
    jurisdictions: tuple[str, ...] | None
    issued_on: date
    expires_on: date


def claimed(
    claim: PrivilegeClaim,
    *,
    license_id: LicenseId,
    held: Sequence[Credential],
    memberships: Sequence[Membership],
) -> tuple[Privilege, License]:
    """Read what a therapist states about a privilege, as a submitted one, with the license it rests on.

    held: all that the therapist holds. Raises FlawedClaim, which names every flaw.
    """
    members = frozenset(each.jurisdiction for each in memberships if each.compact is claim.compact)
    home = next(
        (each for each in held if isinstance(each, License) and each.license_id == claim.home_license_id),
        None,
    )
    flaws = [
        *_home_flaws(home, compact=claim.compact, members=members),
        *_place_flaws(claim, home=home, members=members),
        *licenses.day_flaws(claim.issued_on, claim.expires_on),
    ]
    if flaws or home is None:
        raise FlawedClaim(*flaws)
    privilege = Privilege(
        license_id=license_id,
        compact=claim.compact,
        home_license_id=home.license_id,
        jurisdictions=None if claim.jurisdictions is None else frozenset(claim.jurisdictions),
        issued_on=claim.issued_on,
        expires_on=claim.expires_on,
        status=LicenseStatus.SUBMITTED,
    )
    return privilege, home


def _home_flaws(home: License | None, *, compact: Compact, members: frozenset[str]) -> Iterator[Flaw]:
    if home is None:
        yield Flaw(pointer=HOME, detail="This is none of your licenses; see GET /v1/therapists/me/licenses.")
        return
    if home.status in LOST:
        yield Flaw(pointer=HOME, detail=f"A privilege needs a license in force at home; this one is {home.status}.")
    accepted = compacts.RULES[compact].license_types
    if home.license_type not in accepted:
        detail = f"{NAMES[compact]} is for these titles: {', '.join(sorted(accepted))}."
        yield Flaw(pointer=HOME, detail=detail)
    if home.jurisdiction not in members:
        yield Flaw(pointer=HOME, detail=f"{home.jurisdiction} is not a member of the compact.")


def _place_flaws(claim: PrivilegeClaim, *, home: License | None, members: frozenset[str]) -> Iterator[Flaw]:
    named = claim.jurisdictions
    if named is None:
        if compacts.RULES[claim.compact].named_only:
            detail = "This compact gives a privilege for each state: name the states."
            yield Flaw(pointer="/jurisdictions", detail=detail)
        return
    if not named:
        yield Flaw(pointer="/jurisdictions", detail="Name at least one state, or null for all members.")
    for number, place in enumerate(named):
        pointer = f"/jurisdictions/{number}"
        if not places.is_known(place):
            yield Flaw(pointer=pointer, detail="This is not a jurisdiction we serve, such as US-OH.")
        elif place not in members:
            yield Flaw(pointer=pointer, detail=f"{place} is not a member of the compact.")
        elif home is not None and place == home.jurisdiction:
            yield Flaw(pointer=pointer, detail="At home the license itself counts; name other states.")
        elif place in named[:number]:
            yield Flaw(pointer=pointer, detail="This state is named twice.")

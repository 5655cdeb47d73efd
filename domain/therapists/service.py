"""Therapists write and read their profile; registers are asked about the person behind it."""

import json
from dataclasses import dataclass, field
from datetime import date, datetime

from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession

from domain.access import policy
from domain.access.actor import Actor
from domain.access.policy import Action
from domain.audit import service as audit
from domain.concepts import vocabulary
from domain.errors import NotFound
from domain.ids import TherapistId
from domain.therapists import profile as profiles
from domain.therapists import queries, session_access
from domain.therapists.profile import Focus, Profile
from domain.therapists.session_access import SealedAccess, SessionAccess
from domain.therapists.tables import Therapist
from domain.vault.cipher import Place, Vault


class TherapistNotFound(NotFound):
    """There is no such therapist, or not for the caller."""

    def __init__(self) -> None:
        super().__init__("There is no such therapist.")


class ProfileMissing(NotFound):
    """The therapist has not written a profile yet."""

    def __init__(self) -> None:
        super().__init__("You have no profile yet; write it with PUT /v1/therapists/me.")


@dataclass(frozen=True, slots=True, kw_only=True)
class Identity:
    """Who a therapist is to public registers."""

    legal_name: str = field(repr=False)
    other_legal_names: tuple[str, ...] = field(repr=False)
    born_on: date | None = field(repr=False)
    npi: str | None = field(repr=False)

    def is_that_of(self, profile: Profile) -> bool:
        """Tell whether registers would be asked the same about a profile; the order of other names is nothing."""
        return (
            self.legal_name == profile.legal_name
            and sorted(self.other_legal_names) == sorted(profile.other_legal_names)
            and self.born_on == profile.born_on
            and self.npi == profile.npi
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class OwnProfile:
    """A profile as its therapist sees it, whole."""

    therapist_id: TherapistId
    profile: Profile
    version: int


async def put_profile(session: AsyncSession, *, profile: Profile, by: Actor, vault: Vault, now: datetime) -> OwnProfile:
    """Write the caller's profile, the first time or over what was there. Raises ProfileImpossible, WrongRole."""
    policy.require(by, Action.THERAPIST_WRITE)
    profiles.check(profile, vocabulary=vocabulary.load(), today=now.date())
    therapist_id = by.therapist_id
    values = {
        **_public_values(profile),
        **_sealed_values(profile, therapist_id=therapist_id, vault=vault),
        **_access_values(profile.session_access, therapist_id=therapist_id, vault=vault),
    }
    values["updated_at"] = now
    fresh = insert(Therapist).values(id=therapist_id, version=1, created_at=now, first_listed_at=None, **values)
    statement = fresh.on_conflict_do_update(
        index_elements=[Therapist.id], set_={**values, "version": Therapist.version + 1}
    ).returning(Therapist.version)
    version = (await session.execute(statement)).scalar_one()
    audit.record(
        session, by=by, action=Action.THERAPIST_WRITE, subject_kind="therapist", subject_id=therapist_id, now=now
    )
    return OwnProfile(therapist_id=therapist_id, profile=profile.with_primary_first(), version=version)


async def own_profile(session: AsyncSession, *, by: Actor, vault: Vault) -> OwnProfile:
    """Read the caller's profile, with what nobody else sees. Raises ProfileMissing, WrongRole."""
    policy.require(by, Action.THERAPIST_READ_OWN)
    therapist = await queries.by_id(session, therapist_id=by.therapist_id)
    if therapist is None:
        raise ProfileMissing
    return OwnProfile(therapist_id=therapist.id, profile=_profile(therapist, vault=vault), version=therapist.version)


async def withdraw(session: AsyncSession, *, by: Actor, now: datetime) -> None:
    """Let nobody find the caller any more, and take on nobody new; the profile is locked until the transaction ends.

    Raises ProfileMissing, WrongRole.
    """
    policy.require(by, Action.PRACTICE_CLOSE)
    therapist = await queries.locked(session, therapist_id=by.therapist_id)
    if therapist is None:
        raise ProfileMissing
    if therapist.visible or therapist.accepting_clients:
        therapist.visible = therapist.accepting_clients = False
        therapist.version += 1
        therapist.updated_at = now
    await session.flush()


async def locked_version(session: AsyncSession, *, by: Actor) -> int:
    """Give the version of the caller's profile, which nobody changes before the transaction ends; 0 without one."""
    policy.require(by, Action.THERAPIST_WRITE)
    therapist = await queries.locked(session, therapist_id=by.therapist_id)
    return 0 if therapist is None else therapist.version


async def own_identity(session: AsyncSession, *, by: Actor, vault: Vault) -> Identity | None:
    """Give who the caller is to registers, which nobody changes before the transaction ends; None without a profile.

    Raises SealBroken, WrongRole.
    """
    policy.require(by, Action.THERAPIST_WRITE)
    therapist = await queries.locked(session, therapist_id=by.therapist_id)
    return None if therapist is None else identity(therapist, vault=vault)


def identity(therapist: Therapist, *, vault: Vault) -> Identity:
    """Open what registers need to know. Raises SealBroken."""
    other = _opened(therapist.other_legal_names_sealed, column="other_legal_names", of=therapist, vault=vault)
    born_on = _opened(therapist.birth_date_sealed, column="birth_date", of=therapist, vault=vault)
    return Identity(
        legal_name=legal_name(therapist, vault=vault),
        other_legal_names=() if other is None else tuple(str(name) for name in json.loads(other)),
        born_on=None if born_on is None else date.fromisoformat(born_on),
        npi=therapist.npi,
    )


def legal_name(therapist: Therapist, *, vault: Vault) -> str:
    """Open a therapist's legal name. Raises SealBroken."""
    return vault.open(therapist.legal_name_sealed, place=_place(therapist.id, column="legal_name"))


def _place(therapist_id: TherapistId, *, column: str) -> Place:
    return Place(table="therapist", row=therapist_id, column=column)


def _opened(sealed: bytes | None, *, column: str, of: Therapist, vault: Vault) -> str | None:
    return None if sealed is None else vault.open(sealed, place=_place(of.id, column=column))


def _public_values(profile: Profile) -> dict[str, object]:
    return {
        "display_name": profile.display_name,
        "npi": profile.npi,
        "bio": profile.bio,
        "gender": profile.gender,
        "primary_concerns": list(profile.concerns_of(Focus.PRIMARY)),
        "secondary_concerns": list(profile.concerns_of(Focus.SECONDARY)),
        "approaches": list(profile.approaches),
        "populations": list(profile.populations),
        "languages": list(profile.languages),
        "session_formats": list(profile.session_formats),
        "insurers": list(profile.insurers),
        "accepting_clients": profile.accepting_clients,
        "caseload_limit": profile.caseload_limit,
        "visible": profile.visible,
    }


def _sealed_values(profile: Profile, *, therapist_id: TherapistId, vault: Vault) -> dict[str, object]:
    def seal(plain: str | None, *, column: str) -> bytes | None:
        return None if plain is None else vault.seal(plain, place=_place(therapist_id, column=column))

    other = json.dumps(profile.other_legal_names, ensure_ascii=False) if profile.other_legal_names else None
    born_on = profile.born_on.isoformat() if profile.born_on is not None else None
    return {
        "legal_name_sealed": seal(profile.legal_name, column="legal_name"),
        "other_legal_names_sealed": seal(other, column="other_legal_names"),
        "birth_date_sealed": seal(born_on, column="birth_date"),
    }


def _access_values(access: SessionAccess | None, *, therapist_id: TherapistId, vault: Vault) -> dict[str, object]:
    """Seal how to get in; where the rooms are stands in clear too, since the licensing gate asks for it."""
    if access is None:
        return {"session_access_sealed": None, "in_person_jurisdiction": None}
    return {
        "session_access_sealed": session_access.seal(access, therapist_id=therapist_id, vault=vault),
        "in_person_jurisdiction": access.jurisdiction,
    }


def _access(therapist: Therapist, *, vault: Vault) -> SessionAccess | None:
    sealed = therapist.session_access_sealed
    return None if sealed is None else SealedAccess(therapist_id=therapist.id, sealed=sealed).opened(vault=vault)


def _profile(therapist: Therapist, *, vault: Vault) -> Profile:
    person = identity(therapist, vault=vault)
    return Profile(
        display_name=therapist.display_name,
        legal_name=person.legal_name,
        other_legal_names=person.other_legal_names,
        born_on=person.born_on,
        npi=therapist.npi,
        bio=therapist.bio,
        gender=therapist.gender,
        concerns=profiles.concerns(primary=therapist.primary_concerns, secondary=therapist.secondary_concerns),
        approaches=tuple(therapist.approaches),
        populations=tuple(therapist.populations),
        languages=tuple(therapist.languages),
        session_formats=tuple(therapist.session_formats),
        insurers=tuple(therapist.insurers),
        accepting_clients=therapist.accepting_clients,
        caseload_limit=therapist.caseload_limit,
        visible=therapist.visible,
        session_access=_access(therapist, vault=vault),
    )

"""Keep what clients tell about themselves: name and birth date sealed, adults only."""

from datetime import date, datetime

from sqlalchemy import select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession

from domain.access import policy
from domain.access.actor import Actor
from domain.access.policy import Action
from domain.audit import service as audit
from domain.clients import ages
from domain.clients.profile import ClientFacts, Profile, StoredProfile
from domain.clients.tables import Client
from domain.errors import Conflict, NotFound
from domain.ids import ClientId
from domain.vault.cipher import Place, Vault


class ProfileNotFound(NotFound):
    """The client has not told anything yet."""


class ClientProfileMissing(Conflict):
    """What is asked needs the client's profile first."""


async def put_profile(
    session: AsyncSession, *, profile: Profile, vault: Vault, by: Actor, now: datetime
) -> StoredProfile:
    """Keep the actor's profile in place of what was there. Its zone and jurisdiction are known ones.

    Raises BirthDateImpossible and TooYoung, and stores nothing then.
    """
    policy.require(by, Action.CLIENT_WRITE)
    ages.require_adult(born_on=profile.born_on, zone=profile.zone, country=profile.country, now=now)
    told = {
        "preferred_name_sealed": vault.seal(
            profile.preferred_name, place=_place(by.client_id, "preferred_name_sealed")
        ),
        "birth_date_sealed": vault.seal(profile.born_on.isoformat(), place=_place(by.client_id, "birth_date_sealed")),
        "jurisdiction": profile.jurisdiction,
        "time_zone": profile.zone,
        "languages": list(profile.languages),
        "updated_at": now,
    }
    written = await session.execute(
        insert(Client)
        .values(id=by.client_id, version=1, created_at=now, **told)
        .on_conflict_do_update(index_elements=[Client.id], set_={**told, "version": Client.version + 1})
        .returning(Client.version)
    )
    audit.record(session, by=by, action=Action.CLIENT_WRITE, subject_kind="client", subject_id=by.client_id, now=now)
    return StoredProfile(client_id=by.client_id, profile=profile, version=written.scalar_one())


async def version_to_change(session: AsyncSession, *, by: Actor) -> int:
    """Lock the actor's profile for this transaction and give its version; 0 where there is none yet."""
    policy.require(by, Action.CLIENT_WRITE)
    version = await session.scalar(select(Client.version).where(Client.id == by.client_id).with_for_update())
    return version or 0


async def own_profile(session: AsyncSession, *, vault: Vault, by: Actor, now: datetime) -> StoredProfile:
    """Open the actor's profile. Raises ProfileNotFound."""
    policy.require(by, Action.CLIENT_READ)
    client = await session.get(Client, by.client_id)
    if client is None:
        raise ProfileNotFound("You have no profile yet; write it with PUT /v1/clients/me.")
    audit.record(session, by=by, action=Action.CLIENT_READ, subject_kind="client", subject_id=client.id, now=now)
    name = vault.open(client.preferred_name_sealed, place=_place(client.id, "preferred_name_sealed"))
    born_on = date.fromisoformat(vault.open(client.birth_date_sealed, place=_place(client.id, "birth_date_sealed")))
    profile = Profile(
        preferred_name=name,
        born_on=born_on,
        jurisdiction=client.jurisdiction,
        zone=client.time_zone,
        languages=tuple(client.languages),
    )
    return StoredProfile(client_id=client.id, profile=profile, version=client.version)


async def facts(session: AsyncSession, *, client_id: ClientId) -> ClientFacts:
    """Load what matching and booking need of a client. Raises ClientProfileMissing."""
    found = await session.execute(
        select(Client.jurisdiction, Client.time_zone, Client.languages, Client.version).where(Client.id == client_id)
    )
    row = found.one_or_none()
    if row is None:
        raise ClientProfileMissing("Tell us first where you will be, and your time zone: PUT /v1/clients/me.")
    jurisdiction, zone, languages, version = row
    return ClientFacts(
        client_id=client_id, jurisdiction=jurisdiction, zone=zone, languages=tuple(languages), version=version
    )


def _place(client_id: ClientId, column: str) -> Place:
    return Place(table="client", row=client_id, column=column)

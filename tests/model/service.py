"""What the machine asks of the service, in the one transaction of a run, and what is in its tables afterwards."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncSession, async_sessionmaker

from api.parts import Parts
from domain.access.actor import Actor
from domain.availability.interval import Interval
from domain.booking import offers_service
from domain.ids import ClientId, TherapistId
from tests.build import booking
from tests.build.therapists import listed_therapist
from tests.model.practices import DAYTIME

ROWS = """
SELECT id::text, CASE WHEN status = 'held' AND expires_at <= attune_now() THEN 'expired' ELSE status END AS status,
       client_id, therapist_id, session_type, lower(during), upper(during),
       coalesce(waitlist_entry_id, in_place_of)::text, seat_number
FROM booking WHERE kind <> 'group' AND client_id = ANY (:clients)
"""
ENTRIES = "SELECT id::text, status FROM waitlist_entry WHERE client_id = ANY (:clients)"
AGE = """
UPDATE booking SET held_at = held_at - make_interval(mins => :minutes),
                   expires_at = expires_at - make_interval(mins => :minutes)
WHERE id = :id
"""
UNCLEARED = "SELECT id::text FROM booking WHERE status = 'held' AND expires_at <= attune_now() ORDER BY expires_at"
PATIENT = ("SET LOCAL transaction_timeout = 0", "SET LOCAL idle_in_transaction_session_timeout = 0")


@dataclass(frozen=True, slots=True, kw_only=True)
class Seen:
    """A row as the table has it; a hold that has run out is expired, whether or not somebody cleared it."""

    id: str
    status: str
    client: ClientId
    therapist: TherapistId
    code: str
    during: Interval
    given_for: str | None
    seat: int | None


@dataclass(kw_only=True)
class Service:
    """The service over one connection. Its people are the run's own."""

    parts: Parts
    connection: AsyncConnection
    therapists: list[Actor]
    clients: list[Actor]

    def session(self) -> AsyncSession:
        over = async_sessionmaker(self.connection, expire_on_commit=False, join_transaction_mode="create_savepoint")
        return over()

    async def rows(self) -> dict[str, Seen]:
        clients = [by.client_id for by in self.clients]
        found = await self.connection.execute(text(ROWS), {"clients": clients})
        return {
            row[0]: Seen(
                id=row[0],
                status=row[1],
                client=ClientId(row[2]),
                therapist=TherapistId(row[3]),
                code=row[4],
                during=Interval(starts_at=row[5], ends_at=row[6]),
                given_for=row[7],
                seat=row[8] if row[1] in {"held", "confirmed"} else None,
            )
            for row in found
        }

    async def entries(self) -> dict[str, str]:
        clients = [by.client_id for by in self.clients]
        return {row[0]: row[1] for row in await self.connection.execute(text(ENTRIES), {"clients": clients})}

    async def age(self, hold_id: str, minutes: int) -> None:
        """Let a hold have been made so many minutes earlier."""
        await self.connection.execute(text(AGE), {"minutes": minutes, "id": UUID(hold_id)})

    async def uncleared(self) -> list[str]:
        """Give the holds that have run out and that nobody has cleared yet."""
        return list((await self.connection.execute(text(UNCLEARED))).scalars())

    async def offered(
        self, code: str | None, *, client: ClientId | None, window: Interval, now: datetime
    ) -> dict[TherapistId, list[tuple[datetime, str]]]:
        """Give what is offered, as the public list would."""
        async with self.session() as session:
            found = await offers_service.free(
                session,
                therapist_ids=[by.therapist_id for by in self.therapists],
                session_type=code,
                window=window,
                place="US-OH",
                client_id=client,
                now=now,
            )
        return {
            therapist: [(each.starts_at, each.session_type) for each in offers] for therapist, offers in found.items()
        }


async def open_service(parts: Parts, *, therapists: int, clients: int) -> Service:
    """Begin a transaction that no timeout ends, with people of its own in it."""
    connection = await parts.database.engine.connect()
    transaction = await connection.begin()
    assert transaction.is_active
    for statement in PATIENT:
        await connection.execute(text(statement))
    service = Service(parts=parts, connection=connection, therapists=[], clients=[])
    async with service.session() as session:
        ids = [await listed_therapist(session, schedule=DAYTIME) for _ in range(therapists)]
        service.therapists = [booking.acting_therapist(each) for each in ids]
        service.clients = [await booking.client(session) for _ in range(clients)]
        await session.commit()
    return service


async def close_service(service: Service) -> None:
    """Take everything back."""
    await service.connection.rollback()
    await service.connection.close()

"""Load the demo: the made-up therapists, listed the way real ones are, a client and an administrator. Once."""

from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from typing import Final

from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncSession

from domain.access.actor import Actor, Role
from domain.accounts import passwords_service
from domain.accounts import queries as account_queries
from domain.accounts import service as accounts
from domain.accounts.tables import Account
from domain.availability import service as availability
from domain.availability.schedule import Schedule, SessionFormat, SessionType, Weekday, WeeklyHours
from domain.clients import service as clients
from domain.clients.profile import Profile as ClientProfile
from domain.demo import people
from domain.demo.people import DemoTherapist
from domain.directory import service as directory
from domain.ids import AccountId, SessionId, uuid7
from domain.licensing import decision_service, submission_service
from domain.licensing.claims import Decision, LicenseClaim, Source
from domain.licensing.decisions import DecisionOutcome
from domain.money import Money
from domain.therapists import service as therapists
from domain.therapists.profile import Gender, Profile, concerns
from domain.therapists.session_access import SessionAccess
from domain.vault.cipher import Vault

DEMO_LOCK: Final = 0x6465_6D6F
WORKDAYS: Final = (Weekday.MONDAY, Weekday.TUESDAY, Weekday.WEDNESDAY, Weekday.THURSDAY, Weekday.FRIDAY)
HOURS: Final = ((time(9), time(12)), (time(13), time(17)))


@dataclass(frozen=True, slots=True, kw_only=True)
class Loaded:
    """What was loaded. admin_totp_secret: shown once, when the administrator was made."""

    therapists: int
    admin_totp_secret: str = field(repr=False)


async def load(session: AsyncSession, *, vault: Vault, now: datetime) -> Loaded | None:
    """Load everything in the caller's transaction, or nothing when it is there already (None)."""
    await session.execute(select(func.pg_advisory_xact_lock(DEMO_LOCK)))
    if await account_queries.by_email(session, email=people.CLIENT_EMAIL) is not None:
        return None
    admin = await accounts.create_admin(
        session, email=people.ADMIN_EMAIL, password=people.PASSWORD, vault=vault, now=now
    )
    deciding = _actor(admin.account_id, Role.ADMIN)
    password_hash = await passwords_service.hashed(people.PASSWORD)
    for demo in people.THERAPISTS:
        actor = await _account(
            session, email=demo.email, role=Role.THERAPIST, zone=demo.zone, password_hash=password_hash, now=now
        )
        await _therapist(session, demo=demo, actor=actor, deciding=deciding, vault=vault, now=now)
    client = await _account(
        session,
        email=people.CLIENT_EMAIL,
        role=Role.CLIENT,
        zone="America/New_York",
        password_hash=password_hash,
        now=now,
    )
    profile = ClientProfile(
        preferred_name="Sam",
        born_on=date(1991, 4, 3),
        jurisdiction="US-OH",
        zone="America/New_York",
        languages=("en",),
    )
    await clients.put_profile(session, profile=profile, vault=vault, by=client, now=now)
    return Loaded(therapists=len(people.THERAPISTS), admin_totp_secret=admin.totp_secret)


async def _therapist(
    session: AsyncSession, *, demo: DemoTherapist, actor: Actor, deciding: Actor, vault: Vault, now: datetime
) -> None:
    """List one therapist: profile, license, an administrator's decision, schedule."""
    await therapists.put_profile(session, profile=_profile(demo), by=actor, vault=vault, now=now)
    claim = LicenseClaim(
        license_type=demo.license_type,
        number=f"DEMO-{demo.handle.upper()}",
        jurisdiction=demo.jurisdiction,
        issued_on=now.date() - timedelta(days=5 * 365),
        expires_on=now.date() + timedelta(days=3 * 365),
    )
    submitted = await submission_service.submit(session, claim=claim, by=actor, vault=vault, now=now)
    decision = Decision(
        outcome=DecisionOutcome.VERIFIED,
        reason="A demo license of a made-up therapist.",
        source=Source(name="Demo", url="https://demo.attune.example/board", checked_on=now.date()),
        override_reason=None,
    )
    await decision_service.decide(
        session,
        license_id=submitted.row.id,
        decision=decision,
        must_answer=frozenset(),
        by=deciding,
        vault=vault,
        now=now,
    )
    await availability.put_schedule(session, schedule=_schedule(demo), by=actor, now=now)
    await directory.note_listing(session, therapist_id=actor.therapist_id, now=now)


def _profile(demo: DemoTherapist) -> Profile:
    return Profile(
        display_name=demo.display_name,
        legal_name=demo.legal_name,
        other_legal_names=(),
        born_on=None,
        npi=None,
        bio=demo.bio,
        gender=Gender(demo.gender),
        concerns=concerns(primary=demo.primary, secondary=demo.secondary),
        approaches=demo.approaches,
        populations=("adults",),
        languages=demo.languages,
        session_formats=demo.formats,
        insurers=(),
        accepting_clients=True,
        caseload_limit=30,
        visible=True,
        session_access=SessionAccess(
            video_url=f"https://video.attune.example/{demo.handle}",
            phone="+1 555 0100",
            address="1 Example Street",
            jurisdiction=demo.jurisdiction,
        ),
    )


def _schedule(demo: DemoTherapist) -> Schedule:
    individual = SessionType(
        code="individual_50",
        name="Individual session",
        minutes=50,
        buffer_before_minutes=0,
        buffer_after_minutes=10,
        fee=Money(amount=demo.fee_minor, currency="usd"),
        session_formats=tuple(SessionFormat(each) for each in demo.formats),
        capacity=1,
    )
    return Schedule(
        zone=demo.zone,
        weekly_hours=tuple(WeeklyHours(weekday=day, start=start, end=end) for day in WORKDAYS for start, end in HOURS),
        session_types=(individual,),
        slot_interval_minutes=30,
        minimum_notice_minutes=120,
        horizon_days=60,
        daily_limit=None,
    )


async def _account(
    session: AsyncSession, *, email: str, role: Role, zone: str, password_hash: str, now: datetime
) -> Actor:
    account_id = AccountId(uuid7())
    session.add(
        Account(id=account_id, email=email, password_hash=password_hash, role=role, time_zone=zone, created_at=now)
    )
    await session.flush()
    return _actor(account_id, role)


def _actor(account_id: AccountId, role: Role) -> Actor:
    """Act as a demo account while it is being made; it is not signed in."""
    return Actor(account_id=account_id, role=role, session_id=SessionId(uuid7()))

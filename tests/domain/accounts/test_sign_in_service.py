from dataclasses import dataclass
from datetime import datetime, timedelta

import pyotp
import pytest
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from api.parts import Parts
from domain.access.actor import Role
from domain.access.policy import Action
from domain.accounts import service, sign_in_service, tokens
from domain.accounts.service import NewAdmin
from domain.accounts.sign_in_service import Credentials, Grant, Keys, OtpRequired
from domain.accounts.tables import AccountSession, RefreshToken
from domain.accounts.tokens import NotAuthenticated
from domain.audit.tables import AuditEntry
from domain.database import Database
from domain.ids import SessionId, uuid7
from domain.throttle.service import RateLimited
from tests.build import accounts
from tests.build.accounts import PASSWORD

KEYS = Keys(signing=b"a signing key of thirty-two byte", digest=b"a digest key of thirty-two bytes")


@dataclass(frozen=True, slots=True, kw_only=True)
class Door:
    """The service's door over a test's connection."""

    database: Database
    parts: Parts
    now: datetime

    async def sign_in(
        self, email: str, *, password: str = PASSWORD, otp: str | None = None, rate_factor: float = 1000
    ) -> Grant:
        return await sign_in_service.sign_in(
            self.database,
            credentials=Credentials(email=email, password=password, otp=otp),
            network_address="192.0.2.1",
            rate_factor=rate_factor,
            keys=KEYS,
            vault=self.parts.vault,
            now=self.now,
            machine_now=self.now,
        )

    async def refresh(self, token: str, *, after: timedelta = timedelta(0)) -> Grant:
        return await sign_in_service.refresh(self.database, refresh_token=token, keys=KEYS, now=self.now + after)


@pytest.fixture
def door(test_database: Database, parts: Parts, now: datetime) -> Door:
    return Door(database=test_database, parts=parts, now=now)


@pytest.fixture
async def address(session: AsyncSession) -> str:
    """The address of a client whose password is PASSWORD."""
    email = f"{uuid7().hex}@example.org"
    await accounts.account(session, role=Role.CLIENT, email=email)
    await session.commit()
    return email


@pytest.fixture
async def admin(session: AsyncSession, parts: Parts, now: datetime) -> NewAdmin:
    made = await service.create_admin(
        session, email=f"{uuid7().hex}@example.org", password=PASSWORD, vault=parts.vault, now=now
    )
    await session.commit()
    return made


def session_of(grant: Grant, *, now: datetime) -> SessionId:
    return tokens.read(grant.access_token, signing_key=KEYS.signing, now=now).session_id


async def refusal(door: Door, email: str, *, password: str = PASSWORD, otp: str | None = None) -> str:
    with pytest.raises(NotAuthenticated) as refused:
        await door.sign_in(email, password=password, otp=otp)
    return refused.value.detail


async def test_the_right_password_opens_however_the_address_is_typed(
    door: Door, session: AsyncSession, address: str
) -> None:
    grant = await door.sign_in(f" {address.upper()} ")

    actor = await service.actor_of(session, access_token=grant.access_token, signing_key=KEYS.signing, now=door.now)
    assert actor.role is Role.CLIENT
    assert grant.expires_in_seconds == 600
    row = await session.get_one(AccountSession, actor.session_id)
    assert row.expires_at - row.created_at == timedelta(days=30)


async def test_wrong_password_and_unknown_address_are_refused_in_the_same_words(door: Door, address: str) -> None:
    wrong = await refusal(door, address, password="wrong horse battery staple")
    unknown = await refusal(door, "nobody@example.org")
    none_at_all = await refusal(door, "not an address\u0001")

    assert wrong == unknown == none_at_all


async def test_tokens_stand_nowhere_as_they_are(door: Door, session: AsyncSession, address: str) -> None:
    grant = await door.sign_in(address)

    digests = (await session.scalars(select(RefreshToken.digest))).all()
    assert tokens.digest(grant.refresh_token) in digests
    assert grant.refresh_token.encode() not in digests
    assert grant.refresh_token not in repr(grant)
    assert grant.access_token not in repr(grant)


async def test_that_a_code_is_needed_is_told_to_who_has_the_password(door: Door, admin: NewAdmin) -> None:
    with pytest.raises(OtpRequired):
        await door.sign_in(admin.email)

    await refusal(door, admin.email, password="wrong horse battery staple")


async def test_the_right_code_opens_once(door: Door, admin: NewAdmin) -> None:
    code = pyotp.TOTP(admin.totp_secret).at(door.now)

    await door.sign_in(admin.email, otp=code)

    await refusal(door, admin.email, otp=code)


async def test_a_code_of_the_step_before_one_used_opens_nothing(door: Door, admin: NewAdmin) -> None:
    codes = pyotp.TOTP(admin.totp_secret)
    await door.sign_in(admin.email, otp=codes.at(door.now))

    await refusal(door, admin.email, otp=codes.at(door.now - timedelta(seconds=30)))


async def test_a_wrong_code_is_refused(door: Door, admin: NewAdmin) -> None:
    right = pyotp.TOTP(admin.totp_secret)
    near = {right.at(door.now + timedelta(seconds=seconds)) for seconds in (-30, 0, 30)}
    wrong = next(code for code in ("000000", "111111", "222222", "333333") if code not in near)

    await refusal(door, admin.email, otp=wrong)


async def test_the_eleventh_wrong_password_in_a_quarter_hour_has_to_wait(door: Door, address: str) -> None:
    for _ in range(10):
        with pytest.raises(NotAuthenticated):
            await door.sign_in(address, password="wrong horse battery", rate_factor=1)

    with pytest.raises(RateLimited):
        await door.sign_in(address, rate_factor=1)


async def test_an_unknown_address_is_limited_like_a_known_one(door: Door) -> None:
    for _ in range(10):
        with pytest.raises(NotAuthenticated):
            await door.sign_in("unknown@example.org", rate_factor=1)

    with pytest.raises(RateLimited):
        await door.sign_in("unknown@example.org", rate_factor=1)


async def test_signing_in_forgets_the_attempts_before(door: Door, address: str) -> None:
    for _ in range(9):
        with pytest.raises(NotAuthenticated):
            await door.sign_in(address, password="wrong horse battery", rate_factor=1)
    await door.sign_in(address, rate_factor=1)

    for _ in range(10):
        await door.sign_in(address, rate_factor=1)


async def test_codes_are_limited_too(door: Door, admin: NewAdmin) -> None:
    for _ in range(10):
        with pytest.raises(NotAuthenticated):
            await door.sign_in(admin.email, otp="none", rate_factor=1)

    with pytest.raises(RateLimited):
        await door.sign_in(admin.email, otp=pyotp.TOTP(admin.totp_secret).at(door.now), rate_factor=1)


async def test_refreshing_goes_on_with_the_same_sign_in(door: Door, address: str) -> None:
    first = await door.sign_in(address)

    second = await door.refresh(first.refresh_token)
    third = await door.refresh(second.refresh_token)

    assert len({grant.refresh_token for grant in (first, second, third)}) == 3
    assert len({session_of(grant, now=door.now) for grant in (first, second, third)}) == 1


async def test_for_30_seconds_the_token_before_gives_the_same_successor(door: Door, address: str) -> None:
    first = await door.sign_in(address)

    answer = await door.refresh(first.refresh_token)
    repeated = await door.refresh(first.refresh_token, after=timedelta(seconds=30))

    assert repeated.refresh_token == answer.refresh_token
    assert (await door.refresh(answer.refresh_token)).refresh_token != answer.refresh_token


async def test_later_reuse_ends_the_whole_sign_in(door: Door, session: AsyncSession, address: str) -> None:
    first = await door.sign_in(address)
    second = await door.refresh(first.refresh_token)

    with pytest.raises(NotAuthenticated):
        await door.refresh(first.refresh_token, after=timedelta(seconds=31))

    with pytest.raises(NotAuthenticated):
        await door.refresh(second.refresh_token, after=timedelta(seconds=32))
    with pytest.raises(NotAuthenticated):
        await service.actor_of(session, access_token=second.access_token, signing_key=KEYS.signing, now=door.now)
    revoked = await session.scalars(
        select(AuditEntry.subject_id).where(AuditEntry.action == Action.SESSION_FAMILY_REVOKE)
    )
    assert session_of(second, now=door.now) in revoked.all()


async def test_an_ended_sign_in_is_not_refreshed(door: Door, session: AsyncSession, address: str) -> None:
    grant = await door.sign_in(address)
    actor = await service.actor_of(session, access_token=grant.access_token, signing_key=KEYS.signing, now=door.now)
    await service.end_session(session, by=actor, now=door.now)
    await session.commit()

    with pytest.raises(NotAuthenticated):
        await door.refresh(grant.refresh_token)


async def test_refreshing_does_not_outlive_thirty_days(door: Door, address: str) -> None:
    grant = await door.sign_in(address)

    await door.refresh(grant.refresh_token, after=timedelta(days=30) - timedelta(seconds=1))

    with pytest.raises(NotAuthenticated):
        await door.refresh(grant.refresh_token, after=timedelta(days=30))


async def test_an_invented_refresh_token_is_refused(door: Door) -> None:
    with pytest.raises(NotAuthenticated):
        await door.refresh(tokens.opaque())


def test_credentials_show_in_no_log_who_signs_in() -> None:
    shown = repr(Credentials(email="ada@example.org", password=PASSWORD, otp="123456"))

    assert shown == "Credentials()"

"""Accounts and sign-ins.

Registering, signing in and refreshing open their own short transactions: attempts stay counted and a stolen sign-in
stays ended although the request is refused, and no connection waits while a password is hashed.
"""

from fastapi import APIRouter, Response

from api.dependencies import ProcessParts, PublicWriting, Reading, Writing
from api.network_address import NetworkAddress
from api.parts import Parts
from api.strict_json import StrictRoute
from api.v1.accounts.schemas import (
    AccountView,
    CreateAccount,
    CreateSession,
    RefreshSession,
    RegistrationTaken,
    SessionView,
    VerifiedAccountView,
    VerifyAccount,
    account_view,
    session_view,
    verified_account_view,
)
from domain.accounts import registration_service, service, sign_in_service
from domain.accounts.sign_in_service import Keys
from domain.clock import Clock

router = APIRouter(tags=["accounts"], route_class=StrictRoute)


@router.post("/accounts", status_code=202)
async def register_account(body: CreateAccount, process: ProcessParts, caller: NetworkAddress) -> RegistrationTaken:
    """Ask for an account; a mail with a token goes out. The answer is the same whether or not the address is known."""
    await registration_service.register(
        process.database,
        wanted=body.wanted(),
        network_address=caller,
        rate_factor=process.settings.rate_limit_factor,
        vault=process.vault,
        now=process.clock.now(),
    )
    return RegistrationTaken()


@router.post("/accounts/verification")
async def verify_account(body: VerifyAccount, call: PublicWriting) -> VerifiedAccountView:
    """Answer the mail: the account is there from now on. The same token again gives the same account."""
    account = await registration_service.verify(call.session, token=body.token.get_secret_value(), now=call.now)
    return verified_account_view(account)


@router.get("/accounts/me")
async def read_own_account(call: Reading) -> AccountView:
    """See one's own account."""
    return account_view(await service.own(call.session, by=call.actor))


@router.post("/sessions", status_code=201)
async def sign_in(body: CreateSession, process: ProcessParts, caller: NetworkAddress) -> SessionView:
    """Sign in, for 30 days at most. Administrators send the current one-time code too."""
    grant = await sign_in_service.sign_in(
        process.database,
        credentials=body.credentials(),
        network_address=caller,
        rate_factor=process.settings.rate_limit_factor,
        keys=_keys(process),
        vault=process.vault,
        now=process.clock.now(),
        machine_now=Clock().now(),  # one-time codes go by the authenticator's clock, which no offset shifts
    )
    return session_view(grant)


@router.post("/sessions/refresh")
async def refresh_session(body: RefreshSession, process: ProcessParts) -> SessionView:
    """Get fresh tokens. A refresh token works once; for 30 seconds it gives the same successor again."""
    grant = await sign_in_service.refresh(
        process.database,
        refresh_token=body.refresh_token.get_secret_value(),
        keys=_keys(process),
        now=process.clock.now(),
    )
    return session_view(grant)


@router.delete("/sessions/current", status_code=204)
async def end_session(call: Writing) -> Response:
    """Sign out here; the access token works no more."""
    await service.end_session(call.session, by=call.actor, now=call.now)
    return Response(status_code=204)


@router.delete("/sessions", status_code=204)
async def end_all_sessions(call: Writing) -> Response:
    """Sign out everywhere."""
    await service.end_all_sessions(call.session, by=call.actor, now=call.now)
    return Response(status_code=204)


def _keys(process: Parts) -> Keys:
    return Keys(signing=process.signing_key, digest=process.digest_key)

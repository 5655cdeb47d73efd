"""What proves who calls: access tokens that are signed, and opaque tokens that are looked up.

An access token is a JWT of ten minutes, signed with Ed25519 (RFC 8037; the algorithm's name is that of RFC 9864). Its
header holds exactly the algorithm and the type, and nothing in it chooses a key. It says which sign-in it belongs to;
whether that lives is looked up on every request, and so is the role, so a token never outlives its sign-in.
An opaque token (refresh, verification) has 256 random bits and is stored as its SHA-256 digest only. The successor of
a refresh token is derived from it with a key of ours, so that a repeated request gets the same one again.
Source: RFC 9068 for the claims and the type.
"""

import base64
import hashlib
import hmac
import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import lru_cache
from typing import ClassVar, Final
from uuid import UUID

from joserfc import jwt
from joserfc.errors import JoseError
from joserfc.jwk import OKPKey
from joserfc.jwt import JWTClaimsRegistry

from domain.access.actor import Role
from domain.errors import DomainError
from domain.ids import AccountId, SessionId

ACCESS_LIFETIME: Final = timedelta(minutes=10)
LEEWAY_SECONDS: Final = 30
ISSUER: Final = "attune"
AUDIENCE: Final = "attune-api"
ALGORITHM: Final = "Ed25519"
HEADER: Final = {"alg": ALGORITHM, "typ": "at+jwt"}
OPAQUE_BYTES: Final = 32
OPAQUE_LENGTH_MAX: Final = 200
ACCESS_LENGTH_MAX: Final = 2000
# An Ed25519 seed becomes a PKCS #8 document by these bytes in front. Source: RFC 8410 section 10.3.
_PKCS8_PREFIX: Final = bytes.fromhex("302e020100300506032b657004220420")


class NotAuthenticated(DomainError):
    """Nobody is known by what was sent: no token, one that is none, or one whose sign-in has ended."""

    slug: ClassVar[str] = "not-authenticated"


@dataclass(frozen=True, slots=True, kw_only=True)
class Claims:
    """What a genuine access token says."""

    account_id: AccountId
    session_id: SessionId


def issue(*, account_id: AccountId, session_id: SessionId, role: Role, signing_key: bytes, now: datetime) -> str:
    """Sign an access token of ten minutes. signing_key: the 32 bytes of an Ed25519 seed."""
    issued_at = int(now.timestamp())
    claims = {
        "iss": ISSUER,
        "aud": AUDIENCE,
        "sub": str(account_id),
        "sid": str(session_id),
        "role": role.value,
        "iat": issued_at,
        "nbf": issued_at,
        "exp": issued_at + int(ACCESS_LIFETIME.total_seconds()),
        "jti": secrets.token_urlsafe(12),
    }
    return jwt.encode(dict(HEADER), claims, _private_key(signing_key), algorithms=[ALGORITHM])


def read(token: str | None, *, signing_key: bytes, now: datetime) -> Claims:
    """Check an access token's signature, type and claims. Raises NotAuthenticated, the same for every fault."""
    if token is None or len(token) > ACCESS_LENGTH_MAX:
        raise NotAuthenticated("A valid access token is needed.")
    registry = JWTClaimsRegistry(
        now=int(now.timestamp()),
        leeway=LEEWAY_SECONDS,
        iss={"essential": True, "value": ISSUER},
        aud={"essential": True, "value": AUDIENCE},
        sub={"essential": True},
        sid={"essential": True},
        iat={"essential": True},
        nbf={"essential": True},
        exp={"essential": True},
    )
    try:
        decoded = jwt.decode(token, _public_key(signing_key), algorithms=[ALGORITHM])
        registry.validate(decoded.claims)
        account_id, session_id = UUID(decoded.claims["sub"]), UUID(decoded.claims["sid"])
    except (JoseError, ValueError, TypeError, AttributeError) as error:
        raise NotAuthenticated("A valid access token is needed.") from error
    if decoded.header != HEADER:
        raise NotAuthenticated("A valid access token is needed.")
    return Claims(account_id=AccountId(account_id), session_id=SessionId(session_id))


def opaque() -> str:
    """Draw a token of 256 random bits, base64url."""
    return secrets.token_urlsafe(OPAQUE_BYTES)


def digest(token: str) -> bytes:
    """Give what stands for an opaque token in the database: its SHA-256."""
    return hashlib.sha256(token.encode()).digest()


def successor(refresh_token: str, *, digest_key: bytes) -> str:
    """Derive the refresh token that follows: always the same one, which nobody without the key can tell."""
    derived = hmac.digest(digest_key, b"refresh\x00" + refresh_token.encode(), "sha256")
    return base64.urlsafe_b64encode(derived).rstrip(b"=").decode()


@lru_cache(maxsize=4)
def _private_key(seed: bytes) -> OKPKey:
    return OKPKey.import_key(_PKCS8_PREFIX + seed)


@lru_cache(maxsize=4)
def _public_key(seed: bytes) -> OKPKey:
    return OKPKey.import_key(_private_key(seed).public_key)

import base64
import hashlib
import hmac
import json
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from typing import Final

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from hypothesis import given
from hypothesis import strategies as st

from domain.access.actor import Role
from domain.accounts import tokens
from domain.accounts.tokens import NotAuthenticated
from domain.ids import AccountId, SessionId, uuid7

SEED: Final = b"a signing key of thirty-two byte"
NOW: Final = datetime(2027, 3, 1, 12, tzinfo=UTC)
ACCOUNT: Final = AccountId(uuid7())
SESSION: Final = SessionId(uuid7())
HEADER: Final[dict[str, object]] = {"alg": "Ed25519", "typ": "at+jwt"}
CLAIMS: Final[dict[str, object]] = {
    "iss": "attune",
    "aud": "attune-api",
    "sub": str(ACCOUNT),
    "sid": str(SESSION),
    "role": "client",
    "iat": int(NOW.timestamp()),
    "nbf": int(NOW.timestamp()),
    "exp": int(NOW.timestamp()) + 600,
}


def encoded(value: object) -> bytes:
    return base64.urlsafe_b64encode(json.dumps(value).encode()).rstrip(b"=")


def signed(header: object, claims: object, *, seed: bytes = SEED) -> str:
    """Sign anything, by other means than the product's."""
    body = encoded(header) + b"." + encoded(claims)
    signature = Ed25519PrivateKey.from_private_bytes(seed).sign(body)
    return (body + b"." + base64.urlsafe_b64encode(signature).rstrip(b"=")).decode()


def with_hmac(header: object, claims: object, *, key: bytes) -> str:
    body = encoded(header) + b"." + encoded(claims)
    signature = hmac.digest(key, body, hashlib.sha256)
    return (body + b"." + base64.urlsafe_b64encode(signature).rstrip(b"=")).decode()


def refused(token: str | None, *, now: datetime = NOW) -> bool:
    try:
        tokens.read(token, signing_key=SEED, now=now)
    except NotAuthenticated:
        return True
    return False


def public_key(encoding: Encoding, form: PublicFormat) -> bytes:
    return Ed25519PrivateKey.from_private_bytes(SEED).public_key().public_bytes(encoding, form)


def test_what_is_issued_reads_back() -> None:
    token = tokens.issue(account_id=ACCOUNT, session_id=SESSION, role=Role.CLIENT, signing_key=SEED, now=NOW)

    claims = tokens.read(token, signing_key=SEED, now=NOW + timedelta(minutes=9))

    assert (claims.account_id, claims.session_id) == (ACCOUNT, SESSION)


def test_a_genuine_token_made_by_other_means_is_read() -> None:
    assert not refused(signed(HEADER, CLAIMS))


def test_the_role_in_a_token_decides_nothing() -> None:
    assert not hasattr(tokens.read(signed(HEADER, CLAIMS), signing_key=SEED, now=NOW), "role")


@pytest.mark.parametrize("algorithm", ["none", "None", "NONE", ""])
def test_an_unsigned_token_is_refused(algorithm: str) -> None:
    body = (encoded({**HEADER, "alg": algorithm}) + b"." + encoded(CLAIMS)).decode()

    assert refused(f"{body}.")
    assert refused(body)


@pytest.mark.parametrize(
    "key",
    [
        public_key(Encoding.Raw, PublicFormat.Raw),
        public_key(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo),
        public_key(Encoding.DER, PublicFormat.SubjectPublicKeyInfo),
        b"",
    ],
    ids=["raw", "pem", "der", "empty"],
)
def test_the_public_key_is_no_shared_secret(key: bytes) -> None:
    assert refused(with_hmac({**HEADER, "alg": "HS256"}, CLAIMS, key=key))
    assert refused(with_hmac(HEADER, CLAIMS, key=key))


@pytest.mark.parametrize("algorithm", ["EdDSA", "HS256", "RS256", "ES256", "ed25519", 7, None])
def test_one_algorithm_is_taken_and_no_other_name(algorithm: object) -> None:
    assert refused(signed({**HEADER, "alg": algorithm}, CLAIMS))


STRANGER: Final = b"another key of thirty-two bytes."
STRANGER_JWK: Final = {
    "kty": "OKP",
    "crv": "Ed25519",
    "x": base64.urlsafe_b64encode(
        Ed25519PrivateKey.from_private_bytes(STRANGER).public_key().public_bytes(Encoding.Raw, PublicFormat.Raw)
    )
    .rstrip(b"=")
    .decode(),
}


@pytest.mark.parametrize(
    "extra",
    [
        {"jwk": STRANGER_JWK},
        {"jku": "http://127.0.0.1:9/keys"},
        {"kid": "../../../../dev/null"},
        {"x5u": "http://127.0.0.1:9/keys"},
        {"crit": ["exp"]},
        {"crit": ["b64"], "b64": False},
        {"crit": ["unheard-of"], "unheard-of": 1},
        {"unheard-of": 1},
    ],
)
def test_nothing_in_a_header_chooses_a_key_or_a_rule(extra: Mapping[str, object]) -> None:
    assert refused(signed({**HEADER, **extra}, CLAIMS))
    assert refused(signed({**HEADER, **extra}, CLAIMS, seed=STRANGER))


@pytest.mark.parametrize("kind", ["JWT", "at+JWT ", "application/at+jwt", "refresh", None, 1])
def test_another_type_is_refused(kind: object) -> None:
    assert refused(signed({**HEADER, "typ": kind}, CLAIMS))


def test_a_token_without_a_type_is_refused() -> None:
    assert refused(signed({"alg": "Ed25519"}, CLAIMS))


@pytest.mark.parametrize("claim", ["iss", "aud", "sub", "sid", "iat", "nbf", "exp"])
def test_every_claim_is_needed(claim: str) -> None:
    assert refused(signed(HEADER, {name: value for name, value in CLAIMS.items() if name != claim}))


@pytest.mark.parametrize(
    ("claim", "value"),
    [
        ("iss", "another"),
        ("iss", ["attune"]),
        ("aud", "another-api"),
        ("aud", []),
        ("aud", {"attune-api": 1}),
        ("sub", "nobody"),
        ("sub", 7),
        ("sid", None),
        ("sid", [str(SESSION)]),
        ("sid", 7),
        ("exp", "2030-01-01"),
        ("exp", None),
        ("exp", True),
        ("nbf", "now"),
    ],
)
def test_a_wrong_claim_is_refused(claim: str, value: object) -> None:
    assert refused(signed(HEADER, {**CLAIMS, claim: value}))


@pytest.mark.parametrize("claims", [[], "text", 7, None, [CLAIMS]])
def test_claims_are_an_object(claims: object) -> None:
    assert refused(signed(HEADER, claims))


def test_a_token_ends_after_ten_minutes_and_at_most_a_minute_of_leeway() -> None:
    token = signed(HEADER, CLAIMS)

    assert not refused(token, now=NOW + timedelta(minutes=10) - timedelta(seconds=1))
    assert refused(token, now=NOW + timedelta(minutes=11))


def test_a_token_of_the_future_is_refused() -> None:
    later = int((NOW + timedelta(minutes=5)).timestamp())

    assert refused(signed(HEADER, {**CLAIMS, "nbf": later}))
    assert refused(signed(HEADER, {**CLAIMS, "iat": later}))


def test_another_key_signs_nothing() -> None:
    assert refused(signed(HEADER, CLAIMS, seed=STRANGER))


def test_a_changed_payload_is_refused() -> None:
    head, _, signature = signed(HEADER, CLAIMS).split(".")

    assert refused(f"{head}.{encoded({**CLAIMS, 'sub': str(uuid7())}).decode()}.{signature}")


def test_no_token_is_refused() -> None:
    assert refused(None)


@given(st.text(max_size=3000) | st.from_regex(r"[\w-]{0,60}\.[\w-]{0,60}\.[\w-]{0,60}", fullmatch=True))
def test_whatever_else_is_sent_is_refused_and_breaks_nothing(token: str) -> None:
    assert refused(token)


def test_a_refresh_token_has_one_successor_that_its_bearer_cannot_tell() -> None:
    token = tokens.opaque()

    assert tokens.successor(token, digest_key=SEED) == tokens.successor(token, digest_key=SEED)
    assert tokens.successor(token, digest_key=SEED) != tokens.successor(token, digest_key=STRANGER)
    assert len(base64.urlsafe_b64decode(tokens.successor(token, digest_key=SEED) + "=")) == 32

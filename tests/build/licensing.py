"""Therapists who apply, what they and admins state, and register files, as tests need them. Everybody is made up."""

import json
from collections.abc import Mapping
from datetime import UTC, date, datetime

from sqlalchemy.ext.asyncio import AsyncSession

from domain.access.actor import Actor, Role
from domain.ids import AccountId, LicenseId
from domain.licensing import decision_service, exclusion_list, import_service
from domain.licensing.checks import CheckName
from domain.licensing.claims import Decision, LicenseClaim, Source
from domain.licensing.decisions import DecisionOutcome
from domain.licensing.file_queries import CheckedLicense
from domain.settings import Settings
from domain.therapists import service as therapists
from domain.therapists.profile import ConcernFocus, Focus, Gender, Profile
from domain.vault.cipher import Vault, vault_of
from tests.build import accounts

LEGAL_NAME = "Ann Beth Sample"
NPI = "1234567893"
BORN = date(1984, 2, 29)
SOURCE = {"name": "Made-up board", "url": "https://board.example.org/lookup"}


def profile(
    *, legal_name: str = LEGAL_NAME, npi: str | None = NPI, born_on: date | None = BORN, display_name: str = "Ann S."
) -> Profile:
    return Profile(
        display_name=display_name,
        legal_name=legal_name,
        other_legal_names=(),
        born_on=born_on,
        npi=npi,
        bio="Made up for tests.",
        gender=Gender.FEMALE,
        concerns=(ConcernFocus(concept_id="trauma.cptsd", focus=Focus.PRIMARY),),
        approaches=(),
        populations=(),
        languages=("en",),
        session_formats=("video",),
        insurers=(),
        accepting_clients=True,
        caseload_limit=20,
        visible=True,
        session_access=None,
    )


async def applicant(
    session: AsyncSession, *, vault: Vault, told: Profile | None = None, of: AccountId | None = None
) -> Actor:
    """Store a therapist who is signed in and has written a profile, sealed as it is by the product."""
    by = await accounts.actor(session, role=Role.THERAPIST, of=of)
    await therapists.put_profile(session, profile=told or profile(), by=by, vault=vault, now=datetime.now(UTC))
    return by


def claim(
    *,
    license_type: str = "LPCC",
    number: str = "E.0012345",
    jurisdiction: str = "US-OH",
    issued_on: date = date(2019, 3, 1),
    expires_on: date = date(2031, 2, 28),
) -> LicenseClaim:
    return LicenseClaim(
        license_type=license_type,
        number=number,
        jurisdiction=jurisdiction,
        issued_on=issued_on,
        expires_on=expires_on,
    )


def decision(
    outcome: DecisionOutcome = DecisionOutcome.VERIFIED,
    *,
    checked_on: date | None = None,
    override_reason: str | None = None,
) -> Decision:
    return Decision(
        outcome=outcome,
        reason="The board's register agrees.",
        source=Source(name=SOURCE["name"], url=SOURCE["url"], checked_on=checked_on or datetime.now(UTC).date()),
        override_reason=override_reason,
    )


async def decide(
    session: AsyncSession,
    *,
    license_id: LicenseId,
    decision: Decision,
    by: Actor,
    now: datetime,
    must_answer: frozenset[CheckName] = frozenset(),
) -> CheckedLicense:
    """Decide a license whose checks are new, so that no sealed field is opened."""
    vault = vault_of(Settings.model_fields["vault_key"].default.get_secret_value())
    return await decision_service.decide(
        session, license_id=license_id, decision=decision, must_answer=must_answer, by=by, vault=vault, now=now
    )


def exclusion_file(*rows: Mapping[str, str]) -> bytes:
    """Write a file of the list; what a row leaves out is as the list writes it."""
    usual = {
        "LASTNAME": "SAMPLE",
        "FIRSTNAME": "ANN",
        "MIDNAME": " ",
        "GENERAL": "IND- LIC HC SERV PRO",
        "SPECIALTY": "COUNSELOR",
        "NPI": "0000000000",
        "ADDRESS": "1 MADE UP STREET",
        "CITY": "TESTVILLE",
        "STATE": "OH",
        "ZIP": "00000",
        "EXCLTYPE": "1128b4   ",
        "EXCLDATE": "20160218",
        "REINDATE": "00000000",
        "WAIVERDATE": "00000000",
    }
    lines = [
        exclusion_list.COLUMNS,
        *([{**usual, **row}.get(each, "") for each in exclusion_list.COLUMNS] for row in rows),
    ]
    return "".join(",".join(f'"{field}"' for field in line) + "\r\n" for line in lines).encode("latin-1")


def provider_entry(
    *,
    npi: str = NPI,
    first: str = "ANN",
    last: str = "SAMPLE",
    status: str = "A",
    last_updated: str | None = "2020-01-01",
) -> dict[str, object]:
    return {
        "npi": int(npi),
        "enumeration_type": "Individual",
        "basic": [{"first_name": first, "last_name": last, "status": status, "last_updated": last_updated}],
        "taxonomies": [{"code": "101YP2500X", "state": "OH", "license": "E.0012345", "primary": True}],
    }


def provider_file(*entries: Mapping[str, object]) -> bytes:
    return json.dumps(entries).encode()


async def exclusions(session: AsyncSession, *rows: Mapping[str, str]) -> None:
    """Bring these rows of the exclusion list in."""
    await import_service.import_leie(
        session, content=exclusion_file(*rows), file_name="made-up.csv", now=datetime.now(UTC)
    )


async def providers(session: AsyncSession, *entries: Mapping[str, object]) -> None:
    """Bring these entries of the provider register in."""
    await import_service.import_nppes(
        session, content=provider_file(*entries), file_name="made-up.json", now=datetime.now(UTC)
    )

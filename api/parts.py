"""The parts of one process, made once from the settings and passed in from here."""

from dataclasses import dataclass

from domain.clock import Clock
from domain.database import Database, address_of, connect
from domain.settings import Settings
from domain.vault.cipher import Vault, decode_key, vault_of


@dataclass(frozen=True, slots=True, kw_only=True)
class Parts:
    """What requests work with."""

    settings: Settings
    database: Database
    vault: Vault
    clock: Clock
    signing_key: bytes
    digest_key: bytes


def parts_of(settings: Settings) -> Parts:
    """Make the parts; nothing connects yet. Raises ValueError for keys that are none, or without a database URL."""
    if settings.database_url is None:
        raise ValueError("no database URL: the program that starts the embedded server sets it")
    return Parts(
        settings=settings,
        database=connect(
            address_of(settings.database_url.get_secret_value()),
            role=settings.database_role,
            pool_size=settings.database_pool_size,
            clock_offset_seconds=settings.clock_offset_seconds,
        ),
        vault=vault_of(settings.vault_key.get_secret_value()),
        clock=Clock(offset_seconds=settings.clock_offset_seconds),
        signing_key=decode_key(settings.signing_key.get_secret_value()),
        digest_key=decode_key(settings.digest_key.get_secret_value()),
    )

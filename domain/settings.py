"""Settings, from the environment and `.env`; read by the composition roots only and passed in from there.

Production refuses what is only fit for a developer's machine: the embedded database, file mail, the keys below and a
shifted clock.
"""

from enum import StrEnum
from pathlib import Path
from typing import Final, Self

from pydantic import Field, SecretStr, model_validator
from pydantic_settings import BaseSettings, SettingsConfigDict

# Known to everyone who reads this file: they keep nothing secret, and production refuses them.
DEVELOPMENT_SIGNING_KEY: Final = "QXR0dW5lLWRldmVsb3BtZW50LXNpZ25pbmcta2V5ITE"
DEVELOPMENT_VAULT_KEY: Final = "dev:QXR0dW5lLWRldmVsb3BtZW50LXZhdWx0LWtleSEhISE"
DEVELOPMENT_DIGEST_KEY: Final = "QXR0dW5lLWRldmVsb3BtZW50LWRpZ2VzdC1rZXkhISE"
WELL_KNOWN: Final = (DEVELOPMENT_SIGNING_KEY, DEVELOPMENT_VAULT_KEY.partition(":")[2], DEVELOPMENT_DIGEST_KEY)


class Mode(StrEnum):
    """Where the program runs."""

    DEVELOPMENT = "development"
    PRODUCTION = "production"


class Settings(BaseSettings):
    """Everything an operator can set. Each field is `ATTUNE_` and its name in capitals."""

    model_config = SettingsConfigDict(
        env_prefix="ATTUNE_", env_file=".env", extra="ignore", frozen=True, hide_input_in_errors=True
    )

    mode: Mode = Mode.DEVELOPMENT
    data_dir: Path = Path(".attune")
    database_url: SecretStr | None = Field(default=None, description="postgresql://…; embedded when absent")
    migration_database_url: SecretStr | None = Field(default=None, description="the owner's; else database_url")
    database_role: str = Field(default="attune_service", pattern=r"^[a-z_][a-z0-9_]{0,62}$")
    database_pool_size: int = Field(default=10, ge=1, le=200)
    mail_url: SecretStr | None = Field(default=None, description="file:<folder> or smtp[s]://user:password@host:port")
    mail_sender: str = "Attune <care@attune.example>"
    signing_key: SecretStr = Field(
        default=SecretStr(DEVELOPMENT_SIGNING_KEY), description="32 bytes, base64url: signs access tokens (Ed25519)"
    )
    vault_key: SecretStr = Field(
        default=SecretStr(DEVELOPMENT_VAULT_KEY), description="<key id>:<32 bytes, base64url>: seals fields"
    )
    digest_key: SecretStr = Field(
        default=SecretStr(DEVELOPMENT_DIGEST_KEY), description="32 bytes, base64url: derives one secret from another"
    )
    rate_limit_factor: float = Field(default=1.0, gt=0, le=1_000_000)
    clock_offset_seconds: float = Field(default=0.0, ge=-10 * 365 * 86400, le=10 * 365 * 86400)
    work_in_serve: bool = Field(default=True, description="false where `attune work` runs apart")
    trust_forwarded_for: bool = Field(default=False, description="true only behind a proxy of one's own")

    @model_validator(mode="after")
    def _refuse_development_parts(self) -> Self:
        if self.mode is not Mode.PRODUCTION:
            return self
        flaws = [
            reason
            for refused, reason in (
                (self.database_url is None, "ATTUNE_DATABASE_URL is not set: the embedded database is for development"),
                (not self.mail_leaves, "ATTUNE_MAIL_URL must be smtp:// or smtps://"),
                (_is_well_known(self.signing_key), "ATTUNE_SIGNING_KEY is the default"),
                (_is_well_known(self.vault_key), "ATTUNE_VAULT_KEY is the default"),
                (_is_well_known(self.digest_key), "ATTUNE_DIGEST_KEY is the default"),
                (self.clock_offset_seconds != 0, "ATTUNE_CLOCK_OFFSET_SECONDS shifts the clock"),
            )
            if refused
        ]
        if flaws:
            raise ValueError("production refuses to start: " + "; ".join(flaws))
        return self

    @property
    def mail_leaves(self) -> bool:
        """Say whether mail leaves the machine, rather than being written to a folder."""
        url = self.mail_url.get_secret_value().lower() if self.mail_url is not None else ""
        return url.startswith(("smtp://", "smtps://"))

    @property
    def is_production(self) -> bool:
        """Say whether this is the real thing."""
        return self.mode is Mode.PRODUCTION


def _is_well_known(key: SecretStr) -> bool:
    """Say whether a key stands in this file, whatever its id, and whichever setting it was meant for."""
    return any(known in key.get_secret_value() for known in WELL_KNOWN)

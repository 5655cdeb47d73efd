"""Bring the schema up to date, and tell whether it is: as the owner, never as the service."""

from pathlib import Path
from typing import Final

from alembic import command
from alembic.config import Config
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncSession

import migrations
from domain.database import SCHEMA_REVISION

FOLDER: Final = Path(next(iter(migrations.__path__)))

# As PostgreSQL words them: autogenerate is blind to exclusion constraints, so they are asserted by their definition.
EXCLUSIONS: Final = {
    "booking_therapist_time_excl": (
        "EXCLUDE USING gist (therapist_id WITH =, occupied WITH &&) WHERE (((status = ANY (ARRAY['held'::text, "
        "'confirmed'::text])) AND (kind = ANY (ARRAY['individual'::text, 'group'::text]))))"
    ),
    "booking_client_time_excl": (
        "EXCLUDE USING gist (client_id WITH =, during WITH &&) WHERE (((kind = ANY (ARRAY['individual'::text, "
        "'seat'::text])) AND ((status = 'confirmed'::text) OR ((status = 'held'::text) AND "
        "(origin = 'client'::text)))))"
    ),
}


class SchemaNotReady(Exception):
    """The schema is not the one this program needs; `attune migrate` brings it up to date."""


def configuration(*, database_url: str) -> Config:
    """Give Alembic's configuration. database_url: the owner's."""
    config = Config()
    config.set_main_option("script_location", str(FOLDER))
    config.attributes["database_url"] = database_url
    return config


def upgrade(*, database_url: str) -> None:
    """Run every migration that is missing."""
    command.upgrade(configuration(database_url=database_url), "head")


async def check(session: AsyncSession | AsyncConnection) -> None:
    """Assert the revision and the constraints that must never be missing. Raises SchemaNotReady."""
    exists = await session.scalar(text("SELECT to_regclass('alembic_version') IS NOT NULL"))
    revision = await session.scalar(text("SELECT max(version_num) FROM alembic_version")) if exists else None
    if revision != SCHEMA_REVISION:
        raise SchemaNotReady(f"the schema is at {revision or 'nothing'}, this program needs {SCHEMA_REVISION}")
    rows = await session.execute(
        text("SELECT conname, pg_get_constraintdef(oid) FROM pg_constraint WHERE contype = 'x' AND convalidated")
    )
    found = {name: definition for name, definition in rows}  # noqa: C416 - rows are not pairs to the checker
    for name, definition in EXCLUSIONS.items():
        if found.get(name) != definition:
            raise SchemaNotReady(f"the exclusion constraint {name} is missing or was changed")

"""What Alembic compares: our tables and no others, types by what PostgreSQL keeps."""

from alembic.runtime.migration import MigrationContext
from sqlalchemy import Column, Enum, Text
from sqlalchemy.types import TypeEngine


def include_name(name: str | None, kind: str, _parents: object) -> bool:
    """Leave the queue's own tables to the queue."""
    return not (kind == "table" and (name or "").startswith("pgqueuer"))


def types_differ(
    _context: MigrationContext,
    _inspected: Column[object],
    _declared: Column[object],
    inspected_type: TypeEngine[object],
    declared_type: TypeEngine[object],
) -> bool | None:
    """Take an enum that is stored by value for the text it is; None leaves every other pair to Alembic."""
    if isinstance(declared_type, Enum) and not declared_type.native_enum:
        return not isinstance(inspected_type, Text)
    return None

"""Therapists. What only registers need to know of a person is sealed."""

from datetime import datetime

from sqlalchemy.orm import Mapped, mapped_column

from domain.database import Base, stored_enum
from domain.ids import TherapistId
from domain.therapists.profile import Gender


class Therapist(Base):
    """A therapist's profile. first_listed_at: set once, when clients could first find them."""

    __tablename__ = "therapist"

    id: Mapped[TherapistId] = mapped_column(primary_key=True)
    display_name: Mapped[str]
    legal_name_sealed: Mapped[bytes]
    other_legal_names_sealed: Mapped[bytes | None]
    birth_date_sealed: Mapped[bytes | None]
    npi: Mapped[str | None]
    bio: Mapped[str]
    gender: Mapped[Gender] = mapped_column(stored_enum(Gender))
    primary_concerns: Mapped[list[str]]
    secondary_concerns: Mapped[list[str]]
    approaches: Mapped[list[str]]
    populations: Mapped[list[str]]
    languages: Mapped[list[str]]
    session_formats: Mapped[list[str]]
    insurers: Mapped[list[str]]
    accepting_clients: Mapped[bool]
    caseload_limit: Mapped[int]
    visible: Mapped[bool]
    session_access_sealed: Mapped[bytes | None]
    in_person_jurisdiction: Mapped[str | None]
    first_listed_at: Mapped[datetime | None]
    version: Mapped[int]
    created_at: Mapped[datetime]
    updated_at: Mapped[datetime]

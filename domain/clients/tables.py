"""Clients: what they tell about themselves. A client's id is their account's."""

from datetime import datetime

from sqlalchemy import ForeignKey
from sqlalchemy.orm import Mapped, mapped_column

from domain.database import Base
from domain.ids import ClientId


class Client(Base):
    """A client's profile. jurisdiction: where they will be during sessions (ISO 3166-2); time_zone: an IANA key."""

    __tablename__ = "client"

    id: Mapped[ClientId] = mapped_column(ForeignKey("account.id", ondelete="RESTRICT"), primary_key=True)
    preferred_name_sealed: Mapped[bytes]
    birth_date_sealed: Mapped[bytes]
    jurisdiction: Mapped[str]
    time_zone: Mapped[str]
    languages: Mapped[list[str]]
    version: Mapped[int]
    created_at: Mapped[datetime]
    updated_at: Mapped[datetime]

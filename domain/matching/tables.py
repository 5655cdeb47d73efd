"""Matches: what was asked and what was answered, both sealed."""

from datetime import datetime

from sqlalchemy.orm import Mapped, mapped_column

from domain.database import Base
from domain.ids import ClientId, MatchId


class MatchRow(Base):
    """One match of a client; it never changes."""

    __tablename__ = "match"

    id: Mapped[MatchId] = mapped_column(primary_key=True)
    client_id: Mapped[ClientId]
    scoring_version: Mapped[str]
    request_sealed: Mapped[bytes]
    result_sealed: Mapped[bytes]
    created_at: Mapped[datetime]

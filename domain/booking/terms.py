"""What cancelling costs: the terms of an appointment, and the one function that previews and charges by them.

- Cancelling is free until `free_cancellation_hours` before the start; at exactly that distance it still is.
- Later it costs `late_fee_percent` of the fee, rounded down to a whole minor unit.
- It costs nothing, however late, when the therapist or the service cancels, and in an emergency or illness.

The terms are copied into the row when the time is held or booked, so that a later change never reaches it.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Final

from domain.money import Money


class Party(StrEnum):
    """Who cancels."""

    CLIENT = "client"
    THERAPIST = "therapist"
    SERVICE = "service"


class ReasonCode(StrEnum):
    """Why an appointment is cancelled."""

    CLIENT_REQUEST = "client_request"
    ILLNESS = "illness"
    EMERGENCY = "emergency"
    SCHEDULE = "schedule"
    COST = "cost"
    NOT_A_FIT = "not_a_fit"
    THERAPIST_UNAVAILABLE = "therapist_unavailable"
    OTHER = "other"


NEVER_CHARGED: Final = frozenset({ReasonCode.ILLNESS, ReasonCode.EMERGENCY})


@dataclass(frozen=True, slots=True, kw_only=True)
class CancellationTerms:
    """Until when cancelling is free, and what it costs later. free_cancellation_hours >= 0; a percentage 0 to 100."""

    free_cancellation_hours: int
    late_fee_percent: int

    def free_until(self, starts_at: datetime) -> datetime:
        """Give the last instant at which cancelling is free."""
        return starts_at - timedelta(hours=self.free_cancellation_hours)

    def summary(self) -> str:
        """Say the terms in a sentence or two."""
        if self.late_fee_percent == 0:
            return "Cancelling is free until the session starts."
        return (
            f"Cancelling is free until {self.free_cancellation_hours} hours before the start; later it costs "
            f"{self.late_fee_percent} percent of the fee. Illness and emergencies are never charged, and neither are "
            "you when your therapist cancels."
        )


DEFAULT_TERMS: Final = CancellationTerms(free_cancellation_hours=24, late_fee_percent=50)


@dataclass(frozen=True, slots=True, kw_only=True)
class FeeDue:
    """What cancelling costs, and the rule that says so, in a sentence."""

    fee: Money
    rule: str


def fee_due(
    fee: Money,
    *,
    starts_at: datetime,
    terms: CancellationTerms,
    by: Party,
    reason: ReasonCode | None,
    now: datetime,
) -> FeeDue:
    """Give what cancelling at `now` costs. starts_at, now: aware. reason: None where it is not known yet (preview)."""
    free = Money(amount=0, currency=fee.currency)
    if by is not Party.CLIENT:
        return FeeDue(fee=free, rule="Free, because it is not the client who cancels.")
    if reason in NEVER_CHARGED:
        return FeeDue(fee=free, rule="Free, because illness and emergencies are never charged.")
    if now <= terms.free_until(starts_at):
        return FeeDue(fee=free, rule=f"Free, because the start is {terms.free_cancellation_hours} hours away or more.")
    return FeeDue(
        fee=fee.share(percent=terms.late_fee_percent),
        rule=(
            f"{terms.late_fee_percent} percent of the fee, because the start is less than "
            f"{terms.free_cancellation_hours} hours away; free in illness and emergencies."
        ),
    )


def total_due(dues: Sequence[FeeDue]) -> FeeDue:
    """Give what cancelling several sessions costs together; one at least, all in one currency."""
    if len(dues) == 1:
        return dues[0]
    rules = " ".join(dict.fromkeys(due.rule for due in dues))
    return FeeDue(
        fee=Money(amount=sum(due.fee.amount for due in dues), currency=dues[0].fee.currency),
        rule=f"The sum over {len(dues)} sessions, each by its own terms. {rules}",
    )

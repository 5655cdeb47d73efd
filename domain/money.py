"""Money is an integer of minor units and a currency; it is never a float."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Money:
    """An amount in minor units (cents for usd) of one currency (ISO 4217, lower case)."""

    amount: int
    currency: str

    def share(self, *, percent: int) -> "Money":
        """Give the share of 0 to 100 percent, rounded down to a whole minor unit: what is in doubt is not charged."""
        if not 0 <= percent <= 100:  # noqa: PLR2004 - a percentage
            message = f"percent must be 0 to 100, not {percent}"
            raise ValueError(message)
        return Money(amount=self.amount * percent // 100, currency=self.currency)

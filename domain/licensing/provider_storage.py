"""A register's record as JSON, in which it is kept, and back again."""

import json
from dataclasses import asdict
from datetime import date

from domain.licensing.provider_register import ProviderKind, ProviderName, ProviderRecord, ProviderType


def stored(record: ProviderRecord) -> str:
    """Write a record as JSON."""
    return json.dumps(asdict(record), default=_day_text, ensure_ascii=False, sort_keys=True)


def restored(text: str) -> ProviderRecord:
    """Read what `stored` wrote."""
    written = json.loads(text)
    return ProviderRecord(
        npi=written["npi"],
        kind=ProviderKind(written["kind"]),
        names=tuple(ProviderName(**name) for name in written["names"]),
        organization_name=written["organization_name"],
        provider_types=tuple(ProviderType(**each) for each in written["provider_types"]),
        is_active=written["is_active"],
        deactivated_on=_day(written["deactivated_on"]),
        last_updated_on=_day(written["last_updated_on"]),
    )


def _day(text: str | None) -> date | None:
    return None if text is None else date.fromisoformat(text)


def _day_text(value: object) -> str:
    if not isinstance(value, date):
        raise TypeError("only days need to be written as text")
    return value.isoformat()

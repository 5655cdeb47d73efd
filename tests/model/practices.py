"""The weeks that therapists of the model change between."""

from typing import Final

from domain.availability.schedule import Schedule, SessionType
from tests.build.availability import hours, schedule, session_type

CODES: Final = ("individual_50", "long_80", "group_50")
HORIZON_DAYS: Final = 4


def _kinds(*, minutes: int = 50, before: int = 0, seats: int = 2) -> tuple[SessionType, ...]:
    return (
        session_type(minutes=minutes, before=before),
        session_type(code="long_80", minutes=80, before=10, after=10),
        session_type(code="group_50", after=15, capacity=seats),
    )


DAYTIME: Final = schedule(
    weekly_hours=hours("09:00", "13:00"), session_types=_kinds(), slot_interval=30, notice=60, horizon_days=HORIZON_DAYS
)
PRACTICES: Final[dict[str, Schedule]] = {
    "daytime": DAYTIME,
    "two stretches that touch, sessions of another length with time before them, larger groups": schedule(
        weekly_hours=(*hours("09:00", "11:00"), *hours("11:00", "13:30")),
        session_types=_kinds(minutes=45, before=15, seats=3),
        slot_interval=30,
        notice=26 * 60,
        horizon_days=HORIZON_DAYS,
    ),
    "few sessions a day": schedule(
        weekly_hours=hours("09:00", "13:00"),
        session_types=_kinds(),
        slot_interval=60,
        notice=60,
        horizon_days=HORIZON_DAYS,
        daily_limit=2,
    ),
    "over midnight, half an hour beside the full hour, and one session a day": schedule(
        zone="Asia/Kolkata",
        weekly_hours=hours("18:30", "01:00"),
        session_types=_kinds(seats=3),
        slot_interval=30,
        notice=60,
        horizon_days=HORIZON_DAYS,
        daily_limit=1,
    ),
}

"""Everything about booking, verb by verb."""

from typing import Final

from api.v1.booking import (
    appointment_routes,
    attendance_routes,
    change_routes,
    feed_routes,
    hold_routes,
    lost_routes,
    place_routes,
    practice_routes,
    series_routes,
    slot_routes,
    waitlist_routes,
)

# The busiest first: routes are tried one after another.
routers: Final = (
    slot_routes.router,
    hold_routes.router,
    appointment_routes.router,
    change_routes.router,
    place_routes.router,
    attendance_routes.router,
    series_routes.router,
    waitlist_routes.router,
    feed_routes.router,
    practice_routes.router,
    lost_routes.router,
)

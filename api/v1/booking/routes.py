"""Everything about booking, verb by verb."""

from fastapi import APIRouter

from api.v1.booking import (
    appointment_routes,
    attendance_routes,
    change_routes,
    feed_routes,
    hold_routes,
    practice_routes,
    series_routes,
    slot_routes,
    waitlist_routes,
)

router = APIRouter()
router.include_router(hold_routes.router)
router.include_router(appointment_routes.router)
router.include_router(change_routes.router)
router.include_router(attendance_routes.router)
router.include_router(series_routes.router)
router.include_router(slot_routes.router)
router.include_router(waitlist_routes.router)
router.include_router(feed_routes.router)
router.include_router(practice_routes.router)

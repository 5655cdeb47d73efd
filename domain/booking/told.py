"""That both parties are told of a booking: a job, written with it."""

from collections.abc import Sequence

from domain import job
from domain.booking.consequences import Booked, Consequence
from domain.insertion import Insertion
from domain.job import JobName


def telling(booked: Booked) -> Sequence[Insertion]:
    """Give the job that tells client and therapist that an appointment was confirmed."""
    return (job.insertion(job=JobName.BOOKING_CONFIRMED, row_id=booked.booking_id),)


def telling_once() -> Consequence:
    """Make a consequence that tells of the first booking it is told of, so that a series is one letter and not many."""
    told: list[Booked] = []

    def tell(booked: Booked) -> Sequence[Insertion]:
        told.append(booked)
        return telling(booked) if len(told) == 1 else ()

    return tell

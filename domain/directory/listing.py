"""Who is listed: computed from what is there, and set by nobody."""

from enum import StrEnum


class ListingStatus(StrEnum):
    """Where a therapist stands with the directory."""

    DRAFT = "draft"
    LISTED = "listed"
    UNLISTED = "unlisted"


def status(*, listed: bool, was_listed: bool) -> ListingStatus:
    """Tell the status: listed while everything is there, draft before that ever was, unlisted after."""
    if listed:
        return ListingStatus.LISTED
    return ListingStatus.UNLISTED if was_listed else ListingStatus.DRAFT

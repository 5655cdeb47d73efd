"""The life of a form response: a draft is saved as often as one likes, and submitted once for good."""

from collections.abc import Mapping
from enum import StrEnum
from types import MappingProxyType
from typing import ClassVar

from domain.errors import Conflict


class ResponseStatus(StrEnum):
    """Where a form response stands."""

    DRAFT = "draft"
    SUBMITTED = "submitted"


class ResponseEvent(StrEnum):
    """What a client can do with a form response."""

    SAVE = "save"
    SUBMIT = "submit"


class ResponseClosed(Conflict):
    """The response was submitted, and no longer changes."""

    slug: ClassVar[str] = "transition-not-allowed"


TRANSITIONS: Mapping[tuple[ResponseStatus, ResponseEvent], ResponseStatus] = MappingProxyType(
    {
        (ResponseStatus.DRAFT, ResponseEvent.SAVE): ResponseStatus.DRAFT,
        (ResponseStatus.DRAFT, ResponseEvent.SUBMIT): ResponseStatus.SUBMITTED,
    }
)


def after(status: ResponseStatus, event: ResponseEvent) -> ResponseStatus:
    """Give the status after an event. Raises ResponseClosed."""
    following = TRANSITIONS.get((status, event))
    if following is None:
        raise ResponseClosed("These answers were already submitted and can't be changed.")
    return following

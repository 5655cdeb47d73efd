"""`ETag` and `If-Match`: a change meant for an older version is refused. Source: RFC 9110 section 13.1.1."""

from typing import Annotated, ClassVar, Final

from fastapi import Header

from domain.errors import DomainError

ABOUT_IF_MATCH: Final = "The `ETag` of the version this change is meant for; left out, it is meant for any"
IfMatch = Annotated[str | None, Header(alias="If-Match", max_length=200, description=ABOUT_IF_MATCH)]


class PreconditionFailed(DomainError):
    """The resource has changed since the version named."""

    slug: ClassVar[str] = "precondition-failed"


def etag(version: int) -> str:
    """Give the entity tag of a version."""
    return f'"{version}"'


def require(if_match: str | None, *, version: int) -> None:
    """Let pass when no version is named, any is meant, or this one is among them. Raises PreconditionFailed."""
    if if_match is None or if_match.strip() == "*":
        return
    if etag(version) not in (tag.strip() for tag in if_match.split(",")):
        raise PreconditionFailed("It has changed since you read it; read it again and decide.")

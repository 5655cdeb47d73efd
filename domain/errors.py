"""The five families of refusal.

A concrete error stands beside the function that raises it, derives from one family (or from `DomainError`, where none
fits), and fills in a stable slug and typed fields. The domain never names an HTTP status: `api/problems.py` holds the
one map. A message is for the caller: no SQL and nothing personal in it.
"""

from dataclasses import dataclass
from typing import ClassVar


class DomainError(Exception):
    """A refusal the caller can act on. `slug` is stable; `detail` is one sentence without personal data."""

    slug: ClassVar[str]

    def __init__(self, detail: str) -> None:
        super().__init__(detail)
        self.detail = detail


class NotFound(DomainError):
    """It does not exist, or belongs to somebody else: the caller can't tell which."""

    slug: ClassVar[str] = "not-found"


class Forbidden(DomainError):
    """The caller is known and has the wrong role."""

    slug: ClassVar[str] = "not-permitted"


class Conflict(DomainError):
    """The state of things does not allow it."""

    slug: ClassVar[str] = "conflict"


class Unavailable(DomainError):
    """A part we need does not answer; trying again later may work."""

    slug: ClassVar[str] = "unavailable"


@dataclass(frozen=True, slots=True, kw_only=True)
class Flaw:
    """What is wrong with one place of the input. pointer: RFC 6901, from the body's root ("" is the whole)."""

    pointer: str
    detail: str


class Invalid(DomainError):
    """The input can't be taken as it is; every flaw found is named."""

    slug: ClassVar[str] = "validation-failed"

    def __init__(self, *flaws: Flaw, detail: str = "The request can't be taken as it is.") -> None:
        super().__init__(detail)
        self.flaws = flaws

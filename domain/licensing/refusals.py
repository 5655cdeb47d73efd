"""What an import can't take: never silently, always with its place in the file and a reason."""

from dataclasses import dataclass

from domain.errors import Flaw, Invalid


@dataclass(frozen=True, slots=True, kw_only=True)
class RefusedRow:
    """One line or record that was not taken.

    number: counted from 1; lines of the file for text, records of the list for JSON. reason: nothing of its content.
    """

    number: int
    reason: str


class UnreadableRegister(Invalid):
    """The file as a whole is not what it should be."""

    def __init__(self, detail: str) -> None:
        super().__init__(Flaw(pointer="", detail=detail), detail=detail)

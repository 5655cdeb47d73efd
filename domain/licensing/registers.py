"""The public registers of which copies are kept."""

from enum import StrEnum


class Register(StrEnum):
    """A register: of excluded persons and entities, of providers' numbers, of a board's licenses."""

    LEIE = "leie"
    NPPES = "nppes"
    BOARD_ROSTER = "board_roster"

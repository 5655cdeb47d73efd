"""The public registers of which copies are kept."""

from enum import StrEnum


class Register(StrEnum):
    """A register: of excluded persons and entities, of providers' numbers."""

    LEIE = "leie"
    NPPES = "nppes"

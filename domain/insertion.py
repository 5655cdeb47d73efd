"""A row to be written along with another: what follows from a booking, as data.

Whoever makes one says nothing of when it is written. So one statement can write a booking and all that belongs to it,
and a transaction of several statements can do the same.
"""

from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True, kw_only=True)
class Shape:
    """A table and the columns that are written, each with its type as PostgreSQL names it."""

    table: str
    columns: tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Insertion:
    """Values for the columns of a shape, in their order."""

    shape: Shape
    values: tuple[object, ...] = field(repr=False)

    def __post_init__(self) -> None:
        if len(self.values) != len(self.shape.columns):
            raise ValueError(f"a row of {self.shape.table} has {len(self.shape.columns)} values")


def columns(shape: Shape) -> str:
    """Give the columns of a shape as SQL."""
    return ", ".join(name for name, _ in shape.columns)


def placeholders(shape: Shape, *, first: int) -> str:
    """Give the placeholders of a row as SQL, numbered from `first` on."""
    return ", ".join(f"${number}::{kind}" for number, (_, kind) in enumerate(shape.columns, first))

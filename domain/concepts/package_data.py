"""Read tables that ship inside the package.

This is the one file of the pure areas that touches files, and it reads only what was installed with the code: tables
with a header line, fields parted by "|", comments after "#" at the start of a line. A line that begins with a space
goes on with the line before.
"""

from importlib import resources


class TableMisshapen(ValueError):
    """A shipped table has another header, or a row another number of fields, than the code reads."""


def rows(package: str, name: str, *, header: tuple[str, ...]) -> tuple[tuple[str, ...], ...]:
    """Read `data/<name>` of a package, in the order of the file.

    Fields are stripped. Raises TableMisshapen.
    """
    text = resources.files(package).joinpath("data", name).read_text(encoding="utf-8")
    return parse(text, name=name, header=header)


def parse(text: str, *, name: str, header: tuple[str, ...]) -> tuple[tuple[str, ...], ...]:
    """Split the text of a table into rows of as many fields as the header has.

    Raises TableMisshapen naming the first line at fault.
    """
    lines: list[str] = []
    for line in text.splitlines():
        if line.startswith(" ") and line.strip() and lines:
            lines[-1] = f"{lines[-1].rstrip()} {line.strip()}"
        elif line.strip() and not line.startswith("#"):
            lines.append(line)
    table = [tuple(field.strip() for field in line.split("|")) for line in lines]
    if not table or table[0] != header:
        raise TableMisshapen(f"{name}: the header is not {'|'.join(header)}")
    for row in table[1:]:
        if len(row) != len(header):
            raise TableMisshapen(f"{name}: {row[0]!r} has {len(row)} fields and not {len(header)}")
    return tuple(table[1:])


def listed(field: str) -> tuple[str, ...]:
    """Split a field that lists several things, parted by commas; an empty field lists none."""
    return tuple(part.strip() for part in field.split(",") if part.strip())

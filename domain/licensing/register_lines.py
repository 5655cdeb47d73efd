"""Lines of a register's CSV file, read one by one, so that an open quote can't swallow the lines after it."""

import csv
from typing import Final

BYTE_ORDER_MARK: Final = b"\xef\xbb\xbf"


class LineRefused(Exception):
    """One line, or a field of it, can't be read; says why, and nothing of its content."""


def fields(line: bytes) -> list[str]:
    """Part a line into its fields, each without padding and with single spaces. Raises LineRefused.

    UTF-8, and Latin-1 where it is not UTF-8.
    """
    text = _decoded(line).rstrip("\r\n")
    if not text.strip():
        raise LineRefused("The line is blank.")
    if "\x00" in text:
        raise LineRefused("The line holds a zero byte.")
    try:
        found = next(csv.reader([text], strict=True))
    except csv.Error:
        raise LineRefused("The quotes or line breaks of the line don't add up.") from None
    return [" ".join(field.split()) for field in found]


def _decoded(line: bytes) -> str:
    try:
        return line.decode("utf-8")
    except UnicodeDecodeError:
        return line.decode("latin-1")

"""Cursors: where a page ended, as an opaque string that only we can make.

A cursor is the sort key of the last item, as JSON, with a MAC over it and the list it belongs to: a made-up or moved
cursor is refused, so that it never reaches a query.
"""

import base64
import binascii
import hashlib
import hmac
import json
from collections.abc import Callable, Sequence
from typing import Annotated, Final, TypeVar

from fastapi import Query

from domain.errors import Flaw, Invalid

Limit = Annotated[int, Query(ge=1, le=100)]
Cursor = Annotated[str | None, Query(max_length=1000, description="`next_cursor` of the page before")]
LIMIT_DEFAULT: Final = 25
MAC_BYTES: Final = 16

Row = TypeVar("Row")


class CursorInvalid(Invalid):
    """The cursor was not made here, or for another list."""

    def __init__(self) -> None:
        super().__init__(Flaw(pointer="/cursor", detail="Take the cursor from next_cursor of the page before."))


def encode(key: Sequence[str], *, of: str, digest_key: bytes) -> str:
    """Make the cursor of a sort key. of: the list's name."""
    body = json.dumps(list(key), separators=(",", ":")).encode()
    return base64.urlsafe_b64encode(_mac(body, of=of, digest_key=digest_key) + body).decode().rstrip("=")


def decode(cursor: str | None, *, of: str, parts: int, digest_key: bytes) -> tuple[str, ...] | None:
    """Give the sort key of a cursor, None without one. parts: how many it has. Raises CursorInvalid."""
    if cursor is None:
        return None
    try:
        raw = base64.urlsafe_b64decode(cursor + "=" * (-len(cursor) % 4))
    except (binascii.Error, ValueError):
        raise CursorInvalid from None
    mac, body = raw[:MAC_BYTES], raw[MAC_BYTES:]
    if not hmac.compare_digest(mac, _mac(body, of=of, digest_key=digest_key)):
        raise CursorInvalid
    key: list[str] = json.loads(body)
    if len(key) != parts:
        raise CursorInvalid
    return tuple(key)


def cut(
    rows: Sequence[Row], *, limit: int, of: str, digest_key: bytes, key: Callable[[Row], Sequence[str]]
) -> tuple[Sequence[Row], str | None]:
    """Cut one page from limit + 1 rows, and give the cursor of what comes after, or None at the end."""
    if len(rows) <= limit:
        return rows, None
    page = rows[:limit]
    return page, encode(key(page[-1]), of=of, digest_key=digest_key)


def page_of(
    rows: Sequence[Row], *, cursor: str | None, limit: int, of: str, digest_key: bytes, key: Callable[[Row], str]
) -> tuple[Sequence[Row], str | None]:
    """Cut one page from a whole list that lies in memory; its keys are unique. Raises CursorInvalid."""
    last = decode(cursor, of=of, parts=1, digest_key=digest_key)
    first = 0
    if last is not None:
        keys = [key(row) for row in rows]
        if last[0] not in keys:
            raise CursorInvalid
        first = keys.index(last[0]) + 1
    following = rows[first : first + limit + 1]
    return cut(following, limit=limit, of=of, digest_key=digest_key, key=lambda row: (key(row),))


def _mac(body: bytes, *, of: str, digest_key: bytes) -> bytes:
    return hmac.digest(digest_key, b"cursor\x00" + of.encode() + b"\x00" + body, hashlib.sha256)[:MAC_BYTES]

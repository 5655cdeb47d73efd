"""Sealed fields: AES-256-GCM, bound to the table, row and column they stand in.

A sealed value is `version byte | length of key id | key id | 12-byte nonce | ciphertext and tag`. The place is
authenticated with it (as associated data), so a value moved to another row, column or table does not open. The key id
stands in front, so that keys can rotate: a vault seals with its first key and opens with any it holds.
This area is the only one that imports `cryptography`. Source: NIST SP 800-38D.
"""

import base64
import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final
from uuid import UUID

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

VERSION: Final = 1
NONCE_BYTES: Final = 12
KEY_BYTES: Final = 32


class SealBroken(Exception):
    """A sealed value does not open here: it was changed, moved, or its key is not held."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """Where a sealed value stands: a value opens nowhere else."""

    table: str
    row: UUID
    column: str

    def encoded(self) -> bytes:
        """Encode the place for authentication; the parts can't run into each other."""
        return b"\x00".join((self.table.encode(), self.row.bytes.hex().encode(), self.column.encode()))


class Vault:
    """Seals and opens field values. `keys` maps key id to 32 bytes; `sealing_key_id` names the one that seals."""

    def __init__(self, *, sealing_key_id: str, keys: Mapping[str, bytes]) -> None:
        if sealing_key_id not in keys:
            message = "the sealing key is not among the keys"
            raise ValueError(message)
        self._sealing_key_id = sealing_key_id
        self._ciphers = {key_id: AESGCM(key) for key_id, key in keys.items()}

    def seal(self, plain: str, *, place: Place) -> bytes:
        """Seal text for one place, with a fresh nonce."""
        key_id = self._sealing_key_id.encode()
        nonce = secrets.token_bytes(NONCE_BYTES)
        body = self._ciphers[self._sealing_key_id].encrypt(nonce, plain.encode(), place.encoded())
        return bytes((VERSION, len(key_id))) + key_id + nonce + body

    def open(self, sealed: bytes, *, place: Place) -> str:
        """Open what was sealed for this place. Raises SealBroken."""
        try:
            version, length = sealed[0], sealed[1]
            key_id = sealed[2 : 2 + length].decode()
            nonce = sealed[2 + length : 2 + length + NONCE_BYTES]
            body = sealed[2 + length + NONCE_BYTES :]
        except (IndexError, UnicodeDecodeError) as error:
            raise SealBroken("not a sealed value") from error
        cipher = self._ciphers.get(key_id)
        if version != VERSION or cipher is None:
            raise SealBroken("sealed with a version or key that is not held")
        try:
            return cipher.decrypt(nonce, body, place.encoded()).decode()
        except (InvalidTag, ValueError) as error:
            raise SealBroken("changed, or moved from where it was sealed") from error


def decode_key(encoded: str) -> bytes:
    """Decode 32 key bytes from base64url, padded or not. Raises ValueError, without the key in it."""
    try:
        key = base64.b64decode(encoded + "=" * (-len(encoded) % 4), altchars=b"-_", validate=True)
    except ValueError:  # binascii.Error, and what is said of characters that are not ASCII
        key = b""
    if len(key) != KEY_BYTES:
        raise ValueError("a key must be 32 bytes in base64url")
    return key


def vault_of(setting: str) -> Vault:
    """Make a vault from `<key id>:<32 bytes, base64url>`. Raises ValueError, without the key in it."""
    key_id, separator, encoded = setting.partition(":")
    if not separator or not key_id or not key_id.isascii() or len(key_id) > 255:  # noqa: PLR2004 - the length stands in one byte
        raise ValueError("a vault key is <key id>:<32 bytes, base64url>")
    return Vault(sealing_key_id=key_id, keys={key_id: decode_key(encoded)})

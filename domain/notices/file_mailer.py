"""Mail as files, for development and tests: one `.eml` per letter, there in full or not at all."""

import asyncio
import os
from dataclasses import dataclass
from email import policy
from pathlib import Path

from domain.notices.message import Letter, mail


@dataclass(frozen=True, slots=True, kw_only=True)
class FileMailer:
    """Writes letters into a folder, which is made when the first one comes."""

    folder: Path
    sender: str

    async def send(self, letter: Letter) -> None:
        """Write the letter; the same letter again replaces the file."""
        content = mail(letter, sender=self.sender).as_bytes(policy=policy.SMTP)
        await asyncio.to_thread(self._write, f"{letter.notice_id}.eml", content)

    def _write(self, name: str, content: bytes) -> None:
        self.folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        unfinished = self.folder / f".{name}.tmp"
        unfinished.touch(mode=0o600)
        unfinished.write_bytes(content)
        os.replace(unfinished, self.folder / name)  # noqa: PTH105 - the one call that replaces atomically everywhere

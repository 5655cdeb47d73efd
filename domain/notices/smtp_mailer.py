"""Mail over SMTP. Letters travel encrypted: only to a server on this very machine may they go in the clear."""

import asyncio
import smtplib
import ssl
from dataclasses import dataclass, field
from ipaddress import ip_address
from typing import Final

from domain.notices.message import Letter, mail

TIMEOUT_SECONDS: Final = 20.0


@dataclass(frozen=True, slots=True, kw_only=True)
class SmtpMailer:
    """Hands letters to a mail server. implicit_tls: encrypted from the first byte (smtps), else by STARTTLS."""

    host: str
    port: int
    implicit_tls: bool
    user: str | None
    password: str | None = field(repr=False)
    sender: str

    async def send(self, letter: Letter) -> None:
        """Hand a letter over in a thread. Raises smtplib.SMTPException and OSError."""
        await asyncio.to_thread(self._send, letter)

    def _send(self, letter: Letter) -> None:
        with self._connected() as server:
            if self.user is not None:
                server.login(self.user, self.password or "")
            server.send_message(mail(letter, sender=self.sender))

    def _connected(self) -> smtplib.SMTP:
        context = ssl.create_default_context()
        if self.implicit_tls:
            return smtplib.SMTP_SSL(self.host, self.port, timeout=TIMEOUT_SECONDS, context=context)
        server = smtplib.SMTP(self.host, self.port, timeout=TIMEOUT_SECONDS)
        if not is_loopback(self.host):
            server.starttls(context=context)
        return server


def is_loopback(host: str) -> bool:
    """Tell whether a host is this machine, by its name or address alone; nothing is looked up."""
    if host == "localhost":
        return True
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return False

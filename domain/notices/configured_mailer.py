"""The mailer that a mail URL names."""

from pathlib import Path
from typing import Final
from urllib.parse import unquote, urlsplit

from domain.notices.file_mailer import FileMailer
from domain.notices.message import Mailer
from domain.notices.smtp_mailer import SmtpMailer

PORTS: Final = {"smtp": 587, "smtps": 465}


def mailer_of(mail_url: str | None, *, data_dir: Path, sender: str) -> Mailer:
    """Make the mailer of `file:<folder>` or `smtp[s]://user:password@host:port`; None is `file:<data_dir>/mail`.

    Raises ValueError, without the URL, which may hold a password.
    """
    if mail_url is None:
        return FileMailer(folder=data_dir / "mail", sender=sender)
    try:
        parts = urlsplit(mail_url)
        port = parts.port
    except ValueError:
        raise ValueError("the mail URL can't be read") from None
    if parts.scheme == "file" and not parts.netloc and parts.path:
        return FileMailer(folder=Path(unquote(parts.path)), sender=sender)
    if parts.scheme not in PORTS or parts.hostname is None:
        raise ValueError("a mail URL is file:<folder> or smtp[s]://user:password@host:port")
    return SmtpMailer(
        host=parts.hostname,
        port=port or PORTS[parts.scheme],
        implicit_tls=parts.scheme == "smtps",
        user=unquote(parts.username) if parts.username else None,
        password=unquote(parts.password) if parts.password else None,
        sender=sender,
    )

"""Both mailers carry the same letter: one into a folder, one to a server that listens on this machine."""

import asyncio
import smtplib
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from email import message_from_bytes, policy
from email.message import EmailMessage
from pathlib import Path

import pytest

from domain.ids import NoticeId, uuid7
from domain.notices.configured_mailer import mailer_of
from domain.notices.file_mailer import FileMailer
from domain.notices.message import Letter, Message
from domain.notices.smtp_mailer import SmtpMailer, is_loopback

SENDER = "Attune <care@attune.example>"


def letter() -> Letter:
    message = Message(subject="Grüße", text="Zwei Zeilen,\n.eine mit Punkt — und ß.\n", token="a-token")
    return Letter(
        notice_id=NoticeId(uuid7()), to="ada@example.org", message=message, written_at=datetime(2027, 3, 1, tzinfo=UTC)
    )


def read(content: bytes) -> EmailMessage:
    return message_from_bytes(content, _class=EmailMessage, policy=policy.default)


def require_same(received: EmailMessage, sent: Letter) -> None:
    assert received["To"] == sent.to
    assert received["Subject"] == sent.message.subject
    assert received["X-Attune-Token"] == sent.message.token
    assert str(sent.notice_id) in received["Message-ID"]
    assert received.get_content().replace("\r\n", "\n") == sent.message.text


@dataclass(slots=True)
class Sink:
    """A mail server that keeps what it gets, or answers one command with an error."""

    refuses: bytes | None = None
    received: list[bytes] = field(default_factory=list)
    recipients: list[bytes] = field(default_factory=list)

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.write(b"220 sink\r\n")
        while line := await reader.readline():
            command = line.split()[0].upper()
            if command == self.refuses:
                writer.write(b"451 not now\r\n")
            elif command == b"DATA":
                writer.write(b"354 go on\r\n")
                content = await reader.readuntil(b"\r\n.\r\n")
                self.received.append(content[:-3].replace(b"\r\n..", b"\r\n."))
                writer.write(b"250 kept\r\n")
            elif command == b"QUIT":
                writer.write(b"221 bye\r\n")
                break
            else:
                if command == b"RCPT":
                    self.recipients.append(line.strip())
                writer.write(b"250 fine\r\n")
            await writer.drain()
        writer.close()


@asynccontextmanager
async def listening(sink: Sink) -> AsyncIterator[int]:
    server = await asyncio.start_server(sink.serve, "127.0.0.1", 0)
    async with server:
        yield server.sockets[0].getsockname()[1]


async def test_a_letter_becomes_one_file(tmp_path: Path) -> None:
    sent = letter()
    mailer = mailer_of(f"file:{tmp_path / 'new' / 'mail'}", data_dir=tmp_path, sender=SENDER)

    await mailer.send(sent)

    (file,) = (tmp_path / "new" / "mail").iterdir()
    assert file.suffix == ".eml"
    require_same(read(file.read_bytes()), sent)


async def test_the_same_letter_again_stays_one_file_that_its_owner_alone_reads(tmp_path: Path) -> None:
    sent = letter()
    mailer = FileMailer(folder=tmp_path / "mail", sender=SENDER)

    await mailer.send(sent)
    await mailer.send(sent)

    (file,) = (tmp_path / "mail").iterdir()
    assert file.stat().st_mode & 0o077 == 0


async def test_a_letter_reaches_the_mail_server() -> None:
    sent, sink = letter(), Sink()

    async with listening(sink) as port:
        await mailer_of(f"smtp://127.0.0.1:{port}", data_dir=Path(), sender=SENDER).send(sent)

    (content,) = sink.received
    require_same(read(content), sent)
    assert [recipient.lower() for recipient in sink.recipients] == [b"rcpt to:<ada@example.org>"]


@pytest.mark.parametrize("command", [b"MAIL", b"RCPT", b"DATA"])
async def test_a_refusal_of_the_server_is_told(command: bytes) -> None:
    sink = Sink(refuses=command)

    async with listening(sink) as port:
        mailer = mailer_of(f"smtp://127.0.0.1:{port}", data_dir=Path(), sender=SENDER)
        with pytest.raises(smtplib.SMTPException):
            await mailer.send(letter())


def test_a_server_elsewhere_gets_nothing_in_the_clear() -> None:
    assert [is_loopback(host) for host in ("localhost", "127.0.0.1", "::1", "127.8.9.1")] == [True] * 4
    assert [is_loopback(host) for host in ("mail.example.org", "localhost.example.org", "10.0.0.1")] == [False] * 3


def test_the_mail_url_chooses_the_mailer() -> None:
    assert mailer_of(None, data_dir=Path("data"), sender=SENDER) == FileMailer(folder=Path("data/mail"), sender=SENDER)
    assert mailer_of("smtps://us%40er:p%40ss@mail.example.org", data_dir=Path(), sender=SENDER) == SmtpMailer(
        host="mail.example.org", port=465, implicit_tls=True, user="us@er", password="p@ss", sender=SENDER
    )
    assert mailer_of("smtp://mail.example.org:2525", data_dir=Path(), sender=SENDER) == SmtpMailer(
        host="mail.example.org", port=2525, implicit_tls=False, user=None, password=None, sender=SENDER
    )


@pytest.mark.parametrize(
    "url", ["", "mail.example.org", "http://secret@example.org", "smtp://secret@:99999", "file:", "file://host/x"]
)
def test_another_url_is_refused_and_not_repeated(url: str) -> None:
    with pytest.raises(ValueError, match="mail URL") as refusal:
        mailer_of(url, data_dir=Path(), sender=SENDER)

    assert "secret" not in str(refusal.value)


def test_a_mailer_does_not_show_its_password() -> None:
    assert "p@ss" not in repr(mailer_of("smtps://user:p%40ss@mail.example.org", data_dir=Path(), sender=SENDER))

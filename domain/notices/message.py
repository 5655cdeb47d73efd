"""A message, the letter it becomes when it has an address, and the letter as mail.

A letter's Message-ID is made from the notice's id: should one be sent twice, because the word that it was sent got
lost, both copies bear one id and a mail program shows one.
"""

import json
from dataclasses import dataclass, field
from datetime import datetime
from email.headerregistry import Address
from email.message import EmailMessage
from email.utils import format_datetime, parseaddr
from enum import StrEnum
from typing import Protocol

from domain.ids import NoticeId


class NoticeKind(StrEnum):
    """Why we write."""

    VERIFICATION = "verification"
    ALREADY_REGISTERED = "already_registered"
    BOOKING_CONFIRMED = "booking_confirmed"
    SESSION_CHANGED = "session_changed"
    SESSION_OFFERED = "session_offered"
    LICENSES_CHANGED = "licenses_changed"


@dataclass(frozen=True, slots=True, kw_only=True)
class Message:
    """What we say. token: goes into the header X-Attune-Token as well, for programs that read mail."""

    subject: str
    text: str = field(repr=False)
    token: str | None = field(repr=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class Letter:
    """A message and whom it goes to. written_at: aware UTC."""

    notice_id: NoticeId
    to: str = field(repr=False)
    message: Message
    written_at: datetime


class Mailer(Protocol):
    """Something that sends letters."""

    async def send(self, letter: Letter) -> None:
        """Send one letter; whatever is raised means that it may not have gone."""


def packed(message: Message, *, to: str) -> str:
    """Write a message and its address as one text, to be sealed."""
    return json.dumps({"to": to, "subject": message.subject, "text": message.text, "token": message.token})


def unpacked(text: str, *, notice_id: NoticeId, written_at: datetime) -> Letter:
    """Read what `packed` wrote."""
    parts = json.loads(text)
    message = Message(subject=parts["subject"], text=parts["text"], token=parts["token"])
    return Letter(notice_id=notice_id, to=parts["to"], message=message, written_at=written_at)


def mail(letter: Letter, *, sender: str) -> EmailMessage:
    """Make the mail of a letter: plain text, nothing in it that tells us whether it was read. sender: `Name <a@b>`."""
    name, address = parseaddr(sender)
    made = EmailMessage()
    made["From"] = Address(display_name=name, addr_spec=address)
    made["To"] = Address(addr_spec=letter.to)
    made["Subject"] = letter.message.subject
    made["Date"] = format_datetime(letter.written_at)
    made["Message-ID"] = f"<{letter.notice_id}@{address.rpartition('@')[2]}>"
    made["Auto-Submitted"] = "auto-generated"
    if letter.message.token is not None:
        made["X-Attune-Token"] = letter.message.token
    made.set_content(letter.message.text)
    return made

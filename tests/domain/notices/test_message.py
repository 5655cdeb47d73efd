from datetime import UTC, datetime, timedelta
from email import message_from_bytes, policy
from email.message import EmailMessage

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.ids import NoticeId, uuid7
from domain.notices import wording
from domain.notices.message import Letter, Message, mail, packed, unpacked

SENDER = "Attune <care@attune.example>"
WRITTEN_AT = datetime(2027, 3, 1, 12, tzinfo=UTC)
NOTICE = NoticeId(uuid7())
MESSAGES = (wording.verification(token="t" * 43, valid_for=timedelta(hours=24)), wording.already_registered())


def letter(message: Message) -> Letter:
    return Letter(notice_id=NOTICE, to="ada@example.org", message=message, written_at=WRITTEN_AT)


@given(st.text(), st.text(), st.none() | st.text())
def test_what_is_packed_unpacks(subject: str, text: str, token: str | None) -> None:
    message = Message(subject=subject, text=text, token=token)

    assert unpacked(packed(message, to="ada@example.org"), notice_id=NOTICE, written_at=WRITTEN_AT) == letter(message)


@pytest.mark.parametrize("message", MESSAGES)
def test_a_mail_says_what_the_message_says(message: Message) -> None:
    content = mail(letter(message), sender=SENDER).as_bytes(policy=policy.SMTP)
    sent = message_from_bytes(content, _class=EmailMessage, policy=policy.SMTP)

    assert sent["To"] == "ada@example.org"
    assert sent["From"] == SENDER
    assert sent["Subject"] == message.subject
    assert sent["X-Attune-Token"] == message.token
    assert sent.get_content_type() == "text/plain"
    assert sent.get_content().replace("\r\n", "\n") == message.text


def test_the_same_notice_bears_the_same_message_id_each_time() -> None:
    first, again = (mail(letter(MESSAGES[0]), sender=SENDER)["Message-ID"] for _ in range(2))

    assert first == again == f"<{NOTICE}@attune.example>"


@pytest.mark.parametrize("message", MESSAGES)
def test_a_message_names_nobody_and_no_reason_to_come(message: Message) -> None:
    text = f"{message.subject} {message.text}".lower()

    assert "@" not in text
    assert not [word for word in ("therap", "trauma", "mental", "client", "patient", "appointment") if word in text]


def test_the_token_stands_in_the_text_and_only_there_or_in_its_header() -> None:
    verification, already = MESSAGES

    assert verification.token is not None
    assert verification.token in verification.text
    assert verification.token not in verification.subject
    assert already.token is None


def test_a_letter_shows_in_no_log_whom_it_goes_to_and_what_it_says() -> None:
    shown = repr(letter(Message(subject="Hello", text="canary text", token="canary token")))

    assert "ada@example.org" not in shown
    assert "canary" not in shown

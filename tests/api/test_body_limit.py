from dataclasses import dataclass, field

import pytest
from starlette.exceptions import HTTPException
from starlette.types import Message, Receive, Scope, Send

from api.body_limit import CALENDAR_TYPE, JSON_BYTES_MAX, LARGE_BYTES_MAX, BodyLimit, bytes_max


@dataclass(slots=True)
class Reader:
    """An application that reads the whole body, and notes how much it got."""

    got: int = 0

    async def __call__(self, _scope: Scope, receive: Receive, _send: Send) -> None:
        more = True
        while more:
            message = await receive()
            self.got += len(message.get("body", b""))
            more = message.get("more_body", False)


@dataclass(slots=True)
class Client:
    """Sends chunks one after another, and notes how many were taken."""

    chunks: list[bytes] = field(default_factory=list)
    taken: int = 0

    async def receive(self) -> Message:
        chunk = self.chunks[self.taken]
        self.taken += 1
        return {"type": "http.request", "body": chunk, "more_body": self.taken < len(self.chunks)}


async def nothing(_message: Message) -> None:
    """Take an answer."""


async def send(client: Client, *, length: str | None = None, kind: str = "http") -> int:
    """Give how much the application read."""
    reader = Reader()
    headers = [] if length is None else [(b"content-length", length.encode("latin-1"))]
    await BodyLimit(reader)({"type": kind, "headers": headers}, client.receive, nothing)
    return reader.got


@pytest.mark.parametrize("length", [None, str(JSON_BYTES_MAX)])
async def test_a_body_of_just_the_limit_is_read(length: str | None) -> None:
    assert await send(Client(chunks=[b"x" * JSON_BYTES_MAX]), length=length) == JSON_BYTES_MAX


@pytest.mark.parametrize("length", [str(JSON_BYTES_MAX + 1), "9" * 19, "9" * 5000, "-1", "1e9", "\xb2", "many"])
async def test_a_body_that_says_it_is_too_large_is_not_read_at_all(length: str) -> None:
    client = Client(chunks=[b"x"])

    with pytest.raises(HTTPException) as refused:
        await send(client, length=length)

    assert refused.value.status_code == 413
    assert client.taken == 0


@pytest.mark.parametrize("length", [None, "5"])
async def test_a_body_is_read_no_further_than_the_limit_whatever_it_says(length: str | None) -> None:
    client = Client(chunks=[b"x" * 65_536] * 100)

    with pytest.raises(HTTPException) as refused:
        await send(client, length=length)

    assert refused.value.status_code == 413
    assert client.taken == JSON_BYTES_MAX // 65_536 + 1


async def test_what_is_no_request_is_passed_on_untouched() -> None:
    assert await send(Client(chunks=[b"x" * (JSON_BYTES_MAX + 1)]), kind="lifespan") == JSON_BYTES_MAX + 1


CALENDAR = "/v1/therapists/me/busy-calendars/home"


@pytest.mark.parametrize(
    ("method", "path", "kind", "most"),
    [
        ("PUT", CALENDAR, CALENDAR_TYPE, LARGE_BYTES_MAX),
        ("PUT", CALENDAR, "Text/Calendar; charset=utf-8", LARGE_BYTES_MAX),
        ("PUT", CALENDAR, "application/json", JSON_BYTES_MAX),
        ("PUT", CALENDAR, "text/calendarish", JSON_BYTES_MAX),
        ("POST", CALENDAR, CALENDAR_TYPE, JSON_BYTES_MAX),
        ("PUT", f"{CALENDAR}/deeper", CALENDAR_TYPE, JSON_BYTES_MAX),
        ("PUT", "/v1/therapists/me/schedule", CALENDAR_TYPE, JSON_BYTES_MAX),
    ],
)
def test_only_a_calendar_in_its_place_may_be_larger(method: str, path: str, kind: str, most: int) -> None:
    scope = {"type": "http", "method": method, "path": path, "headers": [(b"content-type", kind.encode())]}

    assert bytes_max(scope) == most

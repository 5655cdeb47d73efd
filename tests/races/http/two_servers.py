"""Two server processes over one database, and many callers who go to either."""

import asyncio
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

import httpx

from api.parts import Parts
from domain.database import Address
from tests.build import booked
from tests.build.accounts import Person
from tests.serve.running import Service, serving

ANSWER_WITHIN_SECONDS = 30.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Ask:
    """One request of somebody."""

    by: Person
    path: str
    body: Mapping[str, str] | None = None
    method: str = "POST"
    key: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Said:
    """What was answered to one request."""

    ask: Ask
    answer: httpx.Response
    seconds: float

    @property
    def status(self) -> int:
        return self.answer.status_code

    @property
    def slug(self) -> str:
        """Give the problem's slug, or the status of what is none."""
        told = self.answer.json() if self.answer.content else {}
        return str(told.get("type", self.status)).removeprefix("/problems/")


@dataclass(kw_only=True)
class Servers:
    """The two, and a client of them. slowest_seconds: of all answers so far."""

    urls: Sequence[str]
    http: httpx.AsyncClient
    slowest_seconds: float = field(default=0.0)

    async def ask(self, ask: Ask, *, at: int = 0) -> Said:
        """Ask one of the two, by number."""
        headers = ask.by.headers | ({"Idempotency-Key": ask.key} if ask.key else {})
        began = time.monotonic()
        answer = await self.http.request(
            ask.method, f"{self.urls[at % len(self.urls)]}{ask.path}", json=ask.body, headers=headers
        )
        said = Said(ask=ask, answer=answer, seconds=time.monotonic() - began)
        self.slowest_seconds = max(self.slowest_seconds, said.seconds)
        assert said.status < 500, (said.status, answer.text)
        return said

    async def race(self, asks: Sequence[Ask]) -> list[Said]:
        """Let all go at once, by turns to the one and the other."""
        return await asyncio.gather(*(self.ask(ask, at=turn) for turn, ask in enumerate(asks)))

    async def undo(self, won: Said) -> None:
        """Give back what was taken, as its client."""
        made = won.answer.json()["id"]
        if won.ask.path == "/v1/holds":
            gone = await self.ask(Ask(by=won.ask.by, path=f"/v1/holds/{made}", method="DELETE"))
        else:
            gone = await self.ask(
                Ask(by=won.ask.by, path=f"/v1/appointments/{made}/cancel", body={"reason_code": "schedule"})
            )
        assert gone.status in {200, 204}, gone.answer.text


@contextmanager
def serving_twice(folder: Path, *, address: Address) -> Iterator[Sequence[Service]]:
    """Run two processes over one database until both are ready, and leave neither behind."""
    extra = {"ATTUNE_DATABASE_URL": address.dsn()}
    with serving(folder / "one", extra=extra) as one, serving(folder / "other", extra=extra) as other:
        yield one, other


def alternatives(said: Said) -> list[Mapping[str, str]]:
    """Give the alternatives of a refusal, which has one to three."""
    told: list[Mapping[str, str]] = said.answer.json()["alternatives"]
    assert 1 <= len(told) <= 3, told
    return told


def hold_of(alternative: Mapping[str, str], *, by: Person) -> Ask:
    """Ask to hold an alternative."""
    body = {name: alternative[name] for name in ("therapist_id", "session_type", "start")}
    return Ask(by=by, path="/v1/holds", body=body | {"session_format": "video"})


async def clients(parts: Parts, count: int) -> list[Person]:
    """Store so many clients who are signed in."""
    async with parts.database.write() as session:
        return [await booked.client(session, parts) for _ in range(count)]

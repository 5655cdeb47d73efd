"""Clients who hold, book and cancel without a pause, each request under a key of its own, and remember every answer.

A request that got no answer, or was told to come again, is repeated under its key until it is answered for good.
"""

import asyncio
import random
from collections import Counter
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Final

import httpx

from domain.ids import TherapistId
from tests.build import booked, booking
from tests.build.accounts import Person
from tests.crashes.machine import Machine

REPEAT_AFTER_SECONDS: Final = 0.05
DAYS: Final = range(3, 203)
HOURS: Final = range(9, 16)
OPEN_HOLDS_MAX: Final = 2  # three is all a client has, and one may be on its way


@dataclass(frozen=True, slots=True, kw_only=True)
class Request:
    """What is sent, the same each time."""

    by: Person
    path: str
    body: dict[str, str]
    key: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Acknowledged:
    """A request that succeeded, and how it was answered."""

    request: Request
    answer: httpx.Response

    @property
    def id(self) -> str:
        return str(self.answer.json()["id"])


@dataclass(kw_only=True)
class Ledger:
    """All that was acknowledged, and how often what happened. made: rows by id; the others are among them."""

    acknowledged: list[Acknowledged] = field(default_factory=list)
    made: set[str] = field(default_factory=set)
    booked: set[str] = field(default_factory=set)
    cancelled: set[str] = field(default_factory=set)
    counts: Counter[str] = field(default_factory=Counter)


async def send(http: httpx.AsyncClient, machine: Machine, request: Request) -> httpx.Response | None:
    """Send once; None where nobody answered."""
    url = machine.url
    if url is None:
        return None
    try:
        return await http.post(
            f"{url}{request.path}", json=request.body, headers={**request.by.headers, "Idempotency-Key": request.key}
        )
    except httpx.TransportError:
        return None


def is_for_good(answer: httpx.Response | None) -> bool:
    """Tell whether an answer says what became of the request. Raises AssertionError where the service broke."""
    if answer is None or answer.status_code == 503:
        return False
    assert answer.status_code < 500, answer.text
    return answer.is_success or answer.json()["type"] != "/problems/idempotency-key-in-use"


@dataclass(kw_only=True)
class Client:
    """Somebody who books. holds: their own that they neither booked nor saw run out; appointments: not cancelled."""

    by: Person
    therapists: list[TherapistId]
    machine: Machine
    http: httpx.AsyncClient
    ledger: Ledger
    random: random.Random
    sent: int = 0
    holds: list[str] = field(default_factory=list)
    appointments: list[str] = field(default_factory=list)

    async def go_on(self, until: asyncio.Event) -> None:
        """Do one thing after the other."""
        while not until.is_set():
            action = self.random.choice((self._hold, self._hold, self._book_hold, self._book, self._cancel))
            await action()

    async def _hold(self) -> None:
        if len(self.holds) >= OPEN_HOLDS_MAX:
            await self._book_hold()
        elif (answer := await self._settle("/v1/holds", self._wish())) is not None:
            self.holds.append(answer.id)
            self.ledger.made.add(answer.id)

    async def _book_hold(self) -> None:
        if not self.holds:
            return
        hold_id = self.holds.pop(self.random.randrange(len(self.holds)))
        if (answer := await self._settle("/v1/appointments", {"hold_id": hold_id})) is not None:
            assert answer.id == hold_id
            self._booked(answer)

    async def _book(self) -> None:
        if (answer := await self._settle("/v1/appointments", self._wish())) is not None:
            self.ledger.made.add(answer.id)
            self._booked(answer)

    def _booked(self, answer: Acknowledged) -> None:
        self.ledger.booked.add(answer.id)
        self.appointments.append(answer.id)

    async def _cancel(self) -> None:
        if not self.appointments:
            return
        appointment_id = self.appointments.pop(self.random.randrange(len(self.appointments)))
        answer = await self._settle(f"/v1/appointments/{appointment_id}/cancel", {"reason_code": "schedule"})
        assert answer is not None, "nobody else could have cancelled it"
        self.ledger.cancelled.add(appointment_id)

    def _wish(self) -> dict[str, str]:
        start = booking.slot(days=self.random.choice(DAYS), hour=self.random.choice(HOURS))
        kind = self.random.choice(("individual_50", "individual_50", "long_80", "group_50"))
        return booked.body(
            self.random.choice(self.therapists),
            start=start + timedelta(minutes=self.random.choice((0, 30))),
            session_type=kind,
        )

    async def _settle(self, path: str, body: dict[str, str]) -> Acknowledged | None:
        """Send until there is an answer for good, and give what was acknowledged."""
        self.sent += 1
        request = Request(by=self.by, path=path, body=body, key=f"request {self.sent}")
        answer = await send(self.http, self.machine, request)
        again = 0
        while not is_for_good(answer):
            again += 1
            await asyncio.sleep(REPEAT_AFTER_SECONDS)
            answer = await send(self.http, self.machine, request)
        assert answer is not None
        counts = self.ledger.counts
        counts["requests"] += 1
        counts["unacknowledged at first"] += again > 0
        counts["of these done before the crash"] += "Idempotent-Replayed" in answer.headers
        if not answer.is_success:
            counts[f"refused {answer.json()['type'].removeprefix('/problems/')}"] += 1
            return None
        self.machine.succeeded()
        acknowledged = Acknowledged(request=request, answer=answer)
        self.ledger.acknowledged.append(acknowledged)
        return acknowledged

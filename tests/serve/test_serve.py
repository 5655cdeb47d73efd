"""The program as a process: what it does on signals, beside other commands, and when it must not start."""

import json
import re
import signal
import socket
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import httpx
import pyotp
import pytest

from domain.embedded_server import EmbeddedServer
from tests.serve.running import (
    PASSWORD,
    Service,
    after_a_while,
    attune,
    database_processes,
    registered,
    serving,
    signed_in,
    token_for,
)


@pytest.fixture(scope="module")
def service(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Service]:
    """A service on an embedded database of its own."""
    with serving(tmp_path_factory.mktemp("service")) as running:
        yield running


@dataclass(frozen=True, slots=True, kw_only=True)
class Stopped:
    """How a service ended that was told to while a request was half sent."""

    data_dir: Path
    answer: bytes
    status: int
    left: set[int]


@pytest.fixture(scope="module")
def stopped(tmp_path_factory: pytest.TempPathFactory) -> Stopped:
    """A data directory that was served from, and stopped in order."""
    folder = tmp_path_factory.mktemp("stopped")
    body = json.dumps({"email": "late@example.org", "password": PASSWORD, "role": "client", "time_zone": "UTC"})
    head = f"POST /v1/accounts HTTP/1.1\r\nHost: a\r\nContent-Type: application/json\r\nContent-Length: {len(body)}"
    with serving(folder) as running:
        registered(running, "first@example.org")
        with socket.create_connection(("127.0.0.1", running.port), timeout=15) as caller:
            caller.sendall(f"{head}\r\n\r\n{body[:20]}".encode())
            time.sleep(0.2)
            running.process.send_signal(signal.SIGTERM)
            time.sleep(0.5)
            caller.sendall(body[20:].encode())
            answer = caller.recv(4096)
        status = running.process.wait(20)
        left = after_a_while(running.left)
    return Stopped(data_dir=folder, answer=answer, status=status, left=left)


@dataclass(frozen=True, slots=True, kw_only=True)
class Shifted:
    """What two workers of a service whose clock is an hour ahead answered, and how they ended."""

    to_token_of_now: int
    to_token_of_then: int
    counted: set[str]
    status: int
    left: set[int]


@pytest.fixture(scope="module")
def shifted(service: Service, tmp_path_factory: pytest.TempPathFactory) -> Shifted:
    """Two workers an hour ahead of the service, on its database."""
    registered(service, "early@example.org")
    ahead = {**on_database_of(service), "ATTUNE_CLOCK_OFFSET_SECONDS": "3600"}
    with serving(tmp_path_factory.mktemp("shifted"), "--workers", "2", extra=ahead) as later:
        answers = [seen_by(later, signed_in(each, "early@example.org")) for each in (service, later)]
        for _ in range(40):  # each on a connection of its own, for whichever worker is free
            httpx.get(f"{later.url}/healthz")
        metrics = [httpx.get(f"{later.url}/metrics").text for _ in range(6)]
        status = later.end(signal.SIGTERM)
        left = after_a_while(later.left)
    counted = {match for text in metrics for match in re.findall(r'requests_total{[^}]*"/healthz"[^}]*} (\S+)', text)}
    return Shifted(to_token_of_now=answers[0], to_token_of_then=answers[1], counted=counted, status=status, left=left)


def seen_by(service: Service, signed: httpx.Response) -> int:
    """Give the status a service answers the token of a sign-in with."""
    bearer = {"Authorization": f"Bearer {signed.json()['access_token']}"}
    return httpx.get(f"{service.url}/v1/accounts/me", headers=bearer).status_code


def on_database_of(service: Service, *, name: str = "attune") -> dict[str, str]:
    """Give the settings of a service on a database of the embedded server of another, as its owner."""
    return {"ATTUNE_DATABASE_URL": EmbeddedServer(service.data_dir).address(database=name).dsn()}


def test_one_registers_answers_the_mail_and_signs_in(service: Service) -> None:
    registered(service, "ada@example.org")

    tokens = signed_in(service, "ada@example.org").json()
    me = httpx.get(f"{service.url}/v1/accounts/me", headers={"Authorization": f"Bearer {tokens['access_token']}"})

    assert me.json()["email"] == "ada@example.org"
    assert "ada@example.org" not in service.said.read_text()


def test_the_documentation_and_the_contract_are_served(service: Service) -> None:
    assert httpx.get(f"{service.url}/docs").status_code == 200
    assert httpx.get(f"{service.url}/openapi.json").json()["info"]["title"] == "Attune"


def test_an_admin_is_made_beside_the_running_service(service: Service) -> None:
    made = attune(service.data_dir, "create-admin", "--email", "admin@example.org", "--password", PASSWORD, "--json")

    assert made.returncode == 0, made.stderr
    told = json.loads(made.stdout)
    assert told.keys() == {"id", "email", "totp_secret"}
    assert signed_in(service, "admin@example.org").json()["type"] == "/problems/otp-required"
    code = pyotp.TOTP(told["totp_secret"]).now()
    assert signed_in(service, "admin@example.org", otp=code).status_code == 201


def test_a_database_that_is_not_migrated_is_refused_in_one_line(service: Service, tmp_path: Path) -> None:
    refused = attune(tmp_path, "serve", "--port", "0", extra=on_database_of(service, name="postgres"))

    assert refused.returncode == 1
    assert re.fullmatch(r"attune: the schema is at nothing, .*\n", refused.stderr)


def test_a_shifted_clock_shifts_the_life_of_tokens(shifted: Shifted) -> None:
    assert shifted.to_token_of_now == 401
    assert shifted.to_token_of_then == 200


def test_workers_count_as_one(shifted: Shifted) -> None:
    assert shifted.counted == {"40.0"}


def test_sigterm_ends_the_supervisor_and_its_workers(shifted: Shifted) -> None:
    assert shifted.status == 0
    assert not shifted.left


def test_sigterm_lets_a_request_in_flight_finish_and_stops_the_database(stopped: Stopped) -> None:
    assert stopped.answer.startswith(b"HTTP/1.1 202 ")
    assert stopped.status == 0
    assert not stopped.left


def test_workers_end_with_their_killed_supervisor_and_the_next_start_has_all_data(stopped: Stopped) -> None:
    with serving(stopped.data_dir, "--workers", "2") as running:
        registered(running, "killed@example.org")
        assert token_for(running, "late@example.org")  # what was in flight before was done in full
        assert len(running.session()) > 2

        running.end(signal.SIGKILL)
        assert not after_a_while(running.session)
        assert database_processes(stopped.data_dir)  # nobody was left to stop it
        with serving(stopped.data_dir) as next_one:
            assert signed_in(next_one, "first@example.org").status_code == 201
            assert signed_in(next_one, "killed@example.org").status_code == 201
            next_one.kill_all()

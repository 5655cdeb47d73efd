"""What the command line and the start of the service refuse: in one line, and without a secret."""

import re
import socket
from base64 import urlsafe_b64encode
from dataclasses import replace
from pathlib import Path
from secrets import token_bytes

import pytest

from api.cli import main
from api.serve import NotFit, check_fit
from domain.database import Address
from domain.migration import SchemaNotReady
from domain.settings import Settings

ADMIN = ("create-admin", "--email", "admin@example.org", "--password", "correct horse battery staple 42!")


@pytest.fixture(autouse=True)
def _elsewhere(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Stand in a folder without settings, and have the data there."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("ATTUNE_DATA_DIR", str(tmp_path / "data"))


@pytest.mark.parametrize(
    ("settings", "named"),
    [
        ({"MODE": "production", "VAULT_KEY": "k:s3cret"}, "ATTUNE_DATABASE_URL"),
        ({"DATABASE_URL": "postgresql://attune:s3cret/x@db.example/care"}, "database URL"),
        ({"DATABASE_URL": "postgresql://attune:s3cret@db.example/care?service=s3cret"}, "service"),
        ({"DATABASE_URL": "postgresql://attune@db.example/care", "VAULT_KEY": "k:s3cret"}, "32 bytes"),
        ({"DATABASE_URL": "postgresql://attune@db.example/care", "SIGNING_KEY": "s3cret"}, "32 bytes"),
        ({"RATE_LIMIT_FACTOR": "s3cret"}, "rate_limit_factor"),
    ],
    ids=["production", "password not encoded", "unknown part", "vault key", "signing key", "number"],
)
def test_settings_that_are_refused_are_said_in_a_line_without_their_values(
    settings: dict[str, str],
    named: str,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    for name, value in settings.items():
        monkeypatch.setenv(f"ATTUNE_{name}", value)

    status = main(ADMIN)

    said = capsys.readouterr()
    assert status == 2
    assert re.fullmatch(rf"attune: .*{named}.*\n", said.err)
    assert "s3cret" not in said.err + said.out
    assert not (tmp_path / "data").exists()


def test_a_port_that_is_taken_is_said_before_anything_is_started(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        status = main(("serve", "--port", str(port)))

    assert status == 1
    assert re.fullmatch(rf"attune: 127\.0\.0\.1:{port} .*in use.*\n", capsys.readouterr().err)
    assert not (tmp_path / "data").exists()


@pytest.mark.parametrize("command", [("serve", "--demo"), ("seed-demo",)], ids=" ".join)
def test_production_is_never_given_made_up_people(
    command: tuple[str, ...], monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    keys = {name: urlsafe_b64encode(token_bytes(32)).decode() for name in ("SIGNING_KEY", "DIGEST_KEY", "VAULT_KEY")}
    chosen = {
        **keys,
        "VAULT_KEY": f"k1:{keys['VAULT_KEY']}",
        "MODE": "production",
        "DATABASE_URL": "postgresql://attune@127.0.0.1:1/care",
        "MAIL_URL": "smtp://mail.example",
    }
    for name, value in chosen.items():
        monkeypatch.setenv(f"ATTUNE_{name}", value)

    status = main(command)

    assert status == 1
    assert "production has real ones" in capsys.readouterr().err


@pytest.mark.parametrize("command", [("migrate",), ADMIN], ids=lambda command: command[0])
def test_what_the_database_refuses_a_command_is_said_in_a_line_without_its_password(
    command: tuple[str, ...],
    server_address: Address,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    nowhere = replace(server_address, database="nobody_made", password="s3cret")
    monkeypatch.setenv("ATTUNE_DATABASE_URL", nowhere.dsn())

    status = main(command)

    said = capsys.readouterr().err
    assert status == 1
    assert re.fullmatch(r'attune: the database refuses: .*"nobody_made" does not exist\n', said)
    assert "s3cret" not in said


def settings_for(address: Address, **more: str) -> Settings:
    return Settings.model_validate({"database_url": address.dsn(), **more})


async def test_a_database_that_is_not_migrated_is_not_served(server_address: Address) -> None:
    with pytest.raises(SchemaNotReady, match="at nothing"):
        await check_fit(settings_for(replace(server_address, database="postgres")))


@pytest.mark.parametrize(
    ("database", "role"), [("attune", "attune_nobody_made"), ("nobody_made", "attune_service")], ids=str
)
async def test_a_database_that_takes_nobody_in_is_said_in_a_line_without_its_password(
    server_address: Address, database: str, role: str
) -> None:
    with pytest.raises(NotFit, match=r'"\w*nobody_made" does not exist') as refused:
        await check_fit(settings_for(replace(server_address, database=database, password="s3cret"), database_role=role))

    assert "\n" not in str(refused.value)
    assert "s3cret" not in str(refused.value)


@pytest.mark.parametrize("mail_url", ["s3cret", "smtp://", "smtp://care:s3cret@mail.example:none"])
async def test_a_mail_url_that_is_none_is_refused_before_anything_is_served(
    server_address: Address, mail_url: str
) -> None:
    with pytest.raises(ValueError, match="mail URL") as refused:
        await check_fit(settings_for(server_address, mail_url=mail_url))

    assert "s3cret" not in str(refused.value)


async def test_a_migrated_database_is_served(server_address: Address) -> None:
    await check_fit(settings_for(server_address))

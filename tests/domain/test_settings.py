import base64

import pytest
from pydantic import ValidationError

from domain.settings import (
    DEVELOPMENT_DIGEST_KEY,
    DEVELOPMENT_SIGNING_KEY,
    DEVELOPMENT_VAULT_KEY,
    Mode,
    Settings,
)


def key(number: int) -> str:
    return base64.urlsafe_b64encode(bytes([number]) * 32).decode().rstrip("=")


FIT = {
    "mode": "production",
    "database_url": "postgresql://attune:pw-of-the-database@db.example/attune",
    "mail_url": "smtps://attune:pw-of-the-mail@mail.example:465",
    "signing_key": key(1),
    "vault_key": f"2027-03:{key(2)}",
    "digest_key": key(3),
}


def settings(**changes: object) -> Settings:
    return Settings.model_validate({**FIT, **changes})


def test_production_takes_what_is_fit_for_it() -> None:
    assert settings().is_production


@pytest.mark.parametrize(
    ("changes", "named"),
    [
        ({"database_url": None}, "ATTUNE_DATABASE_URL"),
        ({"mail_url": None}, "ATTUNE_MAIL_URL"),
        ({"mail_url": "file:/var/mail"}, "ATTUNE_MAIL_URL"),
        ({"mail_url": "FILE:/var/mail"}, "ATTUNE_MAIL_URL"),
        ({"signing_key": DEVELOPMENT_SIGNING_KEY}, "ATTUNE_SIGNING_KEY"),
        ({"vault_key": DEVELOPMENT_VAULT_KEY}, "ATTUNE_VAULT_KEY"),
        ({"vault_key": DEVELOPMENT_VAULT_KEY.replace("dev:", "2027-03:") + "="}, "ATTUNE_VAULT_KEY"),
        ({"digest_key": DEVELOPMENT_DIGEST_KEY}, "ATTUNE_DIGEST_KEY"),
        ({"digest_key": DEVELOPMENT_SIGNING_KEY}, "ATTUNE_DIGEST_KEY"),
        ({"clock_offset_seconds": -1}, "ATTUNE_CLOCK_OFFSET_SECONDS"),
    ],
    ids=str,
)
def test_production_refuses_what_is_only_fit_for_a_developer_and_names_it(
    changes: dict[str, object], named: str
) -> None:
    with pytest.raises(ValidationError) as refused:
        settings(**changes)

    said = str(refused.value)
    assert named in said
    assert said.count("ATTUNE_") == 1
    settings(**changes, mode=Mode.DEVELOPMENT)


def test_every_flaw_is_named_at_once() -> None:
    with pytest.raises(ValidationError) as refused:
        Settings.model_validate({"mode": "production", "clock_offset_seconds": 60})

    for name in ("DATABASE_URL", "MAIL_URL", "SIGNING_KEY", "VAULT_KEY", "DIGEST_KEY", "CLOCK_OFFSET_SECONDS"):
        assert f"ATTUNE_{name}" in str(refused.value)


@pytest.mark.parametrize(
    "changes",
    [{"mail_url": "file:x"}, {"rate_limit_factor": 0}, {"database_role": "a; DROP"}, {"mode": "live"}],
    ids=str,
)
def test_a_refusal_repeats_no_key_and_no_password(changes: dict[str, object]) -> None:
    with pytest.raises(ValidationError) as refused:
        settings(**changes)

    said = f"{refused.value} {refused.value!r}"
    assert not any(secret in said for secret in (key(1)[:6], key(2)[:6], key(3)[-6:], "pw-of-the"))


def test_settings_show_no_key_and_no_password() -> None:
    shown = f"{settings()} {settings()!r} {settings().model_dump()}"

    assert not any(secret in shown for secret in (key(1), key(2), key(3), "pw-of-the"))


@pytest.mark.parametrize("offset", [float("nan"), float("inf"), 1e12])
def test_the_clock_is_shifted_by_years_at_most(offset: float) -> None:
    with pytest.raises(ValidationError):
        settings(mode=Mode.DEVELOPMENT, clock_offset_seconds=offset)


def test_settings_come_from_the_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ATTUNE_DATABASE_POOL_SIZE", "7")
    monkeypatch.setenv("ATTUNE_MAIL_URL", "smtp://mail.example")

    found = Settings()

    assert found.database_pool_size == 7
    assert found.mail_url is not None
    assert found.mail_url.get_secret_value() == "smtp://mail.example"

import pytest
from hypothesis import given
from hypothesis import strategies as st

from api.told_path import told
from domain.ids import uuid7

SECRET = "Xq3-not_a_real_secret-0123456789abcdefghijk"


@pytest.mark.parametrize(
    "path",
    [
        f"/v1/calendar-feeds/{SECRET}.ics",
        f"/v1/calendar-feeds/{SECRET}",
        f"/v1/calendar-feeds/{SECRET}.ics/",
        f"/v1/calendar-feeds/{SECRET}.ics/further",
        f"/V1/Calendar-Feeds/{SECRET}.ics",
        f"/calendar-feeds//{SECRET}.ics",
        f"/v1/calendar-feeds/{uuid7()}/{SECRET}.ics",
        f"/v1/calendar-feeds/\n{SECRET}.ics",
    ],
)
def test_a_feeds_secret_is_never_told_again(path: str) -> None:
    assert told(path).lower() in {"/v1/calendar-feeds/{token}.ics", "/calendar-feeds/{token}.ics"}


@pytest.mark.parametrize(
    "path",
    [
        "/v1/calendar-feeds",
        f"/v1/calendar-feeds/{uuid7()}",
        f"/v1/appointments/{uuid7()}",
        "/healthz",
        "/",
    ],
)
def test_any_other_path_is_told_as_it_is(path: str) -> None:
    assert told(path) == path


@given(path=st.text())
def test_telling_twice_is_telling_once(path: str) -> None:
    assert told(told(path)) == told(path)

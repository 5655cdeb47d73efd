import pytest
from hypothesis import given
from hypothesis import strategies as st

from api.told_path import told

# drawn once, so that every test process knows the tests by the same names
PLAIN_ID = "01a206d2-0511-71af-b5b6-7a42e2744a94"
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
        f"/v1/calendar-feeds/{PLAIN_ID}/{SECRET}.ics",
        f"/v1/calendar-feeds/\n{SECRET}.ics",
    ],
)
def test_a_feeds_secret_is_never_told_again(path: str) -> None:
    assert told(path).lower() in {"/v1/calendar-feeds/{token}.ics", "/calendar-feeds/{token}.ics"}


@pytest.mark.parametrize(
    "path",
    [
        "/v1/calendar-feeds",
        f"/v1/calendar-feeds/{PLAIN_ID}",
        f"/v1/appointments/{PLAIN_ID}",
        "/healthz",
        "/",
    ],
)
def test_any_other_path_is_told_as_it_is(path: str) -> None:
    assert told(path) == path


@given(path=st.text())
def test_telling_twice_is_telling_once(path: str) -> None:
    assert told(told(path)) == told(path)
